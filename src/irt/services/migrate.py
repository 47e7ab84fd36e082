"""Brings a database to the newest schema, and tells what differs from it."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from irt.errors import Refusal
from irt.migrations.comparison import COMPARISON
from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.guards import GUARDS, guarded_tables
from irt.tables.walls import lower_walls, missing_roles, missing_walls, raise_walls, role_lines

_MIGRATIONS = "irt:migrations"


class RolesMissing(Refusal):
    """The server's user may not make the roles that the walls stand on."""

    def __init__(self) -> None:
        super().__init__(
            "The walls of the database need two roles, and this user may not make them. Nothing was changed. "
            "Ask whoever looks after the server to run what this prints once: irt database roles."
        )


class SchemaNotCurrent(Refusal):
    """The database was made by another version of the program."""


def migrate(store: Store) -> None:
    """Takes every step that is missing and puts the walls up anew, all in one transaction; RolesMissing."""
    with store.writing(counting=True) as connection:
        if not store.is_sqlite:
            _make_roles(connection)
            lower_walls(connection)
        command.upgrade(migrations_of(connection), "head")
        raise_walls(connection)


def differences(store: Store) -> list[str]:
    """What the database lacks or has too much, one line each; empty where it is current and guarded."""
    with store.reading_past_wall() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": METADATA, **COMPARISON})
        found = [_line(difference) for difference in compare_metadata(context, METADATA)]
        unguarded = sorted({guard.table for guard in GUARDS} - guarded_tables(connection))
        return [*found, *(f"table {table} has no guard" for table in unguarded), *missing_walls(connection)]


def require_current(store: Store) -> None:
    """SchemaNotCurrent where the database has not taken the newest step."""
    newest = ScriptDirectory.from_config(migrations_of()).get_current_head()
    with store.reading_past_wall() as connection:
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


_MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"


def _make_roles(connection: Connection) -> None:
    """The two roles of the walls, which belong to the server and may be there from another database."""
    missing = missing_roles(connection)
    if not missing:
        return
    if not connection.execute(text(_MAY_MAKE_ROLES)).scalar():
        raise RolesMissing
    known = {str(name) for (name,) in connection.execute(text("SELECT rolname FROM pg_roles"))}
    user = str(connection.execute(text("SELECT current_user")).scalar())
    for line in role_lines(user):
        if not (line.startswith("CREATE") and line.split()[2] in known):
            connection.execute(text(line))


def _line(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_line(part) for part in difference)
    return " ".join(str(part) for part in difference if part is not None)
