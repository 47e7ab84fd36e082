"""Approvals before a site opens: recorded, confirmed by a second person, ended; and what stops with them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_activation import ActivationBoard, SiteActivation, activation_board
from irt.reads.blinded_duties import own_duties
from irt.services.activate_site import ChangeSite, change_site
from irt.services.adopt_version import AdoptVersion, adopt_version
from irt.services.require_approvals import AmendmentNotApproved, ApprovalsMissing
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.site_approvals import (
    AnotherDocument,
    ApprovalDecided,
    ConfirmSiteApproval,
    RecordSiteApproval,
    WithdrawSiteApproval,
    confirm_site_approval,
    record_site_approval,
    withdraw_site_approval,
)
from irt.states.records import SiteEvent, SiteStatus
from irt.study.activation import ApprovalOf, ApprovalState
from irt.study.rules import Cap
from irt.tables.record import AuditEntry, Signature
from tests.builders_life import PAPER, approved, confirmed, recorded, under_rules, with_rules
from tests.builders_supply import SupplyHouse, a_house
from tests.cast import signing

ETHICS = frozenset({ApprovalOf.ETHICS})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study; its version asks for approvals, none is recorded."""
    with a_house(under_rules, tmp_path) as made:
        yield made


def change(house: SupplyHouse, event: SiteEvent, site: str = "1001") -> SiteStatus:
    """One event of a site."""
    ask = ChangeSite(study_id=house.study_id, site=site, event=event, reason="Agreed")
    return house.do(Role.SUPPLY_MANAGER, change_site, ask).status


def screen(house: SupplyHouse) -> str:
    """A new subject at site 1001."""
    ask = ScreenSubject(study_id=house.study_id, site="1001", on_day=house.day)
    return house.do(Role.COORDINATOR, screen_subject, ask).subject


def board(house: SupplyHouse) -> ActivationBoard:
    """The board as the study team sees it."""
    noon = house.rows(AuditEntry)[-1]["at"]
    with house.store.reading() as connection:
        return activation_board(connection, house.actor(Role.STUDY_TEAM), house.study_id, noon)


def line(house: SupplyHouse, site: str) -> SiteActivation:
    """One site on the board."""
    return next(one for one in board(house).sites if one.site == site)


def test_a_site_opens_once_nothing_is_missing(house: SupplyHouse) -> None:
    """Refused by name before; then open. A site on a version without the section opens as ever."""
    with pytest.raises(ApprovalsMissing, match=r"regulatory authority \(not recorded\); import licence") as told:
        change(house, SiteEvent.ACTIVATE)
    assert "pharmacy ready" in told.value.sentence
    assert house.rows(AuditEntry, act="site_activate_refused")
    approved(house, "1001", "GB", but=ETHICS)
    waiting = recorded(house, ApprovalOf.ETHICS, site="1001")
    with pytest.raises(ApprovalsMissing, match=r"lacks approvals[^;]*: ethics committee \(waits for a second"):
        change(house, SiteEvent.ACTIVATE)
    assert line(house, "1001").next_step == "Have ethics committee confirmed by a second person"
    confirmed(house, waiting)
    assert line(house, "1001").next_step == "Activate the site"
    assert change(house, SiteEvent.ACTIVATE) == SiteStatus.ACTIVE
    assert change(house, SiteEvent.ACTIVATE, "1003") == SiteStatus.ACTIVE
    assert dict(board(house).funnel)["Open"] == 2


def test_where_nothing_is_imported_no_licence_is_missing(house: SupplyHouse) -> None:
    """The Dutch site is supplied from a Dutch depot."""
    states = {one.kind: one.state for one in line(house, "1004").standings}
    assert (states[ApprovalOf.IMPORT], states[ApprovalOf.AUTHORITY]) == (
        ApprovalState.IN_FORCE,
        ApprovalState.MISSING,
    )


def test_what_stops_when_an_approval_ends(house: SupplyHouse) -> None:
    """Warned ahead; the last day still counts; the day after, nobody is screened and a site on hold stays there."""
    approved(house, "1001", "GB", but=ETHICS)
    last = house.day + timedelta(days=5)
    confirmed(house, recorded(house, ApprovalOf.ETHICS, until=last, site="1001"))
    change(house, SiteEvent.ACTIVATE)
    assert line(house, "1001").next_step == f"Renew ethics committee by {last}"
    house.later(5)
    assert screen(house) == "1001-0001"
    house.later(1)
    with pytest.raises(ApprovalsMissing, match=f"ended on {last}"):
        screen(house)
    change(house, SiteEvent.HOLD)
    with pytest.raises(ApprovalsMissing):
        change(house, SiteEvent.RESUME)
    confirmed(house, recorded(house, ApprovalOf.ETHICS, site="1001"))
    assert change(house, SiteEvent.RESUME) == SiteStatus.ACTIVE
    assert screen(house) == "1001-0002"


