"""Files to take away: plain tables, as CSV or as a workbook, whose cells no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import TypeVar

import xlsxwriter
from litestar import Response

from irt.errors import BadInput
from irt.states.records import Mode

Content = TypeVar("Content", str, bytes, str | bytes)
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "html": "text/html",
    "parquet": "application/vnd.apache.parquet",
}
_BYTE_ORDER_MARK = "\ufeff"
TABLES = ("csv", "xlsx")
"""How a table may leave."""
_CELL_LENGTH_MAX = 32_767
"""What a cell of a workbook can hold."""
_MADE = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook has no zone; one moment for all, so that the same rows are the same bytes
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_answer(
    name: str,
    mode: Mode,
    now: datetime,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    suffix: str = "csv",
) -> Response[str | bytes]:
    """A table whose name says environment and time, as CSV or as a workbook."""
    content = table_content(suffix, heads, rows)
    return file_answer(content, file_name(name, mode, now, suffix), MEDIA_TYPES[suffix])


def table_in(typed: Mapping[str, str]) -> str:
    """How a button asks for a table, CSV where it does not say; BadInput where there is no such kind."""
    suffix = typed.get("format") or "csv"
    if suffix not in TABLES:
        raise BadInput("The kind of file is unknown. Nothing was taken. Press a button of the page.")
    return suffix


def table_content(suffix: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str | bytes:
    """The table as the bytes of a workbook, or as the text of a CSV file."""
    return workbook_of(heads, rows) if suffix == "xlsx" else csv_text(heads, rows)


def workbook_of(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet; every cell is a number or a text by name, never what it looks like."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(line, column, cell)
                elif cell is not None:
                    sheet.write_string(line, column, str(cell)[:_CELL_LENGTH_MAX])
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text; its first mark lets spreadsheets read it as UTF-8."""
    paper = StringIO()
    writer = csv.writer(paper)
    writer.writerow([_harmless(head) for head in heads])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return _BYTE_ORDER_MARK + paper.getvalue()


def file_answer(content: Content, name: str, media_type: str) -> Response[Content]:
    """A file to keep under that name; no cache keeps it."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def mark_of(mode: Mode) -> str:
    """What stands on paper outside production, in one word; nothing in production."""
    return "" if mode is Mode.PRODUCTION else mode.upper()


def warning_of(mode: Mode) -> str:
    """The same as a warning in words."""
    return "" if mode is Mode.PRODUCTION else f"{mode.upper()}, nothing here is real"


def prefix_of(mode: Mode) -> str:
    """What the name of a file begins with outside production, as TRAINING_."""
    return "" if mode is Mode.PRODUCTION else f"{mode.upper()}_"


def file_name(name: str, mode: Mode, now: datetime, suffix: str = "csv") -> str:
    """stock_20260616T0741Z.csv, with TEST_ or TRAINING_ before it outside production."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", name)
    return f"{prefix_of(mode)}{plain}_{now.astimezone(UTC):%Y%m%dT%H%MZ}.{suffix}"


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
