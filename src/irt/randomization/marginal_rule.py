"""Pocock and Simon's rule for one decision: which arms leave the margins most balanced, and with what chance.

Counts are scaled to whole numbers (by the ratio's least common multiple and the weights' common denominator), so
that every comparison is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm, sqrt
from typing import Literal

from irt.randomization import square_roots
from irt.randomization.scheme import UnusablePlan
from irt.study.randomization_plan import Minimization

Margins = Sequence[Sequence[int]]
"""Subjects so far: for each factor, at the new subject's level, the count of each arm."""


def _range(counts: list[int]) -> int:
    return max(counts) - min(counts)


def _spread(counts: list[int]) -> int:
    """The sample variance times K(K-1)."""
    return len(counts) * sum([count * count for count in counts]) - sum(counts) ** 2


@dataclass(frozen=True)
class MarginalRule:
    """The settings of a minimization over K arms (or K groups of arms).

    Distances of a factor's counts, each divided by its arm's share and with the new subject placed in the arm:
    `range`, sample `variance`, sample `sd`, or `sum`, the arm's own count (Taves 1974: opposite imbalances of two
    factors cancel). `shared`: p is shared equally by the best arms, 1 - p by the others. `random_rank`: ties are
    ranked at random, the first gets p and each other an equal part of 1 - p. Where all arms tie, the ratio decides.
    """

    ratio: tuple[int, ...]
    weights: tuple[Fraction, ...]
    probability: Fraction
    distance: Literal["range", "variance", "sd", "sum"] = "range"
    ties: Literal["shared", "random_rank"] = "shared"
    imbalance_of: Literal["(n+1)/r", "n/r+1"] = "(n+1)/r"
    _laws: dict[tuple[int, ...], tuple[Fraction, ...]] = field(init=False, default_factory=dict, compare=False)

    @classmethod
    def of(cls, plan: Minimization, ratio: tuple[int, ...]) -> "MarginalRule":
        """The rule of a plan for arms of that ratio."""
        weights = tuple(Fraction(weighted.weight) for weighted in plan.factors)
        return cls(ratio, weights, plan.probability, plan.distance, plan.ties, plan.imbalance_of)

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise UnusablePlan(f"The preferred arm's probability must lie between 0 and 1, not {self.probability}.")
        if min(self.ratio) < 1 or min(self.weights) < 0:
            raise UnusablePlan("Every arm needs a share of one or more, every factor a weight of zero or more.")

    def law(self, margins: Margins) -> tuple[Fraction, ...]:
        """Each arm's exact probability."""
        best = self.preferred(margins)
        if best not in self._laws:
            self._laws[best] = self._law_of(best)
        return self._laws[best]

    def preferred(self, margins: Margins) -> tuple[int, ...]:
        """Positions of the arms that leave the least imbalance, ties included."""
        if self.distance == "sd":
            return square_roots.smallest(self._root_sums(margins))
        scores = self._whole_scores(margins)
        least = min(scores)
        return tuple(arm for arm, score in enumerate(scores) if score == least)

    def scores(self, margins: Margins) -> tuple[Fraction | float, ...]:
        """The weighted imbalance that each arm would leave; exact but for `sd`, rounded for reading."""
        unit = self._common_share * self._weight_unit
        if self.distance == "sd":
            spread = sqrt(self._pairs())
            return tuple(sum(w * sqrt(s) for w, s in roots) / (unit * spread) for roots in self._root_sums(margins))
        if self.distance == "variance":
            unit *= self._common_share * self._pairs()
        return tuple(Fraction(score, unit) for score in self._whole_scores(margins))

    @cached_property
    def _common_share(self) -> int:
        return lcm(*self.ratio)

    @cached_property
    def _multiples(self) -> tuple[int, ...]:
        return tuple(self._common_share // share for share in self.ratio)

    @cached_property
    def _weight_unit(self) -> int:
        return lcm(*(weight.denominator for weight in self.weights))

    @cached_property
    def _whole_weights(self) -> tuple[int, ...]:
        return tuple(int(weight * self._weight_unit) for weight in self.weights)

    def _pairs(self) -> int:
        return max(1, len(self.ratio) * (len(self.ratio) - 1))

    def _law_of(self, best: tuple[int, ...]) -> tuple[Fraction, ...]:
        arms, tied = len(self.ratio), len(best)
        if tied == arms:
            return tuple(Fraction(share, sum(self.ratio)) for share in self.ratio)
        p, rest = self.probability, 1 - self.probability
        if self.ties == "shared":
            top, other = p / tied, rest / (arms - tied)
        else:
            other = rest / (arms - 1)
            top = (p + (tied - 1) * other) / tied
        return tuple(top if arm in best else other for arm in range(arms))

    def _whole_scores(self, margins: Margins) -> list[int]:
        if self.distance == "sum":
            return self._own_counts(margins)
        by_arm = self._distances(margins, _range if self.distance == "range" else _spread)
        return [sum([w * d for w, d in zip(self._whole_weights, row, strict=True)]) for row in by_arm]

    def _root_sums(self, margins: Margins) -> list[square_roots.RootSum]:
        by_arm = self._distances(margins, _spread)
        return [tuple(zip(self._whole_weights, row, strict=True)) for row in by_arm]

    def _distances(self, margins: Margins, distance: Callable[[list[int]], int]) -> list[list[int]]:
        """For each arm, the distance at each factor with the subject placed in that arm."""
        by_arm: list[list[int]] = [[] for _ in self.ratio]
        steps = self._steps
        for counts in margins:
            scaled = self._scaled(counts)
            for arm, step in enumerate(steps):
                scaled[arm] += step
                by_arm[arm].append(distance(scaled))
                scaled[arm] -= step
        return by_arm

    def _own_counts(self, margins: Margins) -> list[int]:
        totals = [0] * len(self.ratio)
        for weight, counts in zip(self._whole_weights, margins, strict=True):
            for arm, (scaled, step) in enumerate(zip(self._scaled(counts), self._steps, strict=True)):
                totals[arm] += weight * (scaled + step)
        return totals

    def _scaled(self, counts: Sequence[int]) -> list[int]:
        return [count * multiple for count, multiple in zip(counts, self._multiples, strict=True)]

    @cached_property
    def _steps(self) -> tuple[int, ...]:
        """What one more subject adds to an arm's scaled count."""
        if self.imbalance_of == "(n+1)/r":
            return self._multiples
        return (self._common_share,) * len(self.ratio)