def test_an_open_site_waits_for_approvals_of_its_next_version(house: SupplyHouse) -> None:
    """Refused by name until they are there, each for this version; meanwhile the site goes on as it was."""
    approved(house, "1001", "GB")
    change(house, SiteEvent.ACTIVATE)
    cap = Cap.model_validate({"scope": "study", "subjects": 90})
    third = house.amend(with_rules(house.definition).model_copy(update={"caps": (cap,)}))
    asking = AdoptVersion(study_id=house.study_id, site="1001", version=third, reason="Agreed")
    words = r"of this version: ethics committee \(not recorded\); regulatory authority \(not recorded\)"
    with pytest.raises(AmendmentNotApproved, match=words):
        house.do(Role.SUPPLY_MANAGER, adopt_version, asking)
    assert house.rows(AuditEntry, act="version_adoption_refused")
    assert screen(house) == "1001-0001"
    waiting = recorded(house, ApprovalOf.ETHICS, site="1001", version=third)
    assert line(house, "1001").awaited[0] == "ethics committee (waits for a second person)"
    assert (line(house, "1001").missing, line(house, "1001").goes_on_to) == ((), third)
    confirmed(house, waiting)
    assert line(house, "1001").next_step == f"Record regulatory authority of version {third}"
    confirmed(house, recorded(house, ApprovalOf.AUTHORITY, country="GB", version=third))
    assert line(house, "1001").next_step == f"Put version {third} in force"
    house.do(Role.SUPPLY_MANAGER, adopt_version, asking)
    assert (line(house, "1001").version, line(house, "1001").goes_on_to) == (third, 0)
    assert "regulatory authority for version 3" in [
        row["new"]["what"] for row in house.rows(AuditEntry, act="site_approval_confirmed")
    ]


def test_a_withdrawn_approval_counts_no_more(house: SupplyHouse) -> None:
    """With its reason, once; afterwards nobody confirms it."""
    number = recorded(house, ApprovalOf.ETHICS, site="1001")
    ask = WithdrawSiteApproval(study_id=house.study_id, number=number, reason="Of another study")
    house.do(Role.STUDY_TEAM, withdraw_site_approval, ask)
    with pytest.raises(ApprovalDecided):
        house.do(Role.STUDY_TEAM, withdraw_site_approval, ask)
    with pytest.raises(ApprovalDecided):
        confirmed(house, number)
    (one,) = board(house).records
    assert (one.withdrawn_because, one.facts.withdrawn) == ("Of another study", True)


def test_who_confirms(house: SupplyHouse) -> None:
    """Another person than who recorded it, with the same document, under a signature; training needs nobody."""
    number = recorded(house, ApprovalOf.AUTHORITY, country="GB")
    ask = ConfirmSiteApproval(study_id=house.study_id, number=number, document_hash=PAPER, signing=signing())
    with pytest.raises(SamePerson):
        house.do(Role.STUDY_TEAM, confirm_site_approval, ask)
    other = ask.model_copy(update={"document_hash": "cd" * 32})
    with pytest.raises(AnotherDocument):
        house.do(Role.QUALITY, confirm_site_approval, other)
    confirmed(house, number)
    assert [row["record"] for row in house.rows(Signature, record_kind="site approval")] == [str(number)]
    with pytest.raises(ApprovalDecided):
        confirmed(house, recorded(house, ApprovalOf.TRAINING, site="1001"))
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, confirm_site_approval, ask)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"country": "GB"}, BadInput),
        ({"site": None}, BadInput),
        ({"site": None, "country": "ZZ"}, BadInput),
        ({"site": "9999"}, Refusal),
        ({"valid_until": "2026-01-01"}, BadInput),
        ({"version": 7}, BadInput),
    ],
)
def test_a_record_that_makes_no_sense(
    house: SupplyHouse, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    """In words; nothing is stored."""
    facts = {
        "study_id": house.study_id,
        "kind": "contract",
        "site": "1001",
        "granted_on": house.day,
        "reference": "CTA",
        "document_hash": PAPER,
    }
    with pytest.raises(refusal):
        house.do(Role.STUDY_TEAM, record_site_approval, RecordSiteApproval.model_validate({**facts, **changes}))
    assert board(house).records == ()


def test_an_approval_that_ends_soon_is_due_to_whoever_records_approvals(house: SupplyHouse) -> None:
    """Two weeks ahead, with its last day; once another one follows, nothing is due. The planner records none."""
    approved(house, "1001", "GB", but=ETHICS)
    confirmed(house, recorded(house, ApprovalOf.ETHICS, house.day + timedelta(days=10), site="1001"))
    change(house, SiteEvent.ACTIVATE)
    noon = house.rows(AuditEntry)[-1]["at"]

    def due(role: Role) -> list[tuple[str, date]]:
        with house.store.reading() as connection:
            return [(one.said, one.due) for one in own_duties(connection, house.actor(role), noon)]

    assert due(Role.STUDY_TEAM) == [("ethics committee, site 1001", house.day + timedelta(days=10))]
    assert due(Role.SUPPLY_PLANNER) == []
    confirmed(house, recorded(house, ApprovalOf.ETHICS, site="1001"))
    assert due(Role.STUDY_TEAM) == []
