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
    """Any ratio, any number of arms; block sizes are independent, and as likely as their weights, or equally so."""

    ratio: tuple[int, ...]
    sizes: tuple[int, ...]
    weights: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        misfits = [size for size in self.sizes if size <= 0 or size % sum(self.ratio)]
        if misfits or not self.sizes:
            shares = ":".join(map(str, self.ratio))
            raise UnusablePlan(
                f"A block holds the ratio {shares} a whole number of times, so its size is a multiple of "
                f"{sum(self.ratio)}, not {misfits[0] if misfits else 'missing'}."
            )
        if self.weights and (len(self.weights) != len(self.sizes) or min(self.weights) < 1):
            raise UnusablePlan("Each block size has a weight of one or more, or none has a weight.")

    def start(self) -> OpenBlocks:
        """A new block of each size."""
        return _new_block(self.ratio, self.sizes, self.weights or (1,) * len(self.sizes))

    def law(self, memory: OpenBlocks, levels: Levels = ()) -> Law:
        """What is left of each arm, over the blocks that may be open; a last block cut short counts as whole."""
        return _law(memory)

    def after(self, memory: OpenBlocks, step: Step) -> OpenBlocks:
        """Each block weighed by its chance of that arm; ImpossibleHistory where none could give it."""
        return _after(memory, step.arm, self.start())


# Few sets of blocks are ever open, and many histories lead to the same one.
@lru_cache(maxsize=1 << 16)
def _law(memory: OpenBlocks) -> Law:
    scale = lcm(*(sum(left) for left, _ in memory))
    parts = [(left, weight * (scale // sum(left))) for left, weight in memory]
    whole = scale * sum(weight for _, weight in memory)
    arms = range(len(memory[0][0]))
    return tuple(Fraction(sum(left[arm] * part for left, part in parts), whole) for arm in arms)


@lru_cache(maxsize=1 << 16)
def _after(memory: OpenBlocks, arm: int, new_block: OpenBlocks) -> OpenBlocks:
    choices = sum(weight for _, weight in new_block)
    scale = lcm(*(sum(left) for left, _ in memory)) * choices
    blocks: dict[Counts, int] = {}
    ended = 0
    for left, weight in memory:
        places = sum(left)
        likely = weight * left[arm] * (scale // places)
        if likely and places == 1:
            ended = likely // choices
        elif likely:
            blocks[(*left[:arm], left[arm] - 1, *left[arm + 1 :])] = likely
    if ended:
        for left, weight in new_block:
            # Two blocks with as much left of each arm go on alike, whatever their sizes were: they are one.
            blocks[left] = blocks.get(left, 0) + weight * ended
    return _reduced(blocks)


@lru_cache
def _new_block(ratio: tuple[int, ...], sizes: tuple[int, ...], weights: tuple[int, ...]) -> OpenBlocks:
    blocks: dict[Counts, int] = {}
    for size, weight in zip(sizes, weights, strict=True):
        left = tuple(share * (size // sum(ratio)) for share in ratio)
        blocks[left] = blocks.get(left, 0) + weight
    return _reduced(blocks)


def _reduced(blocks: dict[Counts, int]) -> OpenBlocks:
    if not blocks:
        raise ImpossibleHistory
    divisor = gcd(*blocks.values())
    return tuple((left, blocks[left] // divisor) for left in sorted(blocks))
