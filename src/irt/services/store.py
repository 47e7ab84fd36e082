"""The database: one code path for SQLite (embedded) and PostgreSQL (production)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from functools import cached_property
from typing import Any

from pydantic_core import to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from irt.blinding.eyes import Eyes
from irt.errors import BadInput
from irt.randomization.numbers import OpaqueNumbers
from irt.randomization.scheme import Procedure
from irt.services.behind_wall import begin_behind_wall, refuse_behind_wall
from irt.services.pipelined import STATEMENTS_KEPT_PREPARED, PipelinedCursor, pipelined
from irt.services.seal import Seal
from irt.services.write_lock import FairLock
from irt.study.definition import StudyDefinition
from irt.tables.walls import stand_guard

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "recursive_triggers=ON",
    # 64 MiB of pages in memory and a checkpoint every 40 MiB: by default both are a few, and each commit pays.
    "cache_size=-65536",
    "wal_autocheckpoint=10000",
)


class _Engines:
    """Connections to one database; on SQLite those behind the wall are others, and kept apart."""

    def __init__(self, url: URL, *, is_sqlite: bool) -> None:
        self._url = url
        self._is_sqlite = is_sqlite
        self.free = _sqlite(url) if is_sqlite else _postgresql(url)

    @cached_property
    def walled(self) -> Engine:
        """For blinded eyes: an authorizer looks at each statement once, when a connection first meets it."""
        return _sqlite(self._url, walled=True) if self._is_sqlite else self.free

    def dispose(self) -> None:
        """Gives back every connection."""
        for engine in {self.free, self.__dict__.get("walled", self.free)}:
            engine.dispose()


class Store:
    """A database the services work in. Transactions begin and commit here and nowhere else.

    `eyes` are those of whom its questions are asked for; without them it is the program itself that asks.
    """

    def __init__(self, url: str | URL, seal: Seal, entropy: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.url = driver_url(url)
        self.seal = seal
        self.entropy = entropy
        self.definitions: dict[tuple[int, int], StudyDefinition] = {}
        self.seeds: dict[tuple[int, str], bytes] = {}
        self.procedures: dict[tuple[int, int, int], Procedure] = {}
        self.numbers: dict[int, OpaqueNumbers] = {}
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.eyes: Eyes | None = None
        self._lock = FairLock()
        self._engines = _Engines(self.url, is_sqlite=self.is_sqlite)
        self.engine = self._engines.free

    def seen_with(self, eyes: Eyes) -> "Store":
        """The same database as these eyes see it: questions stay behind the wall, services work as before."""
        seen = copy(self)
        seen.eyes = eyes
        return seen

    @contextmanager
    def writing(self, *, counting: bool = False) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, rolled back on any exception.

        `counting` is for whoever asks how many rows a statement changed: each is then waited for.
        """
        with (
            self._turn(),
            self.engine.connect() as connection,
            connection.begin() as transaction,
            self._together(connection, counting=counting),
        ):
            # A deferred transaction that turns to writing fails at once under load: take the write lock first.
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection
            try:
                transaction.commit()
            except DBAPIError:
                # What was not waited for may fail here first, its transaction still open: end both.
                connection.invalidate()
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads; with somebody's eyes behind their wall: BehindTheWall beyond it."""
        if self.eyes is None:
            with self.reading_past_wall() as connection:
                yield connection
            return
        blinded_sqlite = self.is_sqlite and self.eyes.blinded
        with (self._engines.walled if blinded_sqlite else self.engine).connect() as connection:
            if self.is_sqlite:
                self._begin(connection, "BEGIN")
            else:
                begin_behind_wall(connection, self.eyes)
            try:
                yield connection
            except DBAPIError as fault:
                refuse_behind_wall(fault)
                raise

    @contextmanager
    def reading_past_wall(self) -> Iterator[Connection]:
        """One transaction that only reads, whoever asks: for what decides, and for pages that say why."""
        with self.engine.connect() as connection:
            self._begin(connection, "BEGIN")
            yield connection

    def freshen_statistics(self) -> None:
        """Lets PostgreSQL count its tables, after a load has made the query planner's guesses wrong."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Gives back every connection."""
        self._engines.dispose()

    def _begin(self, connection: Connection, statement: str) -> None:
        # Said here rather than in an engine event, which would cost every statement a look at its listeners.
        if self.is_sqlite:
            driver: Any = connection.connection.dbapi_connection
            driver.execute(statement)

    def _together(self, connection: Connection, *, counting: bool) -> AbstractContextManager[None]:
        return nullcontext() if self.is_sqlite or counting else pipelined(connection)

    def _turn(self) -> AbstractContextManager[None]:
        return self._lock.turn() if self.is_sqlite else nullcontext()


def driver_url(url: str | URL) -> URL:
    """A database's address with its driver; BadInput where it is none of SQLite's or PostgreSQL's."""
    try:
        parsed = make_url(url)
    except Exception as fault:
        raise BadInput("The database address cannot be read. Give one such as sqlite:///irt.sqlite.") from fault
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise BadInput("The database must be SQLite or PostgreSQL.")
    return parsed.set(drivername="postgresql+psycopg") if parsed.get_backend_name() == "postgresql" else parsed


def _sqlite(url: URL, *, walled: bool = False) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False, "cached_statements": STATEMENTS_KEPT_PREPARED},
        json_serializer=_json,
        pool_size=16,
        max_overflow=48,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is the store's
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if walled:
            stand_guard(connection)

    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"cursor_factory": PipelinedCursor},
        json_serializer=_json,
        pool_size=16,
        max_overflow=16,
        pool_pre_ping=False,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.prepared_max = STATEMENTS_KEPT_PREPARED

    return engine


def _json(value: Any) -> str:
    return to_json(value).decode()
