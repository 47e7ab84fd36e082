"""Permuted blocks as one sees them who knows the arms given, but not where a block ends.

Which blocks are drawn is told by irt.randomization.permuted_block; this is the law of the next arm given the arms
before, each way of cutting them into blocks weighed by its chance.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

from irt.randomization.methods.counts import Counts, ImpossibleHistory
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.scheme import UnusablePlan

OpenBlocks = tuple[tuple[Counts, int], ...]
"""What the open block may still hold of each arm, and how likely: whole weights without a common divisor."""


@dataclass(frozen=True, slots=True)
class PermutedBlocks:
    """Any ratio, any number of arms; block sizes are independent, each of the list as likely as the others."""

    ratio: tuple[int, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        misfits = [size for size in self.sizes if size <= 0 or size % sum(self.ratio)]
        if misfits or not self.sizes:
            shares = ":".join(map(str, self.ratio))
            raise UnusablePlan(
                f"A block holds the ratio {shares} a whole number of times, so its size is a multiple of "
                f"{sum(self.ratio)}, not {misfits[0] if misfits else 'missing'}."
            )

    def start(self) -> OpenBlocks:
        """A new block of each size."""
        return _reduced(_with_new_blocks({}, 1, self.ratio, self.sizes))

    def law(self, memory: OpenBlocks, levels: Levels = ()) -> Law:
        """What is left of each arm, over the blocks that may be open; a last block cut short counts as whole."""
        return _law(memory)

    def after(self, memory: OpenBlocks, step: Step) -> OpenBlocks:
        """Each block weighed by its chance of that arm; ImpossibleHistory where none could give it."""
        return _after(memory, step.arm, self.ratio, self.sizes)


# Few sets of blocks are ever open, and many histories lead to the same one.
@lru_cache(maxsize=1 << 16)
def _law(memory: OpenBlocks) -> Law:
    scale = lcm(*(sum(left) for left, _ in memory))
    parts = [(left, weight * (scale // sum(left))) for left, weight in memory]
    whole = scale * sum(weight for _, weight in memory)
    arms = range(len(memory[0][0]))
    return tuple(Fraction(sum(left[arm] * part for left, part in parts), whole) for arm in arms)


@lru_cache(maxsize=1 << 16)
def _after(memory: OpenBlocks, arm: int, ratio: tuple[int, ...], sizes: tuple[int, ...]) -> OpenBlocks:
    scale = lcm(*(sum(left) for left, _ in memory)) * len(sizes)
    blocks: dict[Counts, int] = {}
    ended = 0
    for left, weight in memory:
        places = sum(left)
        likely = weight * left[arm] * (scale // places)
        if likely and places == 1:
            ended = likely // len(sizes)
        elif likely:
            blocks[(*left[:arm], left[arm] - 1, *left[arm + 1 :])] = likely
    return _reduced(_with_new_blocks(blocks, ended, ratio, sizes) if ended else blocks)


def _with_new_blocks(
    blocks: dict[Counts, int], weight: int, ratio: tuple[int, ...], sizes: tuple[int, ...]
) -> dict[Counts, int]:
    """Two blocks with as much left of each arm go on alike, whatever their sizes were, so they are one."""
    for size in sizes:
        left = tuple(share * (size // sum(ratio)) for share in ratio)
        blocks[left] = blocks.get(left, 0) + weight
    return blocks


def _reduced(blocks: dict[Counts, int]) -> OpenBlocks:
    if not blocks:
        raise ImpossibleHistory
    divisor = gcd(*blocks.values())
    return tuple((left, blocks[left] // divisor) for left in sorted(blocks))
