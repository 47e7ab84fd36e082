"""Stock levels of many places as a table of commas: read line by line, refused with the line that cannot be."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from irt.errors import BadInput

NEEDED = ("kit_type", "minimum", "maximum")
PLACES = ("site", "country", "depot")
NUMBERS = ("minimum", "maximum", "trigger_days", "resupply_days")
COLUMNS = (*PLACES, "kit_type", *NUMBERS)
ROWS_MAX = 5000


def read_level_file(text: str) -> list[dict[str, Any]]:
    """The rows as facts; empty cells are left out. BadInput names the line and what is wrong with it."""
    reader = csv.DictReader(io.StringIO(text.strip()))
    columns = [(name or "").strip() for name in reader.fieldnames or ()]
    unknown = [name for name in columns if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in columns]
    if unknown or missing:
        what = f"there is no column {unknown[0]!r}" if unknown else f"the column {missing[0]} is missing"
        raise BadInput(f"Line 1: {what}. Nothing was changed. Columns are {', '.join(COLUMNS)}.")
    reader.fieldnames = columns
    rows = [*_rows(reader)]
    if not 1 <= len(rows) <= ROWS_MAX:
        raise BadInput(f"The table has {len(rows)} rows. Nothing was changed. It takes 1 to {ROWS_MAX}.")
    return rows


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, Any]]:
    for line, cells in enumerate(reader, 2):
        if None in cells or None in cells.values():
            raise BadInput(f"Line {line}: it has not as many cells as line 1. Nothing was changed.")
        yield _row(line, {name: cell.strip() for name, cell in cells.items() if cell.strip()})


def _row(line: int, cells: Mapping[str, str]) -> dict[str, Any]:
    for name in NEEDED:
        if name not in cells:
            raise BadInput(f"Line {line}: the {name} is missing. Nothing was changed.")
    for name in NUMBERS:
        written = cells.get(name, "0")
        if not (written.isascii() and written.isdigit() and len(written) <= 6):
            raise BadInput(f"Line {line}: {written!r} is no whole number for {name}. Nothing was changed.")
    if int(cells["maximum"]) < 1:
        raise BadInput(f"Line {line}: the maximum is at least 1. Nothing was changed.")
    return {name: int(cell) if name in NUMBERS else cell for name, cell in cells.items()}
