"""Permuted blocks of hidden sizes as a chain: what lies in the block, and what a reader without the sizes knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import nan
from typing import NamedTuple

from irt.randomization.assessment.chain import Moves, Onward

HALF = Fraction(1, 2)


class Block(NamedTuple):
    """A block under way: its size, and how many of it each arm has got; size 0 where the next one begins."""

    size: int = 0
    first: int = 0
    second: int = 0


class Place(NamedTuple):
    """The block under way, and all the blocks that a reader of the arms alone holds possible."""

    block: Block
    possible: frozenset[Block]


@dataclass(frozen=True)
class HiddenBlocks:
    """Two-arm blocks whose sizes are independent and equally likely.

    The law of the arms follows the true block, so that histories merge; the reader's knowledge is the set of blocks
    still possible, not their weights. Where these lean to different arms, as they may with an unequal ratio, the
    better guess is not told from here.
    """

    ratio: tuple[int, int]
    sizes: tuple[int, ...]

    def start(self) -> Place:
        """The beginning of the first block."""
        return Place(Block(), frozenset({Block()}))

    def moves(self, place: Place) -> Moves:
        """What may happen next, and how well it is guessed."""
        chance = self._first(place.block)
        leanings = [self._first(block) for block in place.possible]
        certain = leanings[0] in (0, 1) and len(set(leanings)) == 1
        ways = [way for arm in (0, 1) for way in self._ways(place, arm)]
        return Moves(float(chance), _right(chance, leanings), certain, tuple(ways))

    def _ways(self, place: Place, arm: int) -> list[Onward]:
        chance = self._chance(place.block, arm)
        if not chance:
            return []
        possible = frozenset(
            after for block in place.possible if self._chance(block, arm) for after in self._after(block, arm)
        )
        reached = self._after(place.block, arm)
        return [(arm, float(chance / len(reached)), Place(block, possible)) for block in reached]

    def _after(self, block: Block, arm: int) -> list[Block]:
        """The blocks that may be under way after one more arm, each as likely."""
        begun = [Block(size) for size in self.sizes] if block == Block() else [block]
        grown = [Block(size, first + (arm == 0), second + (arm == 1)) for size, first, second in begun]
        return [Block() if each.first + each.second == each.size else each for each in grown]

    def _chance(self, block: Block, arm: int) -> Fraction:
        first = self._first(block)
        return 1 - first if arm else first

    def _first(self, block: Block) -> Fraction:
        """The first arm's chance: its part of what is left of the block."""
        share = Fraction(self.ratio[0], sum(self.ratio))
        if block == Block():
            return share
        return (block.size * share - block.first) / (block.size - block.first - block.second)


def _right(chance: Fraction, leanings: Sequence[Fraction]) -> float:
    """The chance that the reader's guess is right where the first arm has that chance."""
    low, high = min(leanings), max(leanings)
    if low == high == HALF:
        return 0.5
    if low >= HALF:
        return float(chance)
    return float(1 - chance) if high <= HALF else nan
