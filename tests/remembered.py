"""What many tests prepare alike is prepared once in a process: the database is kept, and poured into theirs."""

import atexit
import sqlite3
from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, TypeVar

from sqlalchemy import Connection

from irt.services.store import Store
from tests.builders_supply import SupplyHouse
from tests.postgresql import in_memory

House = TypeVar("House", bound=SupplyHouse)

_KEPT: dict[Hashable, tuple[Path, Any]] = {}


def remembered(store: Store, prepare: Callable[[Store], House], *which: Hashable) -> House:
    """What `prepare` makes of a migrated database; `which` tells preparations of one function apart.

    On PostgreSQL it is prepared each time. Keys of later commands begin at 1000.
    """
    if not store.is_sqlite:
        return prepare(store)
    key = (prepare.__module__, prepare.__qualname__, *which)
    if key not in _KEPT:
        house = prepare(store)
        _KEPT[key] = (_keep(store), house)
        return house
    file, left = _KEPT[key]
    with closing(sqlite3.connect(file)) as kept, store.engine.connect() as connection:
        kept.backup(_raw(connection))
    again: House = replace(left, store=store, keys=count(1000))
    return again


def _keep(store: Store) -> Path:
    """A copy of the database as it is now; it lies in memory like all files of a run."""
    file = _folder() / f"{len(_KEPT)}.sqlite"
    with closing(sqlite3.connect(file)) as kept, store.engine.connect() as connection:
        _raw(connection).backup(kept)
    return file


def _raw(connection: Connection) -> sqlite3.Connection:
    raw: Any = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


@cache
def _folder() -> Path:
    folder = mkdtemp(prefix="irt-kept-", dir=in_memory())
    atexit.register(rmtree, folder, ignore_errors=True)
    return Path(folder)
