"""Reports as files that open anywhere: a page, a table, a paper, and a zip of many with an index of hashes."""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from irt.reads.blinded_sheets import Sheet
from irt.states.records import Mode
from web.downloads import csv_text, warning_of
from web.pdf import Masthead, Sheets

PAPER_ROWS_MAX = 5_000
"""A longer table is no paper for anybody; its CSV has every row."""
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#18202c}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #c8cdd4;padding:.25rem .5rem;text-align:left;vertical-align:top;font-size:13px}"
    "th{background:#f3f5f8}code{font-size:12px;word-break:break-all}"
)
_SAFE = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(title: str, study: str, made: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as a page that needs neither a network nor a script."""
    cells = ([escape("" if cell is None else str(cell)) for cell in row] for row in rows)
    said = f"<p>{escape(study)}. {escape(made)} <a href='index.html'>Index</a></p>"
    return _page(title, said + _table(title, heads, cells))


def sheet_paper(sheet: Sheet, study: str, mode: Mode, person: str, at: datetime) -> bytes:
    """A report on paper, marked for blinded readers."""
    mark = warning_of(mode)
    paper = Sheets(Masthead(sheet.title, study, person, at, mark, ("BLINDED", "confidential")), wide=True)
    if len(sheet.rows) > PAPER_ROWS_MAX:
        paper.sentence(f"The newest {PAPER_ROWS_MAX:,} of {len(sheet.rows):,} rows. The table has them all.")
    rows = sheet.rows[-PAPER_ROWS_MAX:]
    paper.rows(sheet.heads, rows or [("",) * len(sheet.heads)], _shares(sheet.heads, rows))
    return paper.paper()


def pages_and_tables(sheets: Iterable[Sheet], study: str, made: str) -> dict[str, bytes]:
    """Each report as a page to read and as CSV to work with, by file name (P11-02)."""
    files: dict[str, bytes] = {}
    for sheet in sheets:
        files[f"{sheet.name}.html"] = page_of(sheet.title, study, made, sheet.heads, sheet.rows).encode()
        files[f"{sheet.name}.csv"] = csv_text(sheet.heads, sheet.rows).encode()
    return files


def zipped(files: Mapping[str, bytes], title: str, study: str, made: str, at: datetime, said: str = "") -> bytes:
    """The files with an index of their SHA-256, as a page and as a table; the same bytes for the same files."""
    listed = [(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in sorted(files.items())]
    table = StringIO()
    csv.writer(table, lineterminator="\n").writerows([("file", "bytes", "sha256"), *listed])
    lines = [
        (f"<a href='{escape(name)}'>{escape(name)}</a>", size, f"<code>{digest}</code>")
        for name, size, digest in listed
    ]
    said_first = f"<p>{escape(study)}. {escape(made)}</p><p>{escape(said)}</p>"
    index = said_first + _table("Files", ("File", "Bytes", "SHA-256"), lines)
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as pack:
        whole = {"index.html": _page(title, index).encode(), "index.csv": table.getvalue().encode(), **files}
        for name, text in whole.items():
            pack.writestr(ZipInfo(name, at.astimezone(UTC).timetuple()[:6]), text, ZIP_DEFLATED)
    return content.getvalue()


def zip_of_site(sheets: Sequence[Sheet], study: str, mode: Mode, person: str, at: datetime) -> bytes:
    """A site's own copy: every report as page, table and paper."""
    made = made_by(person, at, mode)
    files = pages_and_tables(sheets, study, made)
    for sheet in sheets:
        files[f"{sheet.name}.pdf"] = sheet_paper(sheet, study, mode, person, at)
    said = "The investigator's own copy of the records of this site. Keep it with the essential records."
    return zipped(files, "Copy of the records of a site", study, made, at, said)


def made_by(person: str, at: datetime, mode: Mode) -> str:
    """By whom and when; outside production that nothing is real."""
    mark = "" if mode is Mode.PRODUCTION else f" {mode.upper()}: nothing here is real"
    return f"Made by {person}, {at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC.{mark}"


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFE}">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th scope='col'>{escape(word)}</th>" for word in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    top = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{top}<tbody>\n{body}</tbody></table>"


def _shares(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> list[int]:
    """How wide each column is: by its longest words, within reason."""
    some = rows[:200]
    return [min(max([len(head), *(len(str(row[place])) for row in some)]), 40) for place, head in enumerate(heads)]
