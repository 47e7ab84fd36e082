"""Visits of subjects: what the schedule plans beside what was recorded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from irt.states.records import DispensingStatus, VisitStatus
from irt.study.blinded import BlindedStudy
from irt.study.schedule import AnchorDates, PlannedVisit, planned_visits, visit_name
from irt.study.visits import Visit as PlannedPart
from irt.tables.columns import table_of
from irt.tables.kit import Dispensing
from irt.tables.subject import Visit


class VisitState(StrEnum):
    """How a visit stands today, for one subject."""

    DONE = "done"
    ASSIGNED = "assigned"
    NOT_GIVEN = "not_given"
    SKIPPED = "skipped"
    DUE = "due"
    MISSED = "missed"
    PLANNED = "planned"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class RecordedVisit:
    """A visit on record, with the last dispensing of it, if any."""

    id: int
    code: str
    occurrence: int
    status: VisitStatus
    held_on: date | None
    reason: str | None
    dispensing_id: int | None
    dispensing: DispensingStatus | None

    @property
    def key(self) -> tuple[str, int]:
        """Code and occurrence."""
        return self.code, self.occurrence

    @property
    def state(self) -> VisitState:
        """What the record says."""
        if self.status == VisitStatus.SKIPPED:
            return VisitState.SKIPPED
        if self.dispensing == DispensingStatus.ASSIGNED:
            return VisitState.ASSIGNED
        return VisitState.NOT_GIVEN if self.dispensing == DispensingStatus.NOT_DONE else VisitState.DONE


@dataclass(frozen=True, slots=True)
class VisitOnCalendar:
    """One visit of one subject: planned, recorded, or both."""

    code: str
    occurrence: int
    name: str
    state: VisitState
    dispenses: bool
    planned: date | None = None
    first: date | None = None
    last: date | None = None
    held_on: date | None = None
    reason: str | None = None
    visit_id: int | None = None
    dispensing_id: int | None = None

    @property
    def day(self) -> date:
        """The day it is sorted by."""
        return self.planned or self.held_on or date.min


_VISITS, _DISPENSINGS = table_of(Visit), table_of(Dispensing)
_RECORDED = (
    select(
        _VISITS.c.subject_id,
        _VISITS.c.id,
        _VISITS.c.code,
        _VISITS.c.occurrence,
        _VISITS.c.status,
        _VISITS.c.held_on,
        _VISITS.c.reason,
        _DISPENSINGS.c.id.label("dispensing_id"),
        _DISPENSINGS.c.status.label("dispensing"),
    )
    .outerjoin(_DISPENSINGS, _DISPENSINGS.c.visit_id == _VISITS.c.id)
    # A visit that was opened again is on no record: it is expected as planned.
    .where(_VISITS.c.subject_id.in_(bindparam("subjects", expanding=True)), _VISITS.c.status != VisitStatus.PLANNED)
    # Of two dispensings of a visit the later one comes last and stays.
    .order_by(_VISITS.c.subject_id, _VISITS.c.id, _DISPENSINGS.c.id)
)

Recorded = Mapping[tuple[str, int], RecordedVisit]


def recorded_visits(
    connection: Connection, subjects: Iterable[int]
) -> dict[int, dict[tuple[str, int], RecordedVisit]]:
    """Visits on record by subject, then by code and occurrence."""
    found: dict[int, dict[tuple[str, int], RecordedVisit]] = {}
    for row in connection.execute(_RECORDED, {"subjects": list(subjects)}):
        visit = RecordedVisit(
            row.id,
            row.code,
            row.occurrence,
            VisitStatus(row.status),
            row.held_on,
            row.reason,
            row.dispensing_id,
            None if row.dispensing is None else DispensingStatus(row.dispensing),
        )
        found.setdefault(row.subject_id, {})[visit.key] = visit
    return found


def anchors(screened_on: date, randomized_on: date | None) -> AnchorDates:
    """The days a subject's visits are counted from."""
    if randomized_on is None:
        return {"screening": screened_on}
    return {"screening": screened_on, "randomization": randomized_on}


def treatment_anchors(anchor_dates: AnchorDates) -> AnchorDates:
    """The day that expected visits are counted from: after randomization only that one."""
    randomized_on = anchor_dates.get("randomization")
    return anchor_dates if randomized_on is None else {"randomization": randomized_on}


