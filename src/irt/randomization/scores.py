"""The outcomes of a trial as whole numbers, so that two differences are compared exactly."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Literal

from irt.errors import BadInput

Statistic = Literal["means", "rates", "ranks"]
STATISTICS: tuple[Statistic, ...] = ("means", "rates", "ranks")


class NotARate(BadInput):
    """An outcome that is neither 0 nor 1, where rates are to be compared."""

    def __init__(self, subject: int) -> None:
        super().__init__(f"The outcome of subject {subject} is neither 0 nor 1. Compare means or ranks.")


def scores_of(outcomes: Sequence[Fraction | None], statistic: Statistic) -> tuple[list[int | None], int]:
    """Each subject's score times a unit, and that unit; None where there is no outcome.

    `means`: the outcome itself. `rates`: the same, and NotARate where it is not 0 or 1. `ranks`: the rank among all
    outcomes, ties sharing their mean rank.
    """
    if statistic == "rates":
        for number, outcome in enumerate(outcomes, start=1):
            if outcome not in {None, 0, 1}:
                raise NotARate(number)
    if statistic == "ranks":
        ranks = _double_ranks([outcome for outcome in outcomes if outcome is not None])
        return [None if outcome is None else ranks[outcome] for outcome in outcomes], 2
    unit = lcm(*(outcome.denominator for outcome in outcomes if outcome is not None))
    return [None if outcome is None else int(outcome * unit) for outcome in outcomes], unit


def _double_ranks(outcomes: Sequence[Fraction]) -> dict[Fraction, int]:
    """Twice the mean rank of each value: whole numbers."""
    ranks: dict[Fraction, int] = {}
    below = 0
    for outcome, times in sorted(Counter(outcomes).items()):
        ranks[outcome] = 2 * below + times + 1
        below += times
    return ranks
