"""A dose escalation so far: subjects and toxicities at each dose, and the cohort that is being filled.

Doses are the arms, in rising order. A toxicity is a response of 1, its absence 0; None is awaited.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from irt.errors import Refusal
from irt.randomization.methods.method import Law, Step
from irt.randomization.methods.responses import checked


class ResponsesAwaited(Refusal):
    """A cohort is full, and the dose of the next one hangs on responses that are not known yet."""

    def __init__(self) -> None:
        super().__init__(
            "The cohort is full and responses are awaited, so no dose was assigned. "
            "Try again when every response of the cohort is known."
        )


class EscalationStopped(Refusal):
    """The rule has come to its end: no further subject gets a dose."""

    def __init__(self) -> None:
        super().__init__("The dose escalation has come to its end, so no dose was assigned. Tell the study team.")


class Dose(NamedTuple):
    """One dose: subjects, toxicities among them, and responses not known yet."""

    subjects: int = 0
    toxicities: int = 0
    awaited: int = 0


class Escalation(NamedTuple):
    """All doses, the dose of the current cohort, and how many of its seats are taken (0: before the first)."""

    doses: tuple[Dose, ...]
    dose: int = 0
    seats_taken: int = 0


class OpenCohort(NamedTuple):
    """The cohort that takes the next subject."""

    dose: int
    seats_left: int


Decide = Callable[[Escalation], int]
"""The dose of the next cohort once the current one is full and known; EscalationStopped where there is none."""


def beginning(doses: int) -> Escalation:
    """Nobody treated; the first cohort gets the lowest dose."""
    return Escalation((Dose(),) * doses)


def joined(escalation: Escalation, step: Step, cohort: int, backfill: bool = False) -> Escalation:
    """The escalation with one more subject, who opens a cohort where the last is full or the dose another one.

    With backfill, a subject at a lower dose before the current cohort is full and known adds knowledge but takes
    no seat.
    """
    response = checked(step.response)
    old = escalation.doses[step.arm]
    new = Dose(old.subjects + 1, old.toxicities + (response == 1), old.awaited + (response is None))
    doses = (*escalation.doses[: step.arm], new, *escalation.doses[step.arm + 1 :])
    if backfill and step.arm < escalation.dose and is_under_way(escalation, cohort):
        return escalation._replace(doses=doses)
    goes_on = step.arm == escalation.dose and escalation.seats_taken < cohort
    return Escalation(doses, step.arm, escalation.seats_taken + 1 if goes_on else 1)


def is_under_way(escalation: Escalation, cohort: int) -> bool:
    """Whether the current cohort has seats left or responses awaited at its dose."""
    return escalation.seats_taken < cohort or escalation.doses[escalation.dose].awaited > 0


def open_cohort(escalation: Escalation, cohort: int, decide: Decide) -> OpenCohort:
    """The cohort of the next subject; ResponsesAwaited or EscalationStopped where none is open."""
    if escalation.seats_taken < cohort:
        return OpenCohort(escalation.dose, cohort - escalation.seats_taken)
    if escalation.doses[escalation.dose].awaited:
        raise ResponsesAwaited
    return OpenCohort(decide(escalation), cohort)


def certainty(dose: int, doses: int) -> Law:
    """One for a dose, zero for the others."""
    return tuple(Fraction(other == dose) for other in range(doses))
