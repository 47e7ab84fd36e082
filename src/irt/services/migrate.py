"""Brings a database to the newest schema, and tells what differs from it."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from irt.errors import Refusal
from irt.migrations.comparison import COMPARISON
from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.guards import GUARDS, guarded_tables

_MIGRATIONS = "irt:migrations"


class SchemaNotCurrent(Refusal):
    """The database was made by another version of the program."""


def migrate(store: Store) -> None:
    """Takes every step that is missing, all in one transaction; nothing to do where none is."""
    with store.writing(counting=True) as connection:
        command.upgrade(migrations_of(connection), "head")


def differences(store: Store) -> list[str]:
    """What the database lacks or has too much, one line each; empty where it is current and guarded."""
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": METADATA, **COMPARISON})
        found = [_line(difference) for difference in compare_metadata(context, METADATA)]
        unguarded = sorted({guard.table for guard in GUARDS} - guarded_tables(connection))
        return found + [f"table {table} has no guard" for table in unguarded]


def require_current(store: Store) -> None:
    """SchemaNotCurrent where the database has not taken the newest step."""
    newest = ScriptDirectory.from_config(migrations_of()).get_current_head()
    with store.reading() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        raise SchemaNotCurrent("The database is empty. Run: irt database migrate.")
    if current != newest:
        raise SchemaNotCurrent(
            f"The database is at step {current}, the program needs {newest}. Run: irt database migrate."
        )


def migrations_of(connection: Connection | None = None, template: dict[str, Any] | None = None) -> Config:
    """The migrations' settings, for work inside one transaction."""
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["template"] = template or {"guards": GUARDS}
    return config


def _line(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_line(part) for part in difference)
    return " ".join(str(part) for part in difference if part is not None)
