"""What is written once stays: every guarded table is attacked on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON, Boolean
from sqlmodel.main import default_registry
from sqlmodel.sql.sqltypes import AutoString

from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.columns import Instant
from irt.tables.guards import GUARDS, Guard, guarded_tables
from tests.builders import postgresql_copy, sqlite_copy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANGES = {Integer: "+ 1", AutoString: "|| 'x'"}
FREER = [guard for guard in GUARDS if guard.may_change]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One of each kind for all: what is written is undone each time."""
    template = request.getfixturevalue(f"{request.param}_template")
    with (
        sqlite_copy(template, tmp_path_factory.mktemp("guards"))
        if request.param == "sqlite"
        else postgresql_copy(request.getfixturevalue("postgresql_server"), template)
    ) as made:
        yield made


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.table)
def test_a_written_row_withstands_every_attack(store: Store, guard: Guard) -> None:
    """No update, deletion, replacement or truncation gets through, and the row is as it was."""
    table = METADATA.tables[guard.table]
    with a_written_row(store, table) as connection:
        before = connection.execute(select(table)).all()
        for attack in attacks_on(connection, table):
            with pytest.raises(IntegrityError, match=f"rows of {guard.table} stay as they were"):
                attempt(connection, attack)
        assert connection.execute(select(table)).all() == before
        assert len(before) == 1


@pytest.mark.parametrize("guard", FREER, ids=lambda guard: guard.table)
def test_what_may_change_does(store: Store, guard: Guard) -> None:
    """A guard leaves its free columns free."""
    table = METADATA.tables[guard.table]
    with a_written_row(store, table) as connection:
        free = _plainest(table, guard.may_change)
        kinds: list[tuple[type[Any], Any]] = [(Integer, 7), (Instant, NOON + timedelta(days=1))]
        changed = next((value for kind, value in kinds if isinstance(free.type, kind)), "approved")
        with connection.begin_nested():
            connection.execute(update(table).values({free.name: changed}))
        assert connection.execute(select(free)).scalars().all() == [changed]


def _plainest(table: Table, names: tuple[str, ...]) -> Column[Any]:
    """The first of these columns that no CHECK restricts, if there is one."""
    rules = [str(rule.sqltext) for rule in table.constraints if isinstance(rule, CheckConstraint)]
    free = [name for name in names if not any(rule.startswith(f"{name} ") for rule in rules)]
    return table.c[(free or [*names])[0]]


def test_a_draft_is_still_open(store: Store) -> None:
    """A protocol version can be worked on until it is approved, and no longer."""
    table = METADATA.tables["study_version"]
    with a_written_row(store, table, status="draft") as connection:
        attempt(connection, "UPDATE study_version SET salted_digest = 'new', status = 'approved'")
        with pytest.raises(IntegrityError, match="stay as they were"):
            attempt(connection, "UPDATE study_version SET salted_digest = 'newer'")
        with pytest.raises(IntegrityError, match="stay as they were"):
            attempt(connection, "DELETE FROM study_version")


def test_the_guard_lets_new_rows_in(store: Store) -> None:
    """Appending is what a guarded table is for."""
    table = METADATA.tables["movement"]
    with a_written_row(store, table) as connection:
        row = a_row(table)
        del row["id"]
        connection.execute(insert(table).values({**row, **({} if store.is_sqlite else {"id": 2})}))
        assert len(connection.execute(select(table)).all()) == 2


def test_it_does_not_depend_on_a_pragma(sqlite_store: Store) -> None:
    """REPLACE by any key is refused even on a connection where deletions by REPLACE fire no trigger."""
    table = METADATA.tables["audit_entry"]
    with sqlite_store.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA recursive_triggers=OFF")
        raw.execute("PRAGMA foreign_keys=OFF")
        connection.execute(insert(table).values(a_row(table)))
        for key in (["id"], ["chain", "sequence"]):
            with pytest.raises(IntegrityError, match="stay as they were"):
                attempt(connection, replacing(table, key))


def test_the_database_has_the_guards_of_the_list(store: Store) -> None:
    """No guard is missing and none is forgotten in the list."""
    with store.reading() as connection:
        assert guarded_tables(connection) == {guard.table for guard in GUARDS}


def test_what_calls_itself_append_only_is_guarded() -> None:
    """A table whose description promises it has its guard."""
    guarded = {guard.table for guard in GUARDS}
    promised = {
        mapper.local_table.name
        for mapper in default_registry.mappers
        if "append-only" in (mapper.class_.__doc__ or "").lower()
    }
    assert promised
    assert promised <= guarded


def attacks_on(connection: Connection, table: Table) -> list[str]:
    """Statements that would change, remove or replace the row."""
    column = next(c for c in table.c if type(c.type) in CHANGES and not c.primary_key)
    attacks = [
        f"UPDATE {table.name} SET {column.name} = {column.name} {CHANGES[type(column.type)]}",
        f"UPDATE {table.name} SET id = 99",
        f"DELETE FROM {table.name}",
    ]
    if connection.dialect.name == "sqlite":
        return [*attacks, replacing(table, ["id"]), f"UPDATE OR REPLACE {table.name} SET id = 98"]
    return [*attacks, f"TRUNCATE {table.name} CASCADE"]


def replacing(table: Table, same: list[str]) -> str:
    """The REPLACE that SQLite carries out by removing the old row unseen."""
    columns = ", ".join(c.name for c in table.c if not c.primary_key or c.name in same)
    return f"REPLACE INTO {table.name} ({columns}) SELECT {columns} FROM {table.name}"


def attempt(connection: Connection, statement: str) -> None:
    """Carries a statement out, or leaves everything as it was."""
    with connection.begin_nested():
        connection.execute(text(statement))


@contextmanager
def a_written_row(store: Store, table: Table, **values: Any) -> Iterator[Connection]:
    """A transaction in which the table has one row; undone at the end."""
    with store.engine.connect() as connection:
        _let_point_nowhere(connection, table)
        connection.execute(insert(table).values({**a_row(table), **values}))
        yield connection
        connection.rollback()


def _let_point_nowhere(connection: Connection, table: Table) -> None:
    """The row may point to records that are not there."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return
    for key in table.foreign_key_constraints:
        connection.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {key.name}"))


def a_row(table: Table) -> dict[str, Any]:
    """A value of the right kind for every column."""
    return {column.name: _value(table, column) for column in table.c}


def _value(table: Table, column: Column[Any]) -> Any:
    kind: Any = column.type
    for known, value in (
        (Boolean, True),
        (Integer, 1),
        (Float, 5.5),
        (Date, date(2026, 3, 2)),
        (JSON, {"a": 1}),
        (LargeBinary, b"x"),
    ):
        if isinstance(kind, known):
            return value
    if isinstance(getattr(kind, "impl_instance", kind), DateTime):
        return NOON
    laws = [str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)]
    allowed = [re.findall(r"'(\w+)'", law) for law in laws if law.startswith(f"{column.name} IN")]
    return allowed[0][-1] if allowed else "words"
