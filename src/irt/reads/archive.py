"""Every row of a study, table by table, as it is written into an archive and read back from one.

A table is archived with the rows that carry the study's id, and with what these point to. Personal data and keys
stay behind: passwords, mail addresses, home addresses, sealed seeds. What is a key says the register of classes.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any

from sqlalchemy import Column, Connection, Table, or_, select

from irt.audit.chain import canonical
from irt.audit.entry import study_chain
from irt.tables import METADATA
from irt.tables.classes import KEY, register
from irt.tables.columns import Owned, Row

NULL = "\\N"
"""How a cell says that there is no value: an empty text is something else."""
SECRET = "secret_"  # noqa: S105 - the beginning of names of tables
LEFT_OUT = frozenset(
    {
        "home_address",
        "home_address_key",
        "address_reading",
        "calendar_feed",
        "webhook_key",
        "invitation",
        "outbox",
        "command",
    }
)
"""Tables of addresses, keys and letters: of no use without the installation, and not the archive's business."""
PERSONAL: Mapping[tuple[str, str], Any] = {
    ("account", "email"): "",
    ("account", "second_factor_confirmed_at"): None,
}
"""Columns that are no keys, and are written as if nothing stood in them all the same."""
HIDDEN: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
    ("signature", "record_hash"): lambda row: "",
    ("randomization", "assignment_number"): lambda row: row["id"],
}
"""What goes along with the secret tables alone: a hash of a kit list can be guessed, an order tells of blocks."""
_BY_CHAIN = frozenset({"audit_entry", "audit_head", "secret_audit_entry", "secret_audit_head"})
_ALONE = frozenset({"sponsor", "study", "account"})


def archived_tables(secret: bool) -> list[Table]:
    """The tables of an archive, each after those that it points to."""
    return [
        table
        for table in METADATA.sorted_tables
        if table.name not in LEFT_OUT
        and not _opens_throughout(table)
        and (secret or not table.name.startswith(SECRET))
        and (table.name in _BY_CHAIN | _ALONE or "study_id" in table.c or _owner(table) is not None)
    ]


def archived_rows(connection: Connection, table: Table, study_id: int, *, secret: bool) -> Iterator[dict[str, Any]]:
    """The rows of the study in one table, in order of their numbers."""
    question, emptied = select(table), emptied_columns(table)
    if table.name in _BY_CHAIN:
        question = question.where(table.c.chain == study_chain(study_id))
    elif table.name == "study":
        question = question.where(table.c.id == study_id)
    elif table.name == "sponsor":
        studies = METADATA.tables["study"]
        question = question.where(table.c.id.in_(select(studies.c.sponsor_id).where(studies.c.id == study_id)))
    elif table.name == "account":
        question = question.where(table.c.id.in_(sorted(_people(connection, study_id))))
    elif "study_id" in table.c:
        question = question.where(table.c.study_id == study_id)
    else:
        column, owner = _owner(table) or (table.c.id, table)
        question = question.where(column.in_(select(owner.c.id).where(owner.c.study_id == study_id)))
    for row in connection.execute(question.order_by(table.c.id)).mappings():
        told = {**row, **emptied}
        hidden = {} if secret else {name: hide(told) for (of, name), hide in HIDDEN.items() if of == table.name}
        yield {**told, **hidden}


def emptied_columns(table: Table) -> dict[str, Any]:
    """Columns that are written as if nothing stood in them, and what is written: every key of the register."""
    kinds = register()[table.name]
    keys = {column.name: None if column.nullable else "-" for column in table.c if kinds[column.name] == KEY}
    return keys | {name: empty for (of, name), empty in PERSONAL.items() if of == table.name}


def _opens_throughout(table: Table) -> bool:
    """Whether there is nothing in a table but keys, as boxes that a seed was handed over in."""
    return set(register()[table.name].values()) == {KEY}


def _owner(table: Table) -> tuple[Column[Any], Table] | None:
    """Of a table without the study's id: the column that leads to one that has it."""
    for column in table.columns:
        for key in column.foreign_keys:
            target = key.column.table
            if "study_id" in target.c and target.name not in LEFT_OUT and not column.nullable:
                return column, target
    return None


def _people(connection: Connection, study_id: int) -> set[int]:
    """Everybody whom a row of the study names, and who wrote its trail."""
    found: set[int] = set()
    for table in archived_tables(secret=True):
        if table.name == "account":
            continue
        columns = [
            column
            for column in table.columns
            if any(key.column.table.name == "account" for key in column.foreign_keys)
        ]
        if not columns:
            continue
        if table.name in _BY_CHAIN:
            mine = table.c.chain == study_chain(study_id)
        elif "study_id" in table.c:
            mine = table.c.study_id == study_id
        else:
            continue
        for row in connection.execute(
            select(*columns).where(mine, or_(*(c.is_not(None) for c in columns))).distinct()
        ):
            found |= {value for value in row if value is not None}
    return found


def written(value: Any) -> str:
    """A value as a cell."""
    if value is None:
        return NULL
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


_WRITERS: tuple[tuple[type | UnionType, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (bytes, lambda value: base64.b64encode(value).decode()),
    (datetime | date | time, lambda value: value.isoformat()),
    (dict | list, canonical),
    (Enum, lambda value: str(value.value)),
)


def read_back(column: Column[Any], cell: str) -> Any:
    """A cell as the value that was written."""
    if cell == NULL:
        return None
    kind = _kind(column)
    if kind == "json":
        return json.loads(cell)
    if kind == "bytes":
        return base64.b64decode(cell)
    if kind == "true or false":
        return cell == "true"
    readers: dict[str, Any] = {
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
        "time": time.fromisoformat,
        "whole number": int,
        "number": float,
        "decimal": Decimal,
    }
    return readers[kind](cell) if kind in readers else cell


_KINDS = {
    "Instant": "moment",
    "DateTime": "moment",
    "Date": "day",
    "Time": "time",
    "JSON": "json",
    "LargeBinary": "bytes",
    "Boolean": "true or false",
    "Integer": "whole number",
    "BigInteger": "whole number",
    "Float": "number",
    "Numeric": "decimal",
}


def _kind(column: Column[Any]) -> str:
    return next((_KINDS[kind.__name__] for kind in type(column.type).__mro__ if kind.__name__ in _KINDS), "text")


def described(table: Table) -> dict[str, Any]:
    """What a reader needs to know of a table: its words, and of each column kind, target and words."""
    emptied = emptied_columns(table)
    return {
        "table": table.name,
        "words": _words(table),
        "columns": [
            {
                "name": column.name,
                "kind": _kind(column),
                "may_be_empty": bool(column.nullable),
                "points_to": next((key.target_fullname for key in column.foreign_keys), None),
                "words": "left out of the archive" if column.name in emptied else "",
            }
            for column in table.columns
        ],
    }


def _words(table: Table) -> str:
    """What the table is, as its class says it."""
    kinds = [*Row.__subclasses__(), *Owned.__subclasses__()]
    found = (kind.__doc__ or "" for kind in kinds if getattr(kind, "__table__", None) is table)
    return next(found, "").strip().partition("\n")[0]
