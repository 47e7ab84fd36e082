"""A study whose sites open with approvals, and the approvals that one needs."""

from datetime import date, timedelta
from typing import Any

from irt.blinding.roles import Role
from irt.services.site_approvals import (
    ConfirmSiteApproval,
    RecordSiteApproval,
    confirm_site_approval,
    record_site_approval,
)
from irt.study.activation import TWO_PERSONS, ActivationRules, ApprovalOf
from irt.study.definition import StudyDefinition
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import signing

PAPER = "ab" * 32
RULES = ActivationRules()


def with_rules(definition: StudyDefinition | None = None) -> StudyDefinition:
    """The study, with the default approvals asked for."""
    return (definition or the_lipid_study()).model_copy(update={"activation": RULES})


def under_rules(house: SupplyHouse) -> None:
    """Kits at the depot, and a second version that asks for approvals, at two British sites and the Dutch one."""
    house.load()
    version = house.amend(with_rules(house.definition))
    for site in ("1001", "1002", "1004"):
        house.adopt(site, version)


def recorded(house: SupplyHouse, kind: ApprovalOf, until: date | None = None, **where: Any) -> int:
    """An approval as the study team records it; its number."""
    ask = RecordSiteApproval(
        study_id=house.study_id,
        kind=kind,
        granted_on=house.day - timedelta(days=10),
        valid_until=until,
        reference=f"TMF {kind}",
        document_hash=PAPER,
        **where,
    )
    return house.do(Role.STUDY_TEAM, record_site_approval, ask).number


def confirmed(house: SupplyHouse, number: int) -> None:
    """Quality holds it against the document."""
    ask = ConfirmSiteApproval(study_id=house.study_id, number=number, document_hash=PAPER, signing=signing())
    house.do(Role.QUALITY, confirm_site_approval, ask)


def approved(house: SupplyHouse, site: str, country: str, but: frozenset[ApprovalOf] = frozenset()) -> None:
    """Everything that the site needs, confirmed where that is asked, but these."""
    for kind in RULES.asked:
        if kind in but:
            continue
        where = {"country": country} if kind in RULES.country else {"site": site}
        number = recorded(house, kind, **where)
        if kind in TWO_PERSONS:
            confirmed(house, number)
