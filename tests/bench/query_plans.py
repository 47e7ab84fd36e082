"""How a database answers the slowest question of a page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from irt.services.store import Store

_WORDS = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN (COSTS OFF) "}
_LONGEST = 100


@dataclass
class Asked:
    """One statement as it was sent, and how long its answer took to begin."""

    seconds: float
    statement: str
    parameters: Any


@contextmanager
def listening() -> Iterator[list[Asked]]:
    """Every question that is asked of any database meanwhile."""
    asked: list[Asked] = []

    def before(connection: Connection, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def after(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "WITH"):
            asked.append(Asked(time.perf_counter() - connection.info["begun"], statement, parameters))

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


def plan_of(store: Store, asked: Asked) -> list[str]:
    """The database's own words on how it answers."""
    with store.reading() as connection:
        rows = connection.exec_driver_sql(_WORDS[connection.dialect.name] + asked.statement, asked.parameters)
        return [str(row[-1]) for row in rows]


def slowest_told(store: Store, asked: list[Asked]) -> list[str]:
    """The slowest question in short, and its plan."""
    slowest = max(asked, key=lambda one: one.seconds)
    words = " ".join(slowest.statement.split())
    short = words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"
    return [f"{slowest.seconds * 1000:.1f} ms of {len(asked)} questions: {short}", *plan_of(store, slowest)]
