"""The 3+3 rule: cohorts of three, decided by the toxicities among the three or six subjects at a dose.

None of three: the next dose. One of three: three more at the same dose; two or more: too toxic. At most one of six:
the next dose; two or more: too toxic. Below a dose that is too toxic, a dose with three subjects gets three more,
and one with six ends the escalation as the maximum tolerated dose. At the highest dose, or below one that is too
toxic, three more make it six (`highest: expand`); with `highest: stop` the highest dose ends the escalation after
three without toxicity. A cohort is always filled before it is judged. At the end the dose below the lowest that is
too toxic is recommended, once six subjects were treated at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from irt.randomization.methods.escalation import (
    Dose,
    Escalation,
    EscalationStopped,
    OpenCohort,
    beginning,
    certainty,
    joined,
    open_cohort,
)
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.methods.tolerated_dose import Recommendation

COHORT = 3
FULL = 2 * COHORT
TOO_TOXIC = 2
"""Toxicities among three or six that make a dose too toxic."""


@dataclass(frozen=True, slots=True)
class ThreePlusThree:
    """The arms are doses in rising order; no chance is involved."""

    ratio: tuple[int, ...]
    highest: Literal["expand", "stop"] = "expand"

    def start(self) -> Escalation:
        """Nobody treated."""
        return beginning(len(self.ratio))

    def law(self, memory: Escalation, levels: Levels = ()) -> Law:
        """Certainty of the next subject's dose; ResponsesAwaited or EscalationStopped where there is none."""
        return certainty(self.cohort(memory).dose, len(self.ratio))

    def after(self, memory: Escalation, step: Step) -> Escalation:
        """One more subject at a dose."""
        return joined(memory, step, COHORT)

    def cohort(self, memory: Escalation) -> OpenCohort:
        """The cohort of the next subject; ResponsesAwaited or EscalationStopped where none is open."""
        return open_cohort(memory, COHORT, self._next_dose)

    def boundaries(self, subjects_max: int) -> dict[str, Any]:
        """The rule as a table: by subjects at a dose, toxicities that escalate at most, and lower at least."""
        rows = ((COHORT, 0), (FULL, 1))
        table = [{"n": n, "escalate": most, "deescalate": TOO_TOXIC} for n, most in rows if n <= subjects_max]
        return {"cohort": COHORT, "table": table}

    def recommended(self, doses: Sequence[Dose]) -> Recommendation:
        """The highest dose below every one that is too toxic, once the rule has come to its end there."""
        toxic = [dose for dose, seen in enumerate(doses) if seen.toxicities >= TOO_TOXIC]
        dose = min(toxic, default=len(doses)) - 1
        if dose < 0:
            return Recommendation(None, "The lowest dose is too toxic, so that no dose is recommended.")
        seen = doses[dose]
        if seen.subjects >= FULL:
            return Recommendation(
                dose, f"It is the highest with at most one toxicity among {seen.subjects} subjects."
            )
        if not toxic and self.highest == "stop" and seen == Dose(COHORT):
            return Recommendation(dose, f"It is the highest, and none of {COHORT} had a toxicity.")
        return Recommendation(None, "The escalation has not come to its end, so that no dose is recommended yet.")

    def _next_dose(self, memory: Escalation) -> int:
        dose, seen = memory.dose, memory.doses[memory.dose]
        if _is_too_toxic(memory, dose):
            return self._below(memory, dose)
        if seen.subjects < FULL and seen.toxicities:
            return dose
        above = dose + 1
        if above < len(memory.doses) and not _is_too_toxic(memory, above):
            return above
        if seen.subjects < FULL and (above < len(memory.doses) or self.highest == "expand"):
            return dose
        raise EscalationStopped

    def _below(self, memory: Escalation, dose: int) -> int:
        if dose == 0 or memory.doses[dose - 1].subjects >= FULL:
            raise EscalationStopped
        return dose - 1


def _is_too_toxic(memory: Escalation, dose: int) -> bool:
    return memory.doses[dose].toxicities >= TOO_TOXIC
