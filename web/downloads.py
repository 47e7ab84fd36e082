"""Files to take away: plain tables whose cells no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import TypeVar

from litestar import Response

from irt.states.records import Mode

Content = TypeVar("Content", str, bytes)
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    name: str, mode: Mode, now: datetime, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response[str]:
    """A CSV file whose name says environment and time."""
    return file_answer(csv_text(heads, rows), file_name(name, mode, now), "text/csv")


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text; its first mark lets spreadsheets read it as UTF-8."""
    paper = StringIO()
    writer = csv.writer(paper)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return _BYTE_ORDER_MARK + paper.getvalue()


def file_answer(content: Content, name: str, media_type: str) -> Response[Content]:
    """A file to keep under that name; no cache keeps it."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def file_name(name: str, mode: Mode, now: datetime, suffix: str = "csv") -> str:
    """stock_20260616T0741Z.csv, with TEST_ or TRAINING_ before it outside production."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", name)
    before = "" if mode is Mode.PRODUCTION else f"{mode.upper()}_"
    return f"{before}{plain}_{now.astimezone(UTC):%Y%m%dT%H%MZ}.{suffix}"


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
