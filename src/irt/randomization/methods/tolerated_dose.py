"""The dose that an escalation recommends at its end, from the subjects and toxicities at each dose."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from irt.randomization.methods.escalation import Dose

PSEUDO = Fraction(1, 20)
"""Added to toxicities and to their absence: a Beta(0.05, 0.05) prior keeps every rate off 0 and 1."""


class Recommendation(NamedTuple):
    """The maximum tolerated dose, None where there is none, and why; estimated rates where the rule has them."""

    dose: int | None
    reason: str
    rates: tuple[Fraction | None, ...] = ()


def isotonic_rates(doses: Sequence[Dose]) -> list[Fraction]:
    """The doses' toxicity rates with the prior's, made to rise: neighbours that fall are pooled.

    Each rate weighs by one over its posterior variance, and a pool has the weighted mean of its doses.
    """
    pools: list[tuple[Fraction, Fraction, int]] = []
    for seen in doses:
        pools.append((_rate(seen), 1 / _variance(seen), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            pools[-2:] = [_pooled(*pools[-2:])]
    return [rate for rate, _, members in pools for _ in range(members)]


def nearest(rates: Sequence[Fraction], target: Fraction) -> int:
    """The dose whose rate is nearest to the target.

    Of rates as near above it as below it the one below; of equal rates below the target the highest dose, and of
    equal rates at or above it the lowest (Liu and Yuan 2015; their program's rule).
    """

    def preference(dose: int) -> tuple[Fraction, bool, int]:
        rate = rates[dose]
        return abs(rate - target), rate > target, -dose if rate < target else dose

    return min(range(len(rates)), key=preference)


def _rate(seen: Dose) -> Fraction:
    return (seen.toxicities + PSEUDO) / (seen.subjects + 2 * PSEUDO)


def _variance(seen: Dose) -> Fraction:
    toxic, safe = seen.toxicities + PSEUDO, seen.subjects - seen.toxicities + PSEUDO
    return toxic * safe / ((toxic + safe) ** 2 * (toxic + safe + 1))


def _pooled(
    lower: tuple[Fraction, Fraction, int], upper: tuple[Fraction, Fraction, int]
) -> tuple[Fraction, Fraction, int]:
    weight = lower[1] + upper[1]
    return (lower[0] * lower[1] + upper[0] * upper[1]) / weight, weight, lower[2] + upper[2]
