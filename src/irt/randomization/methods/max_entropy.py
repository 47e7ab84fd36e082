"""Maximum entropy with constrained balance: as random as can be, a chosen way from the ratio to strict balance.

Klotz, Maximum entropy constrained balance randomization for clinical trials (Biometrics, 1978); for unequal ratios
Ryeznik and Sverdlov, A comparative study of restricted randomization procedures for multiarm trials with equal or
unequal treatment allocation ratios (Statistics in Medicine, 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp

from irt.randomization.methods.counts import Counting, Counts
from irt.randomization.methods.method import Law, Levels
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class MaxEntropy(Counting):
    """Any ratio and any number of arms; `eta` from 0 (complete randomization) to 1 (the arms that balance best)."""

    eta: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.eta <= 1:
            raise UnusablePlan(f"The setting eta of max_entropy lies between 0 and 1, not at {self.eta}.")

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The law nearest the ratio whose expected lack of balance is 1 - eta of the way down to the least.

        The lack of balance with an arm is the largest distance of any arm's share after it from its target.
        """
        targets = [Fraction(share, sum(self.ratio)) for share in self.ratio]
        lacks = [self._lack(memory, targets, arm) for arm in range(len(targets))]
        worse = [lack - min(lacks) for lack in lacks]
        if len(set(worse)) <= 2 or self.eta in {0, 1}:
            return _of_two_kinds(targets, worse, self.eta)
        return _tilted(list(map(float, targets)), list(map(float, worse)), float(1 - self.eta))

    def _lack(self, memory: Counts, targets: Sequence[Fraction], arm: int) -> Fraction:
        subjects = sum(memory) + 1
        shares = zip(memory, targets, strict=True)
        return max(abs(Fraction(n + (other == arm), subjects) - t) for other, (n, t) in enumerate(shares))


def _of_two_kinds(targets: Sequence[Fraction], worse: Sequence[Fraction], eta: Fraction) -> Law:
    """Exact where arms are of two kinds: those that balance less well keep 1 - eta of their share."""
    kept = [target if not lack else target * (1 - eta) for target, lack in zip(targets, worse, strict=True)]
    best = sum((t for t, lack in zip(targets, worse, strict=True) if not lack), start=Fraction(0))
    given_up = 1 - sum(kept, start=Fraction(0))
    return tuple(
        share + given_up * target / best if not lack else share
        for share, target, lack in zip(kept, targets, worse, strict=True)
    )


def _tilted(targets: Sequence[float], worse: Sequence[float], kept: float) -> Law:
    """The targets, each times exp(-tilt * lack); bisection finds the tilt that leaves the wanted expected lack."""
    wanted = kept * sum(t * lack for t, lack in zip(targets, worse, strict=True))
    low, high = 0.0, 1.0
    while _expected(_weights(targets, worse, high), worse) > wanted:
        low, high = high, high * 2
    while low < (middle := (low + high) / 2) < high:
        if _expected(_weights(targets, worse, middle), worse) > wanted:
            low = middle
        else:
            high = middle
    weights = _weights(targets, worse, high)
    return tuple(weight / sum(weights) for weight in weights)


def _weights(targets: Sequence[float], worse: Sequence[float], tilt: float) -> list[float]:
    return [target * exp(-tilt * lack) for target, lack in zip(targets, worse, strict=True)]


def _expected(weights: Sequence[float], worse: Sequence[float]) -> float:
    return sum(weight * lack for weight, lack in zip(weights, worse, strict=True)) / sum(weights)
