"""Stock levels of many places at once: one proposal, one decision, one entry in the audit trail."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.errors import BadInput
from irt.services.apply_change import require_may_set_levels
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.propose_levels import check_levels
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.study.operations import ChangeKind
from irt.tables.columns import table_of
from irt.tables.study import Site

ROWS_MAX = 5000


class LevelRow(SQLModel):
    """The levels of one kit type for the study, or for one country, site or regional depot.

    The windows of predicted need stay as they are where they are left out.
    """

    kit_type: str
    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1)
    trigger_days: int | None = Field(default=None, ge=0)
    resupply_days: int | None = Field(default=None, ge=0)
    country: str | None = None
    site: str | None = None
    depot: str | None = None

    @property
    def where(self) -> str:
        """The place in words."""
        if self.site:
            return f"Site {self.site}"
        return f"Depot {self.depot}" if self.depot else self.country or "Study"


class ProposeLevelSet(SQLModel):
    """Levels of several places and kit types, all from the same day on."""

    study_id: int
    rows: list[LevelRow] = Field(min_length=1, max_length=ROWS_MAX)
    effective_from: date
    reason: str


def propose_level_set(work: Work, ask: ProposeLevelSet) -> ChangeProposed:
    """Puts all of them forward or none; only people who may know kit types do so."""
    study = lock_study(work, ask.study_id)
    require_may_set_levels(work, study)
    check_level_rows(work, study, ask.rows)
    places = sorted({row.where for row in ask.rows})
    told = places[0].lower() if len(places) == 1 else f"{len(places)} places"
    proposal = Proposal(
        kind=ChangeKind.LEVEL_SET,
        record=f"stock levels of {told}",
        facts={"places": places},
        before=None,
        effective_from=ask.effective_from,
        secret={"rows": [row.model_dump(exclude_none=True) for row in ask.rows]},
    )
    return put_forward(work, study, proposal, ask.reason)


_SITES = table_of(Site)
_NUMBERS = select(_SITES.c.number).where(_SITES.c.study_id == bindparam("study_id"))


def check_level_rows(work: Work, study: SupplyStudy, rows: Sequence[LevelRow]) -> None:
    """BadInput, naming the place, where a row cannot hold or a kit type has two rows at one place."""
    numbers = {row["number"] for row in work.rows(_NUMBERS, study_id=study.id)}
    for row in rows:
        if row.site and row.site not in numbers:
            raise BadInput(f"Site {row.site} is not a site of this study. Nothing was changed.")
        check_levels(study, row)
    twice = [key for key, count in Counter((row.where, row.kit_type) for row in rows).items() if count > 1]
    if twice:
        where, kit_type = twice[0]
        raise BadInput(f"{where} has {kit_type} twice. Nothing was changed. Keep one row.")
