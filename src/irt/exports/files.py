"""Files that leave together: each with its rows and its SHA-256, told in one manifest that leaves with them."""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from irt.errors import BadInput

_RISKY = ("=", "+", "-", "@", "\t", "\r")
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, repr=False)
class ExportFile:
    """One file: its name, how many records it holds, its bytes."""

    name: str
    rows: int
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def told(self) -> dict[str, object]:
        """What a manifest says of it."""
        return {"rows": self.rows, "bytes": len(self.content), "sha256": self.sha256}


def manifest_of(about: Mapping[str, object], files: Iterable[ExportFile]) -> ExportFile:
    """The manifest: what leaves, of which state, and each file's count and hash."""
    kept = list(files)
    told = {**about, "files": {one.name: one.told for one in kept}}
    return ExportFile(MANIFEST, len(kept), (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> ExportFile:
    """A table in UTF-8, every cell quoted, lines ended as RFC 4180 has it; no cell is taken for a formula."""
    text, kept = StringIO(), list(rows)
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(heads)
    table.writerows([_plain(cell) for cell in row] for row in kept)
    return ExportFile(name, len(kept), text.getvalue().encode())


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RISKY) else text


def require_new(folder: Path) -> None:
    """BadInput where the folder already holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} is not an empty folder. Nothing was written. Name a new folder.")


def write_files(folder: Path, files: Iterable[ExportFile]) -> None:
    """Writes every file, readable by their owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in files:
        path = folder / one.name
        path.touch(mode=0o600)
        path.write_bytes(one.content)
