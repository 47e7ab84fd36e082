"""Min and max of a kit type: proposed by one person, approved by another, in force from a day on."""

from datetime import date
from typing import Protocol

from sqlmodel import Field, SQLModel

from irt.errors import BadInput
from irt.services.apply_change import require_may_set_levels
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.supply_study import SupplyStudy, lock_study, site_numbered
from irt.services.work import Work
from irt.study.operations import ChangeKind


class ProposeLevels(SQLModel):
    """The levels of one kit type for the study, or for one country, site or regional depot, from a day on.

    The windows of predicted need stay as they are where they are left out.
    """

    study_id: int
    kit_type: str
    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1)
    trigger_days: int | None = Field(default=None, ge=0)
    resupply_days: int | None = Field(default=None, ge=0)
    country: str | None = None
    site: str | None = None
    depot: str | None = None
    effective_from: date
    reason: str


def propose_levels(work: Work, ask: ProposeLevels) -> ChangeProposed:
    """Puts levels forward; the lowest level that names the type wins. Only people who may know kit types do so."""
    study = lock_study(work, ask.study_id)
    require_may_set_levels(work, study)
    check_levels(study, ask)
    site = site_numbered(work, study.id, ask.site) if ask.site else None
    scope = f"site {ask.site}" if ask.site else f"depot {ask.depot}" if ask.depot else ask.country or "the study"
    proposal = Proposal(
        kind=ChangeKind.LEVELS,
        record=f"stock levels of {scope}",
        facts={"country": ask.country, "site": ask.site, **({"depot": ask.depot} if ask.depot else {})},
        before=None,
        effective_from=ask.effective_from,
        site=site,
        secret={"kit_type": ask.kit_type, "minimum": ask.minimum, "maximum": ask.maximum, **_windows(ask)},
    )
    return put_forward(work, study, proposal, ask.reason)


def _windows(ask: ProposeLevels) -> dict[str, int]:
    given = {"trigger_days": ask.trigger_days, "resupply_days": ask.resupply_days}
    return {name: days for name, days in given.items() if days is not None}


class AsksLevels(Protocol):
    """Levels of one kit type at one place, as they are asked for."""

    kit_type: str
    minimum: int
    maximum: int
    country: str | None
    site: str | None
    depot: str | None


def check_levels(study: SupplyStudy, ask: AsksLevels) -> None:
    """BadInput where place, kit type or figures cannot be; whether a site is there is asked elsewhere."""
    if sum(map(bool, (ask.country, ask.site, ask.depot))) > 1:
        raise BadInput("Name a country, a site or a depot, one of them. Nothing was changed.")
    if ask.depot and ask.depot not in {depot.code for depot in study.definition.depots if depot.supplied_by}:
        raise BadInput(f"No other depot supplies {ask.depot}. Nothing was changed. Name a regional depot.")
    if ask.maximum < ask.minimum:
        raise BadInput("The maximum lies below the minimum. Nothing was changed.")
    if ask.kit_type not in {kit_type.code for kit_type in study.definition.kit_types}:
        raise BadInput(f"{ask.kit_type} is not a kit type of this study. Nothing was changed.")
    if ask.country and ask.country not in {country.code for country in study.definition.countries}:
        raise BadInput(f"{ask.country} is not a country of this study. Nothing was changed.")
