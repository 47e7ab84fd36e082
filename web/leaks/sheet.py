"""An answer taken apart: facts by the name of their field and lists row by row, whatever form it came in."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree, html
from pypdf import PdfReader

from web.leaks.caller import Answer

Facts = dict[str, list[str]]
"""Field -> values, in their order."""
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[\w-]+")


class ListRow(NamedTuple):
    """One row of a list in an answer: which list, where in it, and what it says."""

    name: str
    place: int
    rows: int
    facts: Facts


class Sheet(NamedTuple):
    """One answer: everything in it by field, and the rows of its lists."""

    facts: Facts
    rows: list[ListRow]


def sheet_of(answer: Answer) -> Sheet:
    """What an answer says; of a file that cannot be read, its size."""
    sheet = Sheet({"size of the answer": [str(len(answer.body))]}, [])
    if "json" in answer.media:
        _json(json.loads(answer.body), "", sheet)
    elif "html" in answer.media:
        _page(answer.body, sheet)
    elif "csv" in answer.media:
        lines = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig", "replace"))))
        for place, line in enumerate(lines):
            facts = {str(name): [value] for name, value in line.items() if isinstance(value, str)}
            sheet.rows.append(ListRow("lines", place, len(lines), facts))
            _add(sheet.facts, facts)
    elif "pdf" in answer.media:
        _paper(answer.body, sheet)
    elif "svg" in answer.media:
        sheet.facts["text"] = [_words(etree.fromstring(answer.body))]
    elif answer.media.startswith("text/"):
        sheet.facts["text"] = [_plain(answer.body.decode("utf-8", "replace"))]
    return sheet


def tokens(facts: Facts) -> Iterator[str]:
    """The words and numbers of a row, as identifiers are written."""
    for values in facts.values():
        for value in values:
            yield from _TOKEN.findall(value)


def _json(value: Any, name: str, sheet: Sheet) -> Facts:
    """Adds what a JSON value says, under its path without places in lists; gives the same."""
    found: Facts = {}
    if isinstance(value, dict):
        for key, part in value.items():
            _add(found, _json(part, f"{name}.{key}" if name else str(key), sheet))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            inside = _json(part, f"{name}[]", sheet)
            if isinstance(part, dict):
                sheet.rows.append(ListRow(f"{name}[]", place, len(value), inside))
            _add(found, inside)
        found[f"{name} (rows)"] = [str(len(value))]
    elif value is not None:
        found[name] = [value if isinstance(value, str) else json.dumps(value)]
    if not name or name == "[]":
        _add(sheet.facts, found)
    return found


def _page(body: bytes, sheet: Sheet) -> None:
    page = html.fromstring(body)
    etree.strip_elements(page, "script", "style", "svg", etree.Comment, with_tail=False)
    mains: Any = page.xpath("//main")
    main = mains[0] if mains else page
    for number, table in enumerate(main.iter("table"), start=1):
        _table(table, f"table {number}", sheet)
    for term in main.iter("dt"):
        value = term.getnext()
        if value is not None and value.tag == "dd":
            _add(sheet.facts, {_words(term): [_words(value)]})
    sheet.facts["text"] = [_words(main)]


def _table(table: Any, name: str, sheet: Sheet) -> None:
    heads = [_words(head) for head in table.xpath(".//thead//th")]
    lines = table.xpath(".//tbody/tr")
    for place, line in enumerate(lines):
        facts: Facts = {}
        for column, cell in enumerate(line.xpath("./td|./th")):
            head = heads[column] if column < len(heads) and heads[column] else f"column {column + 1}"
            value = _words(cell)
            if value:
                facts.setdefault(f"{name} {head}", []).append(value)
        sheet.rows.append(ListRow(name, place, len(lines), facts))
        _add(sheet.facts, facts)
    sheet.facts[f"{name} (rows)"] = [str(len(lines))]


def _paper(body: bytes, sheet: Sheet) -> None:
    """Adds the words of a PDF and its lines one by one, in the order in which they are printed."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]
    lines = [line for page in pages for line in map(_plain, page.splitlines()) if line]
    for place, line in enumerate(lines):
        sheet.rows.append(ListRow("lines of the paper", place, len(lines), {"line of the paper": [line]}))
    sheet.facts["text"] = [" ".join(lines)]
    sheet.facts["pages"] = [str(len(pages))]
    sheet.facts["lines of the paper (rows)"] = [str(len(lines))]


def _words(element: Any) -> str:
    return _plain(" ".join(element.itertext()))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _add(to: Facts, more: Facts) -> None:
    for name, values in more.items():
        to.setdefault(name, []).extend(values)
