"""Lists drawn from a design: one stream for each stratum, so that a further stratum never shifts another."""

from collections.abc import Iterator, Sequence

from irt.errors import BadInput
from irt.randomization.catalogue import entry_of
from irt.randomization.design import Design, NotPlainText
from irt.randomization.drawing import Arrival, Drawn, draw_sequence
from irt.randomization.lists.frozen_list import Entry, FrozenList, numbered
from irt.randomization.scheme import UnusablePlan
from irt.randomization.stream import Stream, escaped

RESPONSIVE = frozenset({"play_the_winner", "doubly_adaptive", "thompson", "three_plus_three", "boin"})
"""Methods that wait for what earlier subjects respond."""


class NotForLists(UnusablePlan):
    """A method that needs to know the subject, so that nothing can be drawn before."""


class StreamOfStratum(BadInput):
    """A stream whose name leaves no room for the strata."""


def stream_names(stream_id: str, strata: Sequence[str]) -> tuple[str, ...]:
    """The whole name of each stratum's stream: the given one, or its first three parts and the stratum."""
    if not strata:
        return (stream_id,)
    if not stream_id.endswith("|"):
        raise StreamOfStratum(
            "With strata, the stream's name ends with | and the stratum is put behind it. Nothing was drawn."
        )
    return tuple(stream_id + escaped(stratum) for stratum in strata)


def generate_list(design: Design, key: bytes, stream_id: str, strata: Sequence[str], subjects: int) -> FrozenList:
    """So many positions in each stratum; NotForLists, NotPlainText, or what the design itself is refused for."""
    return FrozenList(
        tuple(
            entry
            for stratum, name in zip(strata or ("",), stream_names(stream_id, strata), strict=True)
            for entry in _entries(design, stratum, draw_list(design, Stream(key, name), subjects))
        )
    )


def draw_list(design: Design, stream: Stream, subjects: int) -> tuple[Drawn, ...]:
    """One stratum's sequence with its draws."""
    if entry_of(design).factors or design.method in RESPONSIVE:
        raise NotForLists(
            f"{design.method} looks at each subject, so it cannot be written down before. Draw it with: "
            "irt randomization draw"
        )
    return draw_sequence(design, stream, (Arrival(),) * subjects)


def require_plain(strata: Sequence[str]) -> None:
    """NotPlainText where a stratum has letters that two systems could write in two ways."""
    for stratum in strata:
        if not (stratum.isascii() and stratum.isprintable() and stratum.strip() == stratum):
            raise NotPlainText(
                f"The stratum {stratum[:40]!a} is not plain text. Use ASCII letters, digits and signs."
            )


def _entries(design: Design, stratum: str, drawn: Sequence[Drawn]) -> Iterator[Entry]:
    require_plain([stratum])
    return numbered(stratum, [design.arms[each.arm] for each in drawn], list(_blocks(design, drawn)))


def _blocks(design: Design, drawn: Sequence[Drawn]) -> Iterator[int | None]:
    """A block begins where draws stand."""
    if design.method != "permuted_block":
        yield from (None for _ in drawn)
        return
    block = 0
    for each in drawn:
        block += bool(each.draws)
        yield block
