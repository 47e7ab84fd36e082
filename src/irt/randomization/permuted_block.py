"""Permuted blocks: within each block every arm appears in its exact ratio.

A block is drawn on the stream of its stratum by a running counter: its size first (where sizes vary), then a
Fisher-Yates shuffle from the last index. The row of a stratum says where its open block began and how many of each
arm it has given, never what comes next: the block is drawn again from the seed for every subject.

The law is that of irt.randomization.methods.permuted_block, for one who knows the open block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from irt.errors import IntegrityFault
from irt.randomization.methods.permuted_block import OpenBlocks, PermutedBlocks
from irt.randomization.scheme import Allocation, Probabilities, Row, State, Subject, UnusablePlan
from irt.randomization.stream import Draw, Seed, Stream
from irt.study import randomization_plan
from irt.study.arms import Arm


class Block(NamedTuple):
    """One drawn block: its arms in order of use, its draws, and the index of the next block's first draw."""

    arms: tuple[str, ...]
    size_draw: Draw | None
    shuffle: tuple[Draw, ...]
    next_counter: int

    def settling(self, position: int) -> tuple[Draw, ...]:
        """The draws that settle a position: its own shuffle draw, and the size's for the first.

        They tell nothing of later positions, so a record of used positions does not hold the rest of the block.
        """
        own = self.shuffle[-position] if position else self.size_draw
        return () if own is None else (own,)


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """The memory of one stratum: the first draw of its current block, the block's size, and what it has given."""

    counter: int
    size: int
    given: tuple[int, ...]

    @property
    def position(self) -> int:
        """Subjects allocated from the block so far."""
        return sum(self.given)

    @property
    def used_up(self) -> bool:
        """Whether the next subject starts a new block; true of an empty stratum."""
        return self.position == self.size


@dataclass(frozen=True, slots=True)
class PermutedBlock:
    """Stratified permuted blocks of one or several sizes, any ratio, any number of arms."""

    arms: tuple[str, ...]
    ratio: tuple[int, ...]
    sizes: tuple[int, ...]
    weights: tuple[int, ...]
    strata: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: randomization_plan.PermutedBlocks, arms: Sequence[Arm]) -> "PermutedBlock":
        """The procedure of a plan; UnusablePlan where a size does not fit the ratio."""
        weights = plan.size_weights or (1,) * len(plan.block_sizes)
        codes, ratio = tuple(arm.code for arm in arms), tuple(arm.ratio for arm in arms)
        return cls(codes, ratio, plan.block_sizes, weights, plan.strata)

    def __post_init__(self) -> None:
        PermutedBlocks(self.ratio, self.sizes)
        if len(self.weights) != len(self.sizes) or min(self.weights) < 0 or not sum(self.weights):
            raise UnusablePlan("Each block size needs a weight of zero or more, and not all can be zero.")

    def stratum(self, subject: Subject) -> str:
        """The subject's list."""
        return subject.profile(self.strata)

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """One row: the list's."""
        return (self.stratum(subject),)

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """What is left of each arm in the open block; the ratio where a new block begins."""
        return self._left(self._open_block(state.get(self.stratum(subject), {})))

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Takes the next position of the stratum's list; IntegrityFault where row and seed disagree."""
        stratum = self.stratum(subject)
        stream = seed.stream("permuted_block", stratum)
        row = state.get(stratum, {})
        before, block = self._current_block(self._open_block(row), stream)
        arm = block.arms[before.position]
        return Allocation(
            arm=arm,
            probabilities=self._left(before),
            draws=block.settling(before.position),
            stream_ids=(stream.stream_id,),
            seen={stratum: dict(row)},
            after={stratum: self._row(before, arm)},
        )

    def draw_block(self, stream: Stream, counter: int) -> Block:
        """The block whose first draw is at that index of the stratum's stream."""
        size_draw = stream.below(sum(self.weights), counter) if len(self.sizes) > 1 else None
        size = self.sizes[0] if size_draw is None else self._size_of(size_draw.value)
        first = counter if size_draw is None else counter + 1
        arms = self._unshuffled(size)
        shuffle = []
        for step, last in enumerate(range(size - 1, 0, -1)):
            draw = stream.below(last + 1, first + step)
            arms[last], arms[draw.value] = arms[draw.value], arms[last]
            shuffle.append(draw)
        return Block(tuple(arms), size_draw, tuple(shuffle), first + size - 1)

    def left_after(self, given: Sequence[str], size: int) -> tuple[Fraction, ...]:
        """Each arm's chance in a block of that size, once these arms of it are given."""
        open_block = OpenBlock(0, size, tuple(map(given.count, self.arms)))
        return tuple(chance for _, chance in self._left(open_block))

    def _size_of(self, value: int) -> int:
        reached = accumulate(self.weights)
        return next(size for size, edge in zip(self.sizes, reached, strict=True) if value < edge)

    def _unshuffled(self, size: int) -> list[str]:
        repeats = size // sum(self.ratio)
        return [arm for arm, share in zip(self.arms, self.ratio, strict=True) for _ in range(share * repeats)]

    def _current_block(self, open_block: OpenBlock, stream: Stream) -> tuple[OpenBlock, Block]:
        if open_block.used_up:
            counter = self._after(open_block)
            block = self.draw_block(stream, counter)
            return OpenBlock(counter, len(block.arms), (0,) * len(self.arms)), block
        block = self.draw_block(stream, open_block.counter)
        used = block.arms[: open_block.position]
        if len(block.arms) != open_block.size or tuple(map(used.count, self.arms)) != open_block.given:
            raise IntegrityFault(f"the row of {stream.stream_id} is not what its seed drew")
        return open_block, block

    def _after(self, open_block: OpenBlock) -> int:
        if not open_block.size:
            return open_block.counter
        return open_block.counter + open_block.size - 1 + (len(self.sizes) > 1)

    def _left(self, open_block: OpenBlock) -> Probabilities:
        law = self._method.law(self._memory(open_block))
        return tuple((arm, Fraction(chance)) for arm, chance in zip(self.arms, law, strict=True))

    @property
    def _method(self) -> PermutedBlocks:
        return PermutedBlocks(self.ratio, self.sizes)

    def _memory(self, open_block: OpenBlock) -> OpenBlocks:
        """What is left of the one block that is open; of any block where a new one begins."""
        if open_block.used_up:
            return self._method.start()
        repeats = open_block.size // sum(self.ratio)
        left = [share * repeats - n for share, n in zip(self.ratio, open_block.given, strict=True)]
        return ((tuple(left), 1),)

    def _open_block(self, row: Row) -> OpenBlock:
        given = tuple(row.get(f"given:{arm}", 0) for arm in self.arms)
        return OpenBlock(row.get("counter", 0), row.get("size", 0), given)

    def _row(self, before: OpenBlock, arm: str) -> Row:
        given = {f"given:{a}": n + (a == arm) for a, n in zip(self.arms, before.given, strict=True)}
        return {"counter": before.counter, "size": before.size, **given}
