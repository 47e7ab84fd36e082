"""Files to take away: plain tables whose cells no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO

from litestar import Response

from irt.states.records import Mode

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    name: str, mode: Mode, now: datetime, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response[str]:
    """A CSV file whose name says environment and time; its first mark lets spreadsheets read it as UTF-8."""
    paper = StringIO()
    writer = csv.writer(paper)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Response(
        _BYTE_ORDER_MARK + paper.getvalue(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{file_name(name, mode, now)}"'},
    )


def file_name(name: str, mode: Mode, now: datetime) -> str:
    """stock_20260616T0741Z.csv, with TEST_ or TRAINING_ before it outside production."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", name)
    before = "" if mode is Mode.PRODUCTION else f"{mode.upper()}_"
    return f"{before}{plain}_{now.astimezone(UTC):%Y%m%dT%H%MZ}.csv"


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
