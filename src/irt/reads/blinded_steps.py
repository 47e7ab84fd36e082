"""What a step in a subject's life starts from: the subject, the choices there are, today at the site."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_subject import SubjectHere, calendar_of, outstanding_kits, subject_here
from irt.reads.blinded_visits import VisitState
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


def step_facts(
    connection: Connection, actor: Actor, study_id: int, number: str, permission: Permission, now: datetime
) -> StepFacts:
    """The facts; NotFound where the person may not see the subject, NotAllowed where they may not do this."""
    subject = subject_here(connection, actor, study_id, number, permission)
    given = _dispensing_visits(subject)
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
        open_visits=_open_visits(connection, subject, now),
        dispensing_visits=given,
        last_dispensing=_last_dispensing(connection, subject, now) or (given[0][0] if given else ""),
        outstanding=outstanding_kits(connection, subject),
        order_required=subject.study.conduct.order_required,
    )


def _moves(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    """The levels the subject may move to, by the name of the move; where a move is sham is not known here."""
    names = {level.code: level.name for level in subject.study.dose_levels}
    return tuple(
        (move.target, f"{move.name} ({names.get(move.target, move.target)})")
        for move in subject.study.moves
        if move.origin == subject.dose_level
    )


def _open_visits(connection: Connection, subject: SubjectHere, now: datetime) -> tuple[tuple[str, str], ...]:
    """Visits without a record whose window has begun, the latest first."""
    waiting = (VisitState.DUE, VisitState.MISSED, VisitState.UNRECORDED)
    today = subject.site.today(now)
    found = [
        visit
        for visit in calendar_of(connection, subject, now, ahead_days=0)
        if visit.state in waiting or (visit.state == VisitState.PLANNED and visit.first and visit.first <= today)
    ]
    return tuple((f"{visit.code}~{visit.occurrence}", visit.name) for visit in reversed(found))


def _dispensing_visits(subject: SubjectHere) -> tuple[tuple[str, str], ...]:
    return tuple(
        (visit.code, visit.name)
        for visit in subject.study.visits
        if visit.dispenses and (visit.anchor == "randomization") == (subject.randomized_on is not None)
    )


def _last_dispensing(connection: Connection, subject: SubjectHere, now: datetime) -> str:
    """The code of the last planned visit at which kits were given."""
    held = [
        visit.code
        for visit in calendar_of(connection, subject, now, ahead_days=0)
        if visit.dispenses and visit.state == VisitState.DONE and visit.code != UNSCHEDULED
    ]
    return held[-1] if held else ""
