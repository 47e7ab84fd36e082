"""The register of data: the class of every column, as classes.txt tells it. The walls of the database follow it."""

from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Table

from irt.blinding.roles import DataClass

KEY = "key"
"""A column that opens something (a hash of a password, a sealed key): no page reads it."""
BLINDED_CLASSES = frozenset({DataClass.STUDY, DataClass.OPERATIONS, DataClass.PERSONAL})
"""What the walls let blinded people read; which place and which person is for the rules of roles to say."""
UNBLINDED_CLASSES = frozenset(DataClass)


@cache
def register() -> dict[str, dict[str, str]]:
    """The class of each column, by table: c0 to c5, or key."""
    told: dict[str, dict[str, str]] = {}
    table, kind = "", ""
    for line in files("irt.tables").joinpath("classes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            table = line.strip()
            told[table] = {}
            continue
        words = line.split()
        if line[2] != " ":
            kind = words.pop(0)
        told[table] |= dict.fromkeys(words, kind)
    return told


@cache
def readable(table: str, classes: frozenset[DataClass]) -> tuple[str, ...]:
    """The columns of a table that belong to one of these classes; none of a table that nobody classed."""
    return tuple(column for column, kind in register().get(table, {}).items() if kind in classes)


def without_keys(table: Table) -> list[Any]:
    """The columns of a table that a page may read at all: for questions about whole rows of people's tables."""
    kinds = register()[table.name]
    return [column for column in table.c if kinds[column.name] != KEY]
