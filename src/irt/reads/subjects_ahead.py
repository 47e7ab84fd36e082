"""Whose visits are foreseen, counted from when, and which of them are over: nothing here tells a treatment."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, func, select

from irt.states.records import VisitStatus
from irt.states.subject import BEFORE_RANDOMIZATION, ON_STUDY_TREATMENT, SubjectStatus
from irt.study.resupply import Forecast
from irt.study.visits import Visit
from irt.tables.columns import table_of
from irt.tables.subject import Subject
from irt.tables.subject import Visit as VisitRow

OFF_PLAN_DAYS = 28
"""How far outside its window a visit is still found as held."""
_SUBJECTS, _VISITS = table_of(Subject), table_of(VisitRow)
_HELD = select(_VISITS.c.subject_id, _VISITS.c.code, _VISITS.c.occurrence).where(
    _VISITS.c.study_id == bindparam("study_id"),
    _VISITS.c.status != VisitStatus.PLANNED,
    func.coalesce(_VISITS.c.held_on, _VISITS.c.planned_on) >= bindparam("since"),
)
_SCREENING = (
    select(_SUBJECTS.c.site_id, func.count())
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.status.in_(sorted(BEFORE_RANDOMIZATION)))
    .group_by(_SUBJECTS.c.site_id)
)


def held_visits(
    connection: Connection, study_id: int, visits: Iterable[Visit], day: date
) -> dict[int, set[tuple[str, int]]]:
    """Visits that are over by subject id, as far back as one of them may still be due on a day."""
    longest = max((visit.window_before_days + visit.window_after_days for visit in visits), default=0)
    since = day - timedelta(days=longest + OFF_PLAN_DAYS)
    held: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for subject_id, code, occurrence in connection.execute(_HELD, {"study_id": study_id, "since": since}):
        held[subject_id].add((code, occurrence))
    return held


def in_screening(connection: Connection, study_id: int) -> dict[int, int]:
    """Subjects who may still be randomized, by site id."""
    return {row[0]: row[1] for row in connection.execute(_SCREENING, {"study_id": study_id})}


def counted(forecast: Forecast) -> set[SubjectStatus]:
    """Whose visits count: on treatment, in a run-in, and on hold where the study says so."""
    on_hold = {SubjectStatus.DOSE_HOLD} if forecast.on_hold_counts else set()
    return {*ON_STUDY_TREATMENT, SubjectStatus.RUN_IN} | on_hold


def anchor_of(screened_on: date, randomized_on: date | None) -> tuple[str, date]:
    """From what a subject's visits are counted, and since when."""
    return ("screening", screened_on) if randomized_on is None else ("randomization", randomized_on)
