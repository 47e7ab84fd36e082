"""What a step in a subject's life starts from: the subject, the choices there are, today at the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_subject import (
    SubjectHere,
    calendar_of,
    is_correctable,
    outstanding_kits,
    subject_here,
)
from irt.reads.blinded_visits import VisitOnCalendar, VisitState
from irt.states.subject import SubjectStatus
from irt.study.schedule import UNSCHEDULED


@dataclass(frozen=True)
class StepFacts(BlindedView):
    """The subject as a form about it needs it; choices are codes and words."""

    study_id: int
    site_id: int
    study: str
    address: str
    subject: str
    status: SubjectStatus
    dose: str
    today: date
    failure_reasons: tuple[str, ...]
    dose_levels: tuple[tuple[str, str], ...]
    open_visits: tuple[tuple[str, str], ...]
    dispensing_visits: tuple[tuple[str, str], ...]
    last_dispensing: str
    outstanding: int
    order_required: bool
    run_in_days: int
    to_record: tuple[tuple[str, str], ...]
    marked: tuple[tuple[str, str], ...]


def step_facts(
    connection: Connection, actor: Actor, study_id: int, number: str, permission: Permission, now: datetime
) -> StepFacts:
    """The facts; NotFound where the person may not see the subject, NotAllowed where they may not do this."""
    subject = subject_here(connection, actor, study_id, number, permission)
    given = _dispensing_visits(subject)
    calendar = calendar_of(connection, subject, now, ahead_days=0)
    return StepFacts(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        address=subject.address,
        subject=subject.number,
        status=subject.status,
        dose=subject.dose,
        today=subject.site.today(now),
        failure_reasons=subject.study.screening.failure_reasons,
        dose_levels=_moves(subject),
        open_visits=_open_visits(calendar),
        dispensing_visits=given,
        last_dispensing=_last_dispensing(calendar) or (given[0][0] if given else ""),
        outstanding=outstanding_kits(connection, subject),
        order_required=subject.study.conduct.order_required,
        run_in_days=subject.study.screening.run_in_days,
        to_record=_to_record(calendar),
        marked=_marked(subject, calendar),
    )


def _moves(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    """The levels the subject may move to, by the name of the move; where a move is sham is not known here."""
    names = {level.code: level.name for level in subject.study.dose_levels}
    return tuple(
        (move.target, f"{move.name} ({names.get(move.target, move.target)})")
        for move in subject.study.moves
        if move.origin == subject.dose_level
    )


_UNMARKED = (VisitState.DUE, VisitState.MISSED, VisitState.UNRECORDED)
_MARKS = {VisitState.SKIPPED: "skipped", VisitState.DONE: "done"}


def _open_visits(calendar: Sequence[VisitOnCalendar]) -> tuple[tuple[str, str], ...]:
    """Visits without a record whose window has begun, the latest first."""
    return tuple(_choice(visit) for visit in reversed(calendar) if visit.state in _UNMARKED)


def _to_record(calendar: Sequence[VisitOnCalendar]) -> tuple[tuple[str, str], ...]:
    """Those of them at which no kits are given, and skipped ones that took place after all."""
    found = [visit for visit in calendar if not visit.dispenses and visit.state in (*_UNMARKED, VisitState.SKIPPED)]
    return tuple(_choice(visit) for visit in reversed(found))


def _marked(subject: SubjectHere, calendar: Sequence[VisitOnCalendar]) -> tuple[tuple[str, str], ...]:
    """Visits whose mark may be an error, with the mark, the latest first."""
    found = [visit for visit in calendar if is_correctable(subject.study, visit)]
    return tuple((_choice(visit)[0], f"{visit.name}: {_MARKS[visit.state]}") for visit in reversed(found))


def _choice(visit: VisitOnCalendar) -> tuple[str, str]:
    return f"{visit.code}~{visit.occurrence}", visit.name


def _dispensing_visits(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    return tuple(
        (visit.code, visit.name)
        for visit in subject.study.visits
        if visit.dispenses and (visit.anchor == "randomization") == (subject.randomized_on is not None)
    )


def _last_dispensing(calendar: Sequence[VisitOnCalendar]) -> str:
    """The code of the last planned visit at which kits were given."""
    held = [
        visit.code
        for visit in calendar
        if visit.dispenses and visit.state == VisitState.DONE and visit.code != UNSCHEDULED
    ]
    return held[-1] if held else ""
