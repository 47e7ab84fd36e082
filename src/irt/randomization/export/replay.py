"""Every allocation of an export made again: from the seed where it is revealed, else from what the export tells.

Without a seed the chain, each arm's exact chances, and the arm that follows from the drawn number are checked. With
the seed every number is drawn again, and the seed itself is held against its commitment.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, Protocol

from irt.errors import BadInput, IntegrityFault, Refusal
from irt.randomization.catalogue import CATALOGUE, method_of
from irt.randomization.drawing import draw_arm, drawable
from irt.randomization.export.design_export import blocks_of, draw_text
from irt.randomization.export.export_file import Export, Record, chained
from irt.randomization.export.sequence import Sequence, sequence_of
from irt.randomization.methods.method import Step
from irt.randomization.stream import Stream, commitment


class WrongSeed(BadInput):
    """A seed that is not the one committed to."""

    def __init__(self) -> None:
        super().__init__(
            "This seed is not the one of the commitment. Nothing was verified. Look for the right one."
        )


class Mismatch(NamedTuple):
    """The first allocation that does not come out as it stands in the export; 0 where the header does not."""

    number: int
    sentence: str


class Verdict(NamedTuple):
    """How many allocations came out the same, of how many, and the first that did not."""

    allocations: int
    same: int
    drawn_again: bool
    mismatch: Mismatch | None


class Made(NamedTuple):
    """What an allocation comes out as: its arm, its chances, its draws."""

    arm: str
    probabilities: list[str]
    draws: list[str]


class Replay(Protocol):
    """One sequence, made again from its first allocation on."""

    def make(self, record: Record) -> Made:
        """The next allocation; a Refusal or IntegrityFault where there could be none."""


def verify(export: Export, seed: bytes | None = None, replays: "Mapping[int, Replay] | None" = None) -> Verdict:
    """Makes all allocations again until one differs; WrongSeed where the seed is another.

    `replays` makes the sequences, by their place, that no method of the catalogue makes.
    """
    if seed is not None and commitment(seed) != export.header.get("commitment"):
        raise WrongSeed
    same = 0
    for record, mismatch in _compared(export, seed, dict(replays or {})):
        if mismatch is not None:
            where = Mismatch(int(record.get("number", 0)), mismatch)
            return Verdict(len(export.records), same, seed is not None, where)
        same += 1
    return Verdict(len(export.records), same, seed is not None, None)


def replay_of(sequence: Sequence, seed: bytes | None) -> Replay:
    """The way a sequence is made again; the named refusals of designs where it cannot be."""
    stream = None if seed is None else Stream(seed, sequence.stream)
    if sequence.design.method == "permuted_block":
        return ByBlocks(sequence, stream)
    return ByLaw(sequence, stream)


class ByLaw:
    """A sequence that is drawn subject by subject."""

    def __init__(self, sequence: Sequence, stream: Stream | None) -> None:
        self._design, self._stream = sequence.design, stream
        self._method = method_of(sequence.design, sequence.planned)
        self._memory = self._method.start()

    def make(self, record: Record) -> Made:
        """By the law of the method, at the index of the subject's number."""
        levels = self._design.levels(record["levels"]) if self._design.factors else ()
        chances = drawable(self._method.law(self._memory, levels))
        if self._stream is None:
            arm, draws = _settled(chances, record["draws"]), list(record["draws"])
        else:
            arm, draw = draw_arm(chances, self._stream, record["number"])
            draws = [draw_text(draw)]
        self._memory = self._method.after(self._memory, Step(arm, levels, record["response"]))
        return Made(self._design.arms[arm], [str(chance) for chance in chances], draws)


class ByBlocks:
    """A stratum of permuted blocks; without a seed the blocks are unknown, so that its records stand as told."""

    def __init__(self, sequence: Sequence, stream: Stream | None) -> None:
        self._blocks, self._stream = blocks_of(sequence), stream
        self._positions: Iterator[Made] = iter(())
        self._counter = 0

    def make(self, record: Record) -> Made:
        """The next position of the open block."""
        if self._stream is None:
            return Made(record["arm"], list(record["probabilities"]), list(record["draws"]))
        made = next(self._positions, None)
        if made is None:
            self._positions = self._of_block(self._stream)
            made = next(self._positions)
        return made

    def _of_block(self, stream: Stream) -> Iterator[Made]:
        block = self._blocks.draw_block(stream, self._counter)
        self._counter = block.next_counter
        for position, arm in enumerate(block.arms):
            chances = self._blocks.left_after(block.arms[:position], len(block.arms))
            yield Made(arm, list(map(str, chances)), [draw_text(draw) for draw in block.settling(position)])


def _compared(
    export: Export, seed: bytes | None, replays: dict[int, Replay]
) -> Iterator[tuple[Record, str | None]]:
    for place, sequence in enumerate(export.header["sequences"]):
        if place not in replays and sequence.get("method") in CATALOGUE:
            replays[place] = replay_of(sequence_of(sequence), seed)
    due = zip(export.records, export.hashes, chained(export.header, export.records), numbers(export), strict=True)
    for record, kept, chain, number in due:
        replay = replays.get(record["sequence"])
        if kept != chain:
            yield record, "its hash does not follow from the record and the hash before it"
        elif replay is None:
            yield record, f"its sequence {record['sequence']} is not told, or is of no method known here"
        elif record["number"] != number:
            yield record, f"number {number} is due, so that one was left out"
        else:
            yield record, _difference(record, replay)
    if len(export.records) != export.header["allocations"]:
        yield {"number": len(export.records) + 1}, "it was left out"


def numbers(export: Export) -> Iterator[int]:
    """The number due for each record: its place in the study, or in its sequence of a drawn design."""
    given: Counter[int] = Counter()
    for place, record in enumerate(export.records, start=1):
        given[record["sequence"]] += 1
        yield place if export.header["kind"] == "study" else given[record["sequence"]]


def _difference(record: Record, replay: Replay) -> str | None:
    """What does not come out as it stands, in words; None where all does."""
    try:
        made = replay.make(record)
    except (Refusal, IntegrityFault, KeyError, TypeError) as fault:
        return f"it could never have been drawn ({fault})"
    for name, value in made._asdict().items():
        if record.get(name) != value:
            return f"its {name} stand as {_plain(record.get(name))}, but come out as {_plain(value)}"
    return None


def _settled(chances: tuple[Fraction, ...], draws: list[str]) -> int:
    """The arm that the told number settles; IntegrityFault where the number is not one of these chances."""
    _, _, word, modulus, value = _numbers(draws)
    if modulus != lcm(*(chance.denominator for chance in chances)) or word % modulus != value:
        raise IntegrityFault("its draw is not one of these chances")
    reached = Fraction(0)
    for arm, chance in enumerate(chances):
        reached += chance * modulus
        if value < reached:
            return arm
    raise IntegrityFault("its chances do not sum to one")


def _numbers(draws: list[str]) -> tuple[int, int, int, int, int]:
    """Index, attempt, word, modulus and value of the only draw."""
    try:
        (draw,) = draws
        index, attempt, word, modulus, value = draw.split()
        return int(index), int(attempt), int(word, 16), int(modulus), int(value)
    except ValueError:
        raise IntegrityFault("its draw cannot be read") from None


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
