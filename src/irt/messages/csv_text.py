"""Messages as CSV: a row a kit or a lot of an item, what concerns the whole message on every row; all cells quoted.

Cells that a spreadsheet would take for a formula begin with an apostrophe, which reading takes off again. Several
values in one cell stand on lines of their own.
"""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from irt.messages.catalogue import ITEMS, KITS, has_items, head_fields, kind_of, line_of, made, repeated
from irt.messages.message import ItemLine, Message
from irt.messages.refusals import MalformedMessage

_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_OF_KIT, _OF_ITEM = "kit_", "item_"


def csv_of(message: Message) -> bytes:
    """The message as a table in UTF-8; without kits and items it has one row, without items no columns for them."""
    kind, facts = type(message), message.model_dump(mode="json")
    line = line_of(kind)
    heads = head_fields(kind)
    fields = tuple(line.model_fields) if line else ()
    common = [_cell(facts[name]) for name in heads]
    kits, items = facts.get(KITS) or [], facts.get(ITEMS) or []
    parts = tuple(ItemLine.model_fields) if items else ()
    rows: list[tuple[dict[str, Any], dict[str, Any]]]
    rows = [*((kit, {}) for kit in kits), *(({}, item) for item in items)] or [({}, {})]
    text = StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow([*heads, *(_OF_KIT + name for name in fields), *(_OF_ITEM + name for name in parts)])
    for kit, item in rows:
        cells = [*(kit.get(name) for name in fields), *(item.get(name) for name in parts)]
        table.writerow([*common, *map(_cell, cells)])
    return text.getvalue().encode()


def message_in_csv(data: bytes) -> Message:
    """The message of a table; its columns may stand in any order."""
    rows = _rows(data)
    first = rows[0]
    kind = kind_of(first.get("kind"), first.get("schema_version"))
    heads, line = head_fields(kind), line_of(kind)
    fields = tuple(line.model_fields) if line else ()
    parts = tuple(ItemLine.model_fields) if has_items(kind) else ()
    _check_columns(first, {*heads, *(_OF_KIT + name for name in fields), *(_OF_ITEM + name for name in parts)})
    _check_same(rows, heads)
    facts: dict[str, Any] = {name: first[name] for name in heads if first.get(name)}
    for name in heads:
        if repeated(kind, name):
            facts[name] = first[name].split("\n") if first.get(name) else []
    if line:
        facts[KITS] = [kit for row in rows if (kit := _line(row, _OF_KIT, fields))]
    elif len(rows) > 1:
        raise MalformedMessage("This kind of message has one row. Nothing was booked.")
    if parts:
        facts[ITEMS] = [item for row in rows if (item := _line(row, _OF_ITEM, parts))]
    return made(kind, facts)


def _rows(data: bytes) -> list[dict[str, str]]:
    """Every row as column -> text."""
    try:
        cells = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise MalformedMessage("It is no CSV table in UTF-8. Nothing was booked. Send the file again.") from None
    if len(cells) < 2 or len(set(cells[0])) != len(cells[0]):
        raise MalformedMessage(
            "A message has a row of column names, each once, and a row for each kit. Nothing was booked."
        )
    heads, *rows = cells
    if short := [number for number, row in enumerate(rows, start=2) if len(row) != len(heads)]:
        raise MalformedMessage(f"Row {short[0]} has not as many cells as there are columns. Nothing was booked.")
    return [dict(zip(heads, map(_text, row), strict=True)) for row in rows]


def _check_columns(row: Mapping[str, str], known: set[str]) -> None:
    if unknown := sorted(set(row) - known):
        raise MalformedMessage(
            f"This kind of message has no column {unknown[0][:60]!a}. Nothing was booked. Leave it out."
        )


def _check_same(rows: Sequence[Mapping[str, str]], heads: Sequence[str]) -> None:
    for number, row in enumerate(rows[1:], start=3):
        for name in heads:
            if row.get(name) != rows[0].get(name):
                raise MalformedMessage(
                    f"Row {number} says another {name} than row 2: a file is one message. Nothing was booked."
                )


def _line(row: Mapping[str, str], of: str, fields: Sequence[str]) -> dict[str, str]:
    """The kit or the item of a row; empty where the row names none."""
    return {name: row[of + name] for name in fields if row.get(of + name)}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = "\n".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell
