"""The Bayesian optimal interval design (Liu and Yuan 2015): the observed toxicity rate against two boundaries.

At a dose with n subjects and y toxicities the next cohort goes one dose up where y/n <= lambda_e, one down where
y/n >= lambda_d, and stays otherwise, or where there is no dose to go to. lambda_e and lambda_d follow from the
target and from the rates that would be too low (`safe`, 0.6 of the target unless given) and too high (`toxic`, 1.4
of it). From three subjects on, a dose is closed with all above it where the posterior chance, from a uniform prior,
that its rate is above the target is above 0.95; the escalation ends where that closes the lowest dose. What is
known closes a dose at once, even while its cohort has seats left. At the end that tried, open dose is recommended
whose rate, made to rise with the dose, is nearest to the target.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, log
from typing import Any

from irt.randomization.methods.escalation import (
    Dose,
    Escalation,
    EscalationStopped,
    OpenCohort,
    beginning,
    certainty,
    is_under_way,
    joined,
    open_cohort,
)
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.methods.tolerated_dose import Recommendation, isotonic_rates, nearest
from irt.randomization.scheme import UnusablePlan

CLOSING_MIN = 3
"""Subjects at a dose before it can be closed."""


@dataclass(frozen=True, slots=True)
class Boin:
    """The arms are doses in rising order; no chance is involved."""

    ratio: tuple[int, ...]
    target: Fraction
    safe: Fraction
    toxic: Fraction
    cohort_size: int = 3
    cutoff: Fraction = Fraction(19, 20)
    backfill: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.safe < self.target < self.toxic < 1:
            raise UnusablePlan(
                f"The rates of boin rise from safe to target to toxic between 0 and 1, not "
                f"{float(self.safe):g}, {float(self.target):g}, {float(self.toxic):g}."
            )
        if self.cohort_size < 1:
            raise UnusablePlan(f"A cohort has one subject or more, not {self.cohort_size}.")
        if not 0 < self.cutoff < 1:
            raise UnusablePlan(f"The cutoff of boin lies between 0 and 1, not {self.cutoff}.")

    def start(self) -> Escalation:
        """Nobody treated."""
        return beginning(len(self.ratio))

    def law(self, memory: Escalation, levels: Levels = ()) -> Law:
        """Certainty of the next subject's dose; ResponsesAwaited or EscalationStopped where there is none."""
        return certainty(self.cohort(memory).dose, len(self.ratio))

    def after(self, memory: Escalation, step: Step) -> Escalation:
        """One more subject at a dose."""
        return joined(memory, step, self.cohort_size, self.backfill)

    def cohort(self, memory: Escalation) -> OpenCohort:
        """The cohort of the next subject; ResponsesAwaited or EscalationStopped where none is open."""
        limit = self.closed_from(memory)
        if limit == 0:
            raise EscalationStopped
        if memory.dose >= limit:
            return OpenCohort(limit - 1, self.cohort_size)
        return open_cohort(memory, self.cohort_size, self._next_dose)

    def closed_from(self, memory: Escalation) -> int:
        """The lowest dose that is closed, with all above it; the number of doses where none is."""
        return self._closed_among(memory.doses)

    def backfill_doses(self, memory: Escalation) -> tuple[int, ...]:
        """Doses open to subjects outside the cohorts: below the current dose, known, not closed, below lambda_d.

        None where the design has no backfill, or while no cohort is under way.
        """
        if not self.backfill or not is_under_way(memory, self.cohort_size):
            return ()
        below = range(min(memory.dose, self.closed_from(memory)))
        return tuple(dose for dose in below if self._is_tolerated(memory, dose))

    def is_closed(self, subjects: int, toxicities: int) -> bool:
        """Whether so many toxicities among so many subjects close a dose; decided exactly."""
        return subjects >= CLOSING_MIN and chance_above(self.target, subjects, toxicities) > self.cutoff

    @property
    def lambda_e(self) -> float:
        """The boundary of escalation."""
        return _boundary(self.safe, self.target)

    @property
    def lambda_d(self) -> float:
        """The boundary of de-escalation."""
        return _boundary(self.target, self.toxic)

    def boundaries(self, subjects_max: int) -> dict[str, Any]:
        """The decision table: by subjects at a dose, toxicities that escalate at most, and lower or close at least.

        A number of None cannot be reached. Closing also lowers, so `deescalate` is never above `eliminate`.
        """
        return {
            "target": str(self.target),
            "lambda_e": self.lambda_e,
            "lambda_d": self.lambda_d,
            "cohort": self.cohort_size,
            "table": [self._row(subjects) for subjects in range(1, subjects_max + 1)],
        }

    def recommended(self, doses: Sequence[Dose]) -> Recommendation:
        """The tried, open dose whose isotonic rate is nearest to the target, once the trial is over."""
        limit = self._closed_among(doses)
        tried = [dose for dose in range(limit) if doses[dose].subjects]
        risen = dict(zip(tried, isotonic_rates([doses[dose] for dose in tried]), strict=True))
        rates = tuple(risen.get(dose) for dose in range(len(doses)))
        if not limit:
            return Recommendation(None, "The lowest dose is closed, so that no dose is recommended.", rates)
        if not tried:
            return Recommendation(None, "No open dose was tried, so that no dose is recommended.", rates)
        dose = tried[nearest([risen[dose] for dose in tried], self.target)]
        return Recommendation(dose, "Its isotonic rate of toxicity is the nearest to the target.", rates)

    def _closed_among(self, doses: Sequence[Dose]) -> int:
        for dose, seen in enumerate(doses):
            if self.is_closed(seen.subjects - seen.awaited, seen.toxicities):
                return dose
        return len(doses)

    def _row(self, subjects: int) -> dict[str, Any]:
        counts = range(subjects + 1)
        up = [y for y in counts if y <= self.lambda_e * subjects]
        # One toxicity more never opens a dose again.
        fewest = bisect_left(counts, True, key=lambda y: self.is_closed(subjects, y))
        closing = fewest if fewest <= subjects else None
        down = min((y for y in counts if y >= self.lambda_d * subjects or y == closing), default=None)
        return {"n": subjects, "escalate": max(up), "deescalate": down, "eliminate": closing}

    def _next_dose(self, memory: Escalation) -> int:
        dose, seen = memory.dose, memory.doses[memory.dose]
        if seen.toxicities <= self.lambda_e * seen.subjects:
            return min(dose + 1, self.closed_from(memory) - 1)
        if seen.toxicities >= self.lambda_d * seen.subjects:
            return max(dose - 1, 0)
        return dose

    def _is_tolerated(self, memory: Escalation, dose: int) -> bool:
        seen = memory.doses[dose]
        known = seen.subjects - seen.awaited
        return known > 0 and seen.toxicities < self.lambda_d * known


@lru_cache(maxsize=4096)
def chance_above(target: Fraction, subjects: int, toxicities: int) -> Fraction:
    """The exact posterior chance of a rate above the target, from a uniform prior.

    Beta(y + 1, n - y + 1) lies above t exactly as often as n + 1 tosses of a coin t show at most y heads.
    """
    tosses = subjects + 1
    often, rarely = target.numerator, target.denominator - target.numerator
    ways = (comb(tosses, heads) * often**heads * rarely ** (tosses - heads) for heads in range(toxicities + 1))
    return Fraction(sum(ways), target.denominator**tosses)


def _boundary(low: Fraction, high: Fraction) -> float:
    """The rate at which two rates explain the observed one equally well."""
    return log((1 - low) / (1 - high)) / log(high * (1 - low) / (low * (1 - high)))
