"""What can be done next with a subject: the one sensible step first, then the others, by state and rights."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from irt.blinding.roles import Permission
from irt.reads.blinded_visits import VisitOnCalendar
from irt.states.subject import (
    BEFORE_RANDOMIZATION,
    NOT_INCLUDED,
    ON_STUDY_TREATMENT,
    SUBJECT,
    SubjectEvent,
    SubjectStatus,
)
from irt.study.blinded import BlindedStudy


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the subject's page. Of all, at most one is primary; `rare` ones stand on a page of their own."""

    words: str
    href: str
    icon: str = ""
    primary: bool = False
    rare: bool = False
    meaning: str = ""
    post: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands, and what the reader may do about it."""

    address: str
    status: SubjectStatus
    study: BlindedStudy
    dose_level: str | None
    open_visit: VisitOnCalendar | None
    due_visit: VisitOnCalendar | None
    visit_to_record: VisitOnCalendar | None
    later_stage: int | None
    run_in_over: bool
    marked: bool
    signed: frozenset[tuple[str, int]]
    outstanding: int
    rights: frozenset[Permission]

    @property
    def randomized(self) -> bool:
        """Whether there is a treatment to know."""
        return self.status not in BEFORE_RANDOMIZATION | NOT_INCLUDED

    def may(self, permission: Permission) -> bool:
        """Whether the reader may do this."""
        return permission in self.rights

    def allows(self, event: SubjectEvent) -> bool:
        """Whether the subject's state allows it."""
        return (self.status, event) in SUBJECT


def actions_for(standing: Standing) -> tuple[Action, ...]:
    """The steps in the order of the page; the first one is primary where it can be finished now."""
    return (*_next(standing), *_visits(standing), *_changes(standing), *_exits(standing))


def _next(s: Standing) -> Iterator[Action]:
    if s.status in BEFORE_RANDOMIZATION and (step := _towards_randomization(s)):
        yield step
    elif s.status in NOT_INCLUDED and s.may(Permission.SCREEN):
        if s.study.screening.rescreenings_max:
            yield Action("Screen again", f"{s.address}/steps/re-screen", "screen", primary=True)
    elif s.status == SubjectStatus.DOSE_HOLD and s.may(Permission.END_TREATMENT):
        yield Action("Resume dosing", f"{s.address}/steps/resume", "forward", primary=True)
    elif s.open_visit is not None and s.may(Permission.DISPENSE):
        words = f"Go on with {s.open_visit.name}"
        yield Action(words, f"{s.address}/dispense/{s.open_visit.dispensing_id}", "dispense", primary=True)
    elif s.later_stage is not None and s.may(Permission.RANDOMIZE):
        yield Action("Randomize again", f"{s.address}/randomize?stage={s.later_stage}", "randomize", primary=True)
        if s.due_visit is not None:
            yield from (replace(action, primary=False) for action in _due(s, s.due_visit))
    elif s.due_visit is not None and s.status in {*ON_STUDY_TREATMENT, SubjectStatus.RUN_IN}:
        yield from _due(s, s.due_visit)
    elif s.visit_to_record is not None and s.may(Permission.DISPENSE):
        yield _record(s, s.visit_to_record, primary=True)


def _towards_randomization(s: Standing) -> Action | None:
    """The run-in first, where the study has one and it has not started; nothing while it lasts."""
    if s.status == SubjectStatus.SCREENING and s.study.screening.run_in_days:
        start = Action("Start run-in", f"{s.address}/steps/run-in", "timer", primary=True)
        return start if s.may(Permission.SCREEN) else None
    if s.run_in_over and s.may(Permission.RANDOMIZE):
        return Action("Randomize", f"{s.address}/randomize", "randomize", primary=True)
    return None


def _record(s: Standing, visit: VisitOnCalendar, *, primary: bool) -> Action:
    href = f"{s.address}/record?visit={visit.code}&occurrence={visit.occurrence}"
    return Action(f"Record {visit.name}", href, "done", primary=primary)


def _due(s: Standing, visit: VisitOnCalendar) -> Iterator[Action]:
    place = f"visit={visit.code}&occurrence={visit.occurrence}"
    waits = s.study.conduct.order_required and (visit.code, visit.occurrence) not in s.signed
    if waits and s.may(Permission.SIGN_ORDER):
        yield Action(f"Sign order for {visit.name}", f"{s.address}/order?{place}", "order", primary=True)
    elif s.may(Permission.DISPENSE):
        yield Action(f"Dispense {visit.name}", f"{s.address}/dispense?{place}", "dispense", primary=not waits)


def _visits(s: Standing) -> Iterator[Action]:
    if s.outstanding and s.may(Permission.TAKE_BACK):
        yield Action("Take back kits", f"{s.address}/returns", "returns")
    if s.status in ON_STUDY_TREATMENT and s.may(Permission.DISPENSE):
        yield Action("Unscheduled visit", f"{s.address}/unscheduled", "calendar")
    if s.status not in NOT_INCLUDED and s.may(Permission.DISPENSE):
        for words, path, icon, meaning in _RARE_VISITS:
            if path != "correct" or s.marked:
                yield Action(words, f"{s.address}/{path}", icon, rare=True, meaning=meaning)


def _changes(s: Standing) -> Iterator[Action]:
    if s.allows(SubjectEvent.FAIL_SCREENING) and s.may(Permission.SCREEN):
        yield Action("Screening failed …", f"{s.address}/steps/screen-fail", "notdone")
    if s.allows(SubjectEvent.FAIL_RUN_IN) and s.may(Permission.SCREEN):
        yield Action("Run-in failed …", f"{s.address}/steps/run-in-fail", "notdone")
    moves = [move for move in s.study.moves if move.origin == s.dose_level]
    if moves and s.status in ON_STUDY_TREATMENT and s.may(Permission.CHANGE_DOSE):
        yield Action("Change dose …", f"{s.address}/steps/dose", "compare")
    if not s.may(Permission.END_TREATMENT):
        return
    if s.allows(SubjectEvent.HOLD_DOSE):
        yield Action("Dose hold …", f"{s.address}/steps/hold", "timer")
    if s.allows(SubjectEvent.STOP_TREATMENT):
        yield Action("End treatment …", f"{s.address}/steps/stop", "notdone")


def _exits(s: Standing) -> Iterator[Action]:
    if s.may(Permission.END_TREATMENT):
        for event, words, path, meaning in _ENDS:
            if s.allows(event):
                yield Action(words, f"{s.address}/steps/{path}", "notdone", rare=True, meaning=meaning)
    if s.randomized and s.may(Permission.BREAK_CODE) and s.study.identity.blinding != "open":
        yield Action("Code break …", f"{s.address}/code-break", "codebreak")


_RARE_VISITS = (
    ("Record a visit …", "record", "done", "A planned visit without kits took place."),
    ("Skip a visit …", "skip", "skip", "A planned visit did not take place."),
    ("Correct a visit …", "correct", "compare", "A visit was marked done or skipped in error."),
)
_ENDS = (
    (SubjectEvent.COMPLETE, "Completed …", "complete", "The subject finished the study as planned."),
    (SubjectEvent.WITHDRAW, "Withdrawn …", "withdraw", "The subject withdraws from the study."),
    (SubjectEvent.LOSE_CONTACT, "Contact lost …", "lose-contact", "The subject can no longer be reached."),
)
