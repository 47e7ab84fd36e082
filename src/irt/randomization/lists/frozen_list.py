"""A frozen list: which arm each position of each stratum gets, as one canonical CSV that has one SHA-256."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

COLUMNS = ("stratum", "position", "block", "arm")


class Entry(NamedTuple):
    """One position of one stratum's list, from 1; the block, where the list has blocks; and the source's line."""

    stratum: str
    position: int
    block: int | None
    arm: str
    line: int = 0

    @property
    def written(self) -> str:
        """The entry as one line of canonical CSV, without its end."""
        block = "" if self.block is None else str(self.block)
        return ",".join(map(_field, (self.stratum, str(self.position), block, self.arm)))


@dataclass(frozen=True, slots=True, repr=False)
class FrozenList:
    """Entries in order: stratum by stratum, each from its first position on. Secret, so it never prints itself."""

    entries: tuple[Entry, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The entries as lines, without the heading."""
        return tuple(entry.written for entry in self.entries)

    @property
    def csv(self) -> str:
        """UTF-8, LF, fixed columns in fixed order, quotes only where a field needs them."""
        return "\n".join((",".join(COLUMNS), *self.lines, ""))

    @property
    def sha256(self) -> str:
        """Of the canonical CSV."""
        return hashlib.sha256(self.csv.encode()).hexdigest()

    @property
    def strata(self) -> tuple[str, ...]:
        """The strata in the list's order."""
        return tuple(dict.fromkeys(entry.stratum for entry in self.entries))

    def by_stratum(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Each run of one stratum's lines."""
        for stratum, entries in groupby(self.entries, key=lambda entry: entry.stratum):
            yield stratum, tuple(entries)


def numbered(stratum: str, arms: Iterable[str], blocks: Sequence[int | None], first: int = 1) -> Iterator[Entry]:
    """The entries of one stratum, its positions counted from `first`."""
    for position, (arm, block) in enumerate(zip(arms, blocks, strict=True), start=first):
        yield Entry(stratum, position, block, arm)


def renumbered(made: FrozenList, reached: Mapping[str, int]) -> FrozenList:
    """The list with its positions counted on from those reached in each stratum."""
    return FrozenList(
        tuple(entry._replace(position=entry.position + reached.get(entry.stratum, 0)) for entry in made.entries)
    )


def _field(text: str) -> str:
    if any(sign in text for sign in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text
