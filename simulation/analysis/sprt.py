"""Wald's sequential test between a rate that is good and one that is bad (Wald, Sequential Analysis, 1947)."""

import math
from dataclasses import dataclass

from scipy.special import bdtr

from simulation.analysis.boundaries import Boundaries
from simulation.analysis.characteristics import characteristics
from simulation.analysis.refusals import UnusableGate


@dataclass(frozen=True, slots=True)
class Rates:
    """A chance of a miss that should pass, one that should fail, and how often either may go wrong.

    `false_pass` is at most the chance to pass at `bad` or worse, `false_fail` to fail at `good` or better.
    """

    good: float
    bad: float
    false_pass: float = 0.05
    false_fail: float = 0.05

    def __post_init__(self) -> None:
        """Raises: UnusableGate unless 0 < good < bad < 1 and both errors are between 0 and a half."""
        if not 0 < self.good < self.bad < 1:
            raise UnusableGate("The good rate lies above 0 and below the bad one, the bad one below 1.")
        if not (0 < self.false_pass < 0.5 and 0 < self.false_fail < 0.5):
            raise UnusableGate("How often a gate may be wrong lies between 0 and one half.")


def sprt(rates: Rates, replications: int) -> Boundaries:
    """Wald's boundaries up to so many replications; who is still between them then is inconclusive.

    Wald's own thresholds keep both errors near what is told, not always below. The exact chances are looked at:
    where one is above, the thresholds 1 / error take their place, which cannot be crossed wrongly more often
    (Ville 1939).
    """
    wald = _staircases(rates, replications, 1 - rates.false_fail, 1 - rates.false_pass)
    return wald if _kept(wald, rates) else _staircases(rates, replications, 1.0, 1.0)


def fixed_size(rates: Rates, most: int = 100_000) -> tuple[int, int]:
    """The fewest replications, and the most misses that pass, of one test at the end with the same errors.

    Raises: UnusableGate when `most` replications are not enough.
    """
    allowed = 0
    for count in range(1, most + 1):
        while bdtr(allowed, count, rates.good) < 1 - rates.false_fail:
            allowed += 1
        if bdtr(allowed, count, rates.bad) <= rates.false_pass:
            return count, allowed
    raise UnusableGate(f"These rates cannot be told apart by {most} replications.")


def _staircases(rates: Rates, replications: int, right_fail: float, right_pass: float) -> Boundaries:
    """The likelihood ratio of bad to good grows by `up` with a miss and falls by `down` without one."""
    up, down = math.log(rates.bad / rates.good), math.log1p(-rates.good) - math.log1p(-rates.bad)
    upper, lower = math.log(right_pass / rates.false_fail), math.log(rates.false_pass / right_fail)
    pass_at, fail_at = [], []
    for count in range(1, replications + 1):
        pass_at.append(max(math.floor((lower + count * down) / (up + down) + 1e-12), -1))
        fail_at.append(min(math.ceil((upper + count * down) / (up + down) - 1e-12), count + 1))
    return Boundaries(tuple(pass_at), tuple(fail_at))


def _kept(boundaries: Boundaries, rates: Rates) -> bool:
    passed, failed = characteristics(boundaries, rates.bad).passes, characteristics(boundaries, rates.good).fails
    return passed <= rates.false_pass and failed <= rates.false_fail
