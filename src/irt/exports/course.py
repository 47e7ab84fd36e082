"""A subject's way through the planned elements of a trial: screening, run-in, treatment, follow-up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from irt.exports.facts import EventFact, SubjectFact
from irt.exports.moments import day, when
from irt.states.subject import SubjectEvent

_E = SubjectEvent
SCREENING, RUN_IN, TREATMENT, FOLLOW_UP = "SCREENING", "RUN-IN", "TREATMENT", "FOLLOW-UP"
CODES = {SCREENING: "SCRN", RUN_IN: "RUNIN", TREATMENT: "TRT", FOLLOW_UP: "FU"}
NAMES = {SCREENING: "Screening", RUN_IN: "Run-in", TREATMENT: "Treatment", FOLLOW_UP: "Follow-up"}
_BEGINS = {
    _E.RESCREEN: SCREENING,
    _E.START_RUN_IN: RUN_IN,
    _E.RANDOMIZE: TREATMENT,
    _E.REINSTATE: TREATMENT,
    _E.STOP_TREATMENT: FOLLOW_UP,
}
_ENDS = {_E.FAIL_SCREENING, _E.FAIL_RUN_IN, _E.COMPLETE, _E.WITHDRAW, _E.LOSE_CONTACT}


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its epoch, when it began and, where it has, when it ended."""

    epoch: str
    begun: date
    begun_at: str
    ended_at: str = ""


def elements(subject: SubjectFact, events: Iterable[EventFact], zone: tzinfo) -> list[Element]:
    """The elements in order. A subject that is screened again begins anew."""
    found: list[Element] = []
    now: Element | None = Element(SCREENING, subject.screened_on, day(subject.screened_on))
    for event in events:
        kind = _E(event.kind)
        epoch = _BEGINS.get(kind)
        if epoch is None and kind not in _ENDS:
            continue
        at = when(event.on_day, event.at, zone)
        if kind == _E.RESCREEN:
            found, now = [], None
        if now is not None:
            found.append(Element(now.epoch, now.begun, now.begun_at, at))
        now = None if epoch is None else Element(epoch, event.on_day, at)
    return [*found, now] if now is not None else found


def epoch_on(course: Sequence[Element], on: date) -> str:
    """The epoch of a day; empty before the first element."""
    begun = [one.epoch for one in course if one.begun <= on]
    return begun[-1] if begun else ""


def study_day(on: date, reference: date | None) -> int | None:
    """Day 1 is the reference day, the day before it is -1; None where the subject has none."""
    if reference is None:
        return None
    days = (on - reference).days
    return days + 1 if days >= 0 else days
