"""The maximal procedure: all sequences within the imbalance limit are equally likely.

Berger, Ivanova and Knoll, Minimizing predictability while retaining balance through the use of less restrictive
randomization procedures (Statistics in Medicine, 2003). Sequences are counted in integers: doubles stop being exact
at 2^53, which about 60 subjects reach.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from irt.randomization.methods.counts import (
    Counting,
    Counts,
    ImpossibleHistory,
    PlannedNumberReached,
    require_tolerance,
    require_two_equal_arms,
    require_whole_rounds,
)
from irt.randomization.methods.method import Law, Levels
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class Maximal(Counting):
    """Two arms, one to one, for a planned number; the imbalance is never above `mti`.

    As published the sequences also end in balance (`terminal_balance`); without it they may end anywhere within.
    """

    subjects: int
    mti: int
    terminal_balance: bool = True

    def __post_init__(self) -> None:
        require_two_equal_arms("maximal", self.ratio)
        require_tolerance("maximal", self.mti)
        if self.terminal_balance:
            require_whole_rounds("maximal", (1, 1), self.subjects)
        elif self.subjects < 1:
            raise UnusablePlan(f"maximal needs at least one planned subject, not {self.subjects}.")

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """By how many sequences go on with each arm; PlannedNumberReached, ImpossibleHistory where none does."""
        left = self.subjects - sum(memory)
        if left <= 0:
            raise PlannedNumberReached(self.subjects)
        imbalance, limit = memory[0] - memory[1], min(self.mti, self.subjects)
        ways = _ways(limit, self.subjects, self.terminal_balance)[left - 1]
        first, second = (_at(ways, limit, imbalance + change) for change in (1, -1))
        if abs(imbalance) > limit or not first + second:
            raise ImpossibleHistory
        return Fraction(first, first + second), Fraction(second, first + second)


def _at(ways: tuple[int, ...], limit: int, imbalance: int) -> int:
    return ways[imbalance + limit] if abs(imbalance) <= limit else 0


@lru_cache(maxsize=64)
def _ways(mti: int, subjects: int, balanced: bool) -> tuple[tuple[int, ...], ...]:
    """For each number of subjects left and each imbalance from -mti to mti, how many sequences can follow."""
    ends = tuple(int(not balanced or imbalance == 0) for imbalance in range(-mti, mti + 1))
    table = [ends]
    for _ in range(subjects):
        fenced = (0, *table[-1], 0)
        table.append(tuple(fenced[place] + fenced[place + 2] for place in range(2 * mti + 1)))
    return tuple(table)
