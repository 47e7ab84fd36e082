"""Drawing from a law: the one place where a number of a stream becomes an arm, live, in a list and in a replay.

Every method but permuted_block draws one number for each subject, at the index of its assignment number from 1,
below the common denominator of its chances, and cumulates the arms in order. Permuted blocks are drawn as live ones
are: by a running counter from 0, each block shuffled as a whole.

Where only some arms can be given, the chances of the others are shared out among these in proportion.
"""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from irt.errors import IntegrityFault
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.method import Law, Levels, Method, Step
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.scheme import Probabilities, TooFewArms
from irt.randomization.stream import Draw, Stream

Chances = tuple[Fraction, ...]

PARTS = 1 << 53
"""An irrational chance is drawn as this many parts: as fine as floating point tells it."""


class Arrival(NamedTuple):
    """A subject who is to be allocated, and the response that is known before the next one comes."""

    levels: Levels = ()
    response: int | None = None


class Drawn(NamedTuple):
    """One subject's arm, the chances it was drawn with, and the draws made for it.

    The draws of a whole block stand with its first subject.
    """

    arm: int
    chances: Chances
    draws: tuple[Draw, ...]


def draw_sequence(design: Design, stream: Stream, arrivals: Sequence[Arrival]) -> tuple[Drawn, ...]:
    """Allocates these subjects in their order; named refusals where design, levels or numbers do not fit."""
    method = method_of(design, len(arrivals))
    if design.method == "permuted_block":
        return tuple(_from_blocks(design, method, stream, len(arrivals)))
    return tuple(_one_by_one(method, stream, arrivals))


def drawable(law: Law) -> Chances:
    """The chances as they are drawn: exact ones as they are, others rounded to k / 2^53 with the rest for the last.

    Where any arm's chance is irrational, those of all arms are rounded.
    """
    exact = tuple(chance for chance in law if isinstance(chance, Fraction))
    if len(exact) == len(law):
        return exact
    rest, rounded = PARTS, []
    for chance in law[:-1]:
        parts = min(round(chance * PARTS), rest)
        rounded.append(Fraction(parts, PARTS))
        rest -= parts
    return (*rounded, Fraction(rest, PARTS))


def draw_arm(chances: Chances, stream: Stream, index: int) -> tuple[int, Draw]:
    """Draws one arm with exactly these chances: the first whose cumulated chance is above the number."""
    denominator = lcm(*(chance.denominator for chance in chances))
    draw = stream.below(denominator, index)
    reached, drawn = 0, None
    for arm, chance in enumerate(chances):
        reached += chance.numerator * (denominator // chance.denominator)
        if drawn is None and draw.value < reached:
            drawn = arm
    if drawn is None or reached != denominator:
        raise IntegrityFault(f"chances sum to {reached}/{denominator}")
    return drawn, draw


def draw_named(probabilities: Probabilities, stream: Stream, index: int) -> tuple[str, Draw]:
    """The same for arms by their codes."""
    arm, draw = draw_arm(tuple(chance for _, chance in probabilities), stream, index)
    return probabilities[arm][0], draw


def among(chances: Chances, allowed: Collection[int]) -> Chances:
    """The chances given that one of the allowed arms is drawn; TooFewArms where none of them can be."""
    total = sum(chance for arm, chance in enumerate(chances) if arm in allowed)
    if not total:
        raise TooFewArms
    return tuple(chance / total if arm in allowed else Fraction(0) for arm, chance in enumerate(chances))


def _one_by_one(method: Method[Any], stream: Stream, arrivals: Sequence[Arrival]) -> Iterator[Drawn]:
    memory = method.start()
    for number, arrival in enumerate(arrivals, start=1):
        chances = drawable(method.law(memory, arrival.levels))
        arm, draw = draw_arm(chances, stream, number)
        memory = method.after(memory, Step(arm, arrival.levels, arrival.response))
        yield Drawn(arm, chances, (draw,))


def _from_blocks(design: Design, method: Method[Any], stream: Stream, subjects: int) -> Iterator[Drawn]:
    """The chances beside are those of a reader who does not know the block sizes."""
    sizes = design.settings().wholes("block_sizes")
    blocks = PermutedBlock(design.arms, design.ratio, sizes, (1,) * len(sizes))
    memory, counter, given = method.start(), 0, 0
    while given < subjects:
        block = blocks.draw_block(stream, counter)
        draws = block.shuffle if block.size_draw is None else (block.size_draw, *block.shuffle)
        for code in block.arms[: subjects - given]:
            arm = design.arms.index(code)
            yield Drawn(arm, drawable(method.law(memory)), draws)
            memory, draws = method.after(memory, Step(arm)), ()
        given, counter = given + len(block.arms), block.next_counter
