"""The export of a drawn design, or of a list: the same file as that of a study, so that one verifier reads both."""

from collections.abc import Iterator, Sequence
from typing import Any

from irt import __version__
from irt.randomization.drawing import Arrival, Drawn, draw_sequence
from irt.randomization.export.export_file import FORMAT, Export
from irt.randomization.export.sequence import Sequence as DesignSequence
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.stream import Draw, Stream, commitment


def design_export(sequences: Sequence[DesignSequence], key: bytes, arrivals: Sequence[Arrival]) -> Export:
    """Draws each sequence for these arrivals and tells all of it; the seed itself is left out."""
    header = {
        "format": FORMAT,
        "kind": "design",
        "engine": __version__,
        "commitment": commitment(key),
        "sequences": [sequence.record() for sequence in sequences],
        "allocations": len(sequences) * len(arrivals),
    }
    records = [
        record for place, sequence in enumerate(sequences) for record in _records(place, sequence, key, arrivals)
    ]
    return Export.of(header, records)


def _records(
    place: int, sequence: DesignSequence, key: bytes, arrivals: Sequence[Arrival]
) -> Iterator[dict[str, Any]]:
    stream = Stream(key, sequence.stream)
    if sequence.design.method == "permuted_block":
        drawn = tuple(block_by_block(blocks_of(sequence), stream, len(arrivals)))
    else:
        drawn = draw_sequence(sequence.design, stream, arrivals)
    for number, (arrival, each) in enumerate(zip(arrivals, drawn, strict=True), start=1):
        yield {
            "sequence": place,
            "number": number,
            "levels": list(arrival.levels),
            "response": arrival.response,
            "arm": sequence.design.arms[each.arm],
            "probabilities": [str(chance) for chance in each.chances],
            "draws": [draw_text(draw) for draw in each.draws],
        }


def draw_text(draw: Draw) -> str:
    """Index, attempt, word, modulus and value of one draw, as they stand in an export."""
    told = draw.record()
    return f"{draw.index} {draw.attempt} {told['u64']} {draw.modulus} {draw.value}"


def blocks_of(sequence: DesignSequence) -> PermutedBlock:
    """The permuted blocks of a sequence."""
    settings = sequence.design.settings()
    sizes = settings.wholes("block_sizes")
    weights = settings.wholes("size_weights") if "size_weights" in settings.params else (1,) * len(sizes)
    return PermutedBlock(sequence.design.arms, sequence.design.ratio, sizes, weights)


def block_by_block(blocks: PermutedBlock, stream: Stream, subjects: int) -> Iterator[Drawn]:
    """Positions as they are recorded live: the open block is known, and each has the draws that settle it."""
    counter, given = 0, 0
    while given < subjects:
        block = blocks.draw_block(stream, counter)
        for position in range(min(len(block.arms), subjects - given)):
            arm = blocks.arms.index(block.arms[position])
            yield Drawn(arm, blocks.left_after(block.arms[:position], len(block.arms)), block.settling(position))
        given, counter = given + len(block.arms), block.next_counter
