"""A study's approved lists as the independent statistician reads them: what they hold, and how long they last."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import UnblindedView
from irt.randomization.lists.depletion import WINDOW_DAYS, Depletion, depletion_of
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter, ListEntry, RandomizationList, TreatmentAssignment
from irt.tables.study import Study
from irt.tables.subject import Randomization

_LISTS, _ENTRIES, _R, _T = (
    table_of(RandomizationList),
    table_of(ListEntry),
    table_of(Randomization),
    table_of(TreatmentAssignment),
)
_APPROVALS, _MATTERS, _STUDIES = table_of(Approval), table_of(ApprovalMatter), table_of(Study)
_LOADED = (
    select(_LISTS.c.number, _LISTS.c.origin, _LISTS.c.sha256, _LISTS.c.merkle_root, _LISTS.c.at)
    .where(_LISTS.c.study_id == bindparam("study_id"))
    .order_by(_LISTS.c.number)
)
_POSITIONS = (
    select(_ENTRIES.c.stratum, func.count(_ENTRIES.c.id).label("positions"))
    .where(_ENTRIES.c.study_id == bindparam("study_id"))
    .group_by(_ENTRIES.c.stratum)
    .order_by(_ENTRIES.c.stratum)
)
_USED = (
    select(_T.c.stratum, _R.c.on_day)
    .join(_R, _R.c.id == _T.c.randomization_id)
    .where(_T.c.study_id == bindparam("study_id"), _T.c.method == "listed")
)
_OPENED = select(_STUDIES.c.opened_at).where(_STUDIES.c.id == bindparam("study_id"))
_WAITING = (
    select(_APPROVALS.c.id, _MATTERS.c.content)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .where(_APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.kind == ApprovalKind.RANDOMIZATION_LIST)
    .order_by(_APPROVALS.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class LoadedList(UnblindedView):
    """One approved list of the study, as it was loaded."""

    number: int
    origin: str
    sha256: str
    merkle_root: str
    at: datetime


def loaded_lists(connection: Connection, study_id: int) -> tuple[LoadedList, ...]:
    """The first list and its extensions."""
    return tuple(LoadedList(**row) for row in connection.execute(_LOADED, {"study_id": study_id}).mappings())


def depletion(connection: Connection, study_id: int, today: date) -> tuple[Depletion, ...]:
    """Each stratum's list in order of stratum, those that must be extended marked."""
    facts = {"study_id": study_id}
    days = [(row.stratum, row.on_day) for row in connection.execute(_USED, facts)]
    opened: datetime | None = connection.execute(_OPENED, facts).scalar()
    span = WINDOW_DAYS if opened is None else max(1, min(WINDOW_DAYS, (today - opened.date()).days + 1))
    since = today - timedelta(days=span - 1)
    return tuple(
        depletion_of(
            row.stratum,
            row.positions,
            sum(stratum == row.stratum for stratum, _ in days),
            sum(stratum == row.stratum and day >= since for stratum, day in days),
            today,
            span,
        )
        for row in connection.execute(_POSITIONS, facts)
    )


def waiting_list(connection: Connection, study_id: int) -> tuple[int, str] | None:
    """The newest approval that was asked for a list, and the list's canonical text; None where there is none."""
    row = connection.execute(_WAITING, {"study_id": study_id}).mappings().first()
    return None if row is None else (int(row["id"]), str(row["content"]["csv"]))
