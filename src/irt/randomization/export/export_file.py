"""The file that leaves the system: a header, and one line for each allocation, chained by SHA-256.

The text is JSON and canonical: keys sorted, no spaces, UTF-8, LF, one allocation a line. The first hash is that of
64 zeros, a line feed and the header; each further one that of the hash before, a line feed and the record.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irt.audit.chain import GENESIS, canonical, link
from irt.errors import BadInput

FORMAT = "IRT-EXPORT/1"

Header = Mapping[str, Any]
Record = Mapping[str, Any]


class UnreadableExport(BadInput):
    """The file is not there, or is no export of this format."""


@dataclass(frozen=True, slots=True, repr=False)
class Export:
    """What is told of all allocations, and each of them with the hash that the file gives it. Secret."""

    header: Header
    records: tuple[Record, ...]
    hashes: tuple[str, ...]

    @classmethod
    def of(cls, header: Header, records: Iterable[Record]) -> "Export":
        """A new export, its chain drawn."""
        kept = tuple(records)
        return cls(header, kept, tuple(chained(header, kept)))

    @property
    def head(self) -> str:
        """The hash that fixes the whole."""
        return self.hashes[-1] if self.hashes else link(self.header, GENESIS)

    def lines(self) -> Iterator[str]:
        """The file, line by line, without their ends."""
        yield f'{{"header":{canonical(self.header)},'
        yield '"allocations":['
        last = len(self.records)
        for place, (record, made) in enumerate(zip(self.records, self.hashes, strict=True), start=1):
            yield f'{{"hash":"{made}","record":{canonical(record)}}}{"," if place < last else ""}'
        yield "]}"


def chained(header: Header, records: Iterable[Record]) -> Iterator[str]:
    """The hash of each record in turn."""
    reached = link(header, GENESIS)
    for record in records:
        reached = link(record, reached)
        yield reached


def write_export(export: Export, file: Path) -> None:
    """Writes the file, readable by its owner alone."""
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in export.lines())


def read_export(file: Path) -> Export:
    """The export in that file; UnreadableExport where it is none, or not written as exports are."""
    try:
        text = file.read_text(encoding="utf-8")
        data = json.loads(text)
        export = Export(
            data["header"],
            tuple(each["record"] for each in data["allocations"]),
            tuple(each["hash"] for each in data["allocations"]),
        )
        known = export.header["format"] == FORMAT and _has_shape(export)
        written = "".join(f"{line}\n" for line in export.lines())
    except OSError as fault:
        raise UnreadableExport(f"{file}: {fault.strerror or fault}.") from None
    except (ValueError, KeyError, TypeError):
        raise UnreadableExport(f"{file}: not an export of allocations.") from None
    if not known:
        raise UnreadableExport(f"{file}: not an export of the format {FORMAT}.")
    if written != text:
        raise UnreadableExport(f"{file}: not written as exports are (keys sorted, no spaces, one line each).")
    return export


_TOLD = {"kind": str, "commitment": str, "sequences": list, "allocations": int}
_RECORDED = {"sequence": int, "number": int, "levels": list, "arm": str, "probabilities": list, "draws": list}


def _has_shape(export: Export) -> bool:
    """Whether header and records have what a replay looks at."""
    shapes = [(export.header, _TOLD), *((record, _RECORDED) for record in export.records)]
    return all(type(told[key]) is kind for told, kinds in shapes for key, kind in kinds.items()) and all(
        isinstance(each, dict) for each in export.header["sequences"]
    )
