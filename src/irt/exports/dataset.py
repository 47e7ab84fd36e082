"""One dataset of a transfer: its columns with all that a define file says of them, and its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Cell = str | int | float | None
Kind = Literal["text", "integer", "float", "datetime", "day"]
"""`datetime` is a text as ISO 8601 has it; `day` is a date that is a number in a transport file."""
Origin = Literal["Collected", "Assigned", "Derived", "Protocol"]

TEXT_MAX = 200
"""What a version 5 transport file can hold in one text, in bytes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A variable; `terms` names the code list that its values are from, `key` its place in the sort order."""

    name: str
    label: str
    kind: Kind = "text"
    origin: Origin = "Assigned"
    role: str = "Record Qualifier"
    terms: str = ""
    key: int = 0
    required: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it is a number in a transport file."""
        return self.kind in ("integer", "float", "day")


@dataclass(frozen=True, slots=True)
class Design:
    """A dataset before it has rows."""

    name: str
    label: str
    structure: str
    kind: str
    columns: tuple[Column, ...]
    reference: bool = False

    def only(self, allowed: Sequence[str]) -> "Design":
        """The same with these columns alone."""
        kept = tuple(column for column in self.columns if column.name in allowed)
        return Design(self.name, self.label, self.structure, self.kind, kept, self.reference)


@dataclass(frozen=True, slots=True, repr=False)
class Dataset:
    """Rows in the order of the design's columns; a text is never longer than TEXT_MAX bytes."""

    design: Design
    rows: tuple[tuple[Cell, ...], ...] = field(default=())

    @classmethod
    def of(cls, design: Design, records: Sequence[Mapping[str, Cell]]) -> "Dataset":
        """A dataset of records; what a record says beyond the design is left out, what it does not say is empty."""
        names = [column.name for column in design.columns]
        return cls(design, tuple(tuple(_cell(record.get(name)) for name in names) for record in records))

    @property
    def name(self) -> str:
        """As SDTM calls it, in capitals."""
        return self.design.name

    def length(self, place: int) -> int:
        """The bytes of the longest text of a column; 1 where all are empty, 8 for numbers."""
        if self.design.columns[place].numeric:
            return 8
        return max((len(str(row[place] or "").encode()) for row in self.rows), default=1) or 1


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str) or len(value.encode()) <= TEXT_MAX:
        return value
    return value.encode()[:TEXT_MAX].decode(errors="ignore")