def visits_on_calendar(
    study: BlindedStudy, anchor_dates: AnchorDates, recorded: Recorded, today: date, ahead_days: int
) -> tuple[VisitOnCalendar, ...]:
    """Every visit up to `ahead_days` from today and every recorded one, in order of day."""
    horizon = today + timedelta(days=ahead_days)
    last = max([horizon, *(visit.held_on for visit in recorded.values() if visit.held_on)])
    planned = [
        visit for visit in planned_visits(study, anchor_dates, last) if _owed(study, anchor_dates, recorded, visit)
    ]
    early = _before_randomization(study) if "randomization" in anchor_dates else frozenset()
    rows = [
        _planned(visit, recorded.get((visit.code, visit.occurrence)), today, over=visit.code in early)
        for visit in planned
    ]
    known = {(visit.code, visit.occurrence) for visit in planned}
    rows += [_outside(study, visit) for key, visit in recorded.items() if key not in known]
    # Visits of one day keep the order of the schedule.
    return tuple(sorted(rows, key=lambda visit: visit.day))


def _owed(study: BlindedStudy, anchor_dates: AnchorDates, recorded: Recorded, visit: PlannedVisit) -> bool:
    """Visits counted from screening are not owed any more once the subject is randomized."""
    randomized_on = anchor_dates.get("randomization")
    if randomized_on is None or visit.planned <= randomized_on or (visit.code, visit.occurrence) in recorded:
        return True
    return visit.code not in _before_randomization(study)


def _before_randomization(study: BlindedStudy) -> frozenset[str]:
    """Codes of the visits counted from screening."""
    return frozenset(visit.code for visit in study.visits if visit.anchor == "screening")


def open_visits(
    study: BlindedStudy, anchor_dates: AnchorDates, recorded: Recorded, until: date
) -> Iterator[PlannedVisit]:
    """Planned dispensing visits up to a day that have no record yet."""
    for visit in planned_visits(study, treatment_anchors(anchor_dates), until):
        if visit.dispenses and (visit.code, visit.occurrence) not in recorded:
            yield visit


def visits_to_record(
    study: BlindedStudy, anchor_dates: AnchorDates, recorded: Recorded, until: date
) -> Iterator[PlannedVisit]:
    """Planned visits without kits up to a day that have no record yet."""
    dates = treatment_anchors(anchor_dates)
    without = {v.code for v in study.visits if not v.dispenses and not _is_anchor(v) and v.anchor in dates}
    # Most studies give kits at every visit: their long schedules are not walked for nothing.
    for visit in planned_visits(study, dates, until) if without else ():
        if visit.code in without and (visit.code, visit.occurrence) not in recorded:
            yield visit


def _planned(visit: PlannedVisit, recorded: RecordedVisit | None, today: date, *, over: bool) -> VisitOnCalendar:
    return VisitOnCalendar(
        code=visit.code,
        occurrence=visit.occurrence,
        name=visit.name,
        state=recorded.state if recorded else _expected(visit, today, over=over),
        dispenses=visit.dispenses,
        planned=visit.planned,
        first=visit.window_from,
        last=visit.window_to,
        held_on=recorded.held_on if recorded else _known_day(visit, today),
        reason=recorded.reason if recorded else None,
        visit_id=recorded.id if recorded else None,
        dispensing_id=recorded.dispensing_id if recorded else None,
    )


def _expected(visit: PlannedVisit, today: date, *, over: bool) -> VisitState:
    """A visit without a record: screening and a randomization without kits are on record elsewhere.

    `over` says that nobody waits for it any more, although its window may be open.
    """
    if _known_day(visit, today) is not None:
        return VisitState.DONE
    if today < visit.window_from:
        return VisitState.PLANNED
    if today <= visit.window_to and not over:
        return VisitState.DUE
    return VisitState.MISSED if visit.dispenses else VisitState.UNRECORDED


def _known_day(visit: PlannedVisit, today: date) -> date | None:
    return visit.planned if _is_anchor(visit) and not visit.dispenses and visit.planned <= today else None


def _is_anchor(visit: PlannedVisit | PlannedPart) -> bool:
    """Whether the visit is on record by the screening or the randomization itself."""
    return visit.kind in ("screening", "randomization")


def _outside(study: BlindedStudy, visit: RecordedVisit) -> VisitOnCalendar:
    return VisitOnCalendar(
        code=visit.code,
        occurrence=visit.occurrence,
        name=visit_name(study, visit.code, visit.occurrence),
        state=visit.state,
        dispenses=visit.dispensing_id is not None,
        held_on=visit.held_on,
        reason=visit.reason,
        visit_id=visit.id,
        dispensing_id=visit.dispensing_id,
    )
