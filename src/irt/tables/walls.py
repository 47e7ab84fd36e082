"""Walls: the database itself refuses to read what a person may not see, whatever the program asks.

On PostgreSQL they are two roles with grants by column, and policies by study; on SQLite an authorizer of the
connection. Both follow the register of classes. A wall stops a mistake of the program, not the database's owner.
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, text

from irt.blinding.eyes import Eyes
from irt.blinding.roles import DataClass
from irt.tables import METADATA
from irt.tables.classes import BLINDED_CLASSES, UNBLINDED_CLASSES, readable, register

BLINDED, UNBLINDED = "irt_blinded", "irt_unblinded"
CLASSES: dict[str, frozenset[DataClass]] = {BLINDED: BLINDED_CLASSES, UNBLINDED: UNBLINDED_CLASSES}
"""Each role of the database, and the classes it may read."""
PARTED = {"study_id", "chain"}
"""Columns that tell a row's study. Tables without one are of people, who belong to the installation and not to a
sponsor: no policy parts their rows, the rules of roles do."""
_OTHERWISE = frozenset({"study", "sponsor", "secret_approval_matter"})
"""Tables whose rows have a study all the same."""

_SECRET = "secret_"  # noqa: S105 - how the names of tables with treatment begin
_EVERY = "*"
_STUDIES, _UNBLINDED_STUDIES = "irt.studies", "irt.unblinded"


def raise_walls(connection: Connection) -> None:
    """Builds both walls anew on PostgreSQL; the roles must be there. SQLite's go up with each connection."""
    lower_walls(connection)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.dbapi_connection
        driver.execute(";\n".join(_walls()))


def lower_walls(connection: Connection) -> None:
    """Takes the policies of PostgreSQL down, so that a step of a migration may take away what they look at."""
    if connection.dialect.name == "postgresql":
        for table, policy in connection.execute(text(_POLICIES)).all():
            connection.execute(text(f"DROP POLICY {policy} ON {table}"))


_POLICIES = (
    "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND policyname LIKE 'reach_irt%'"
)


def missing_walls(connection: Connection) -> list[str]:
    """Where the walls of a PostgreSQL database are not as the register says, one line each."""
    if connection.dialect.name != "postgresql":
        return []
    if missing := missing_roles(connection):
        return [f"the role {role} is missing" for role in missing]
    found = {(role, table, column) for role, table, column in connection.execute(text(_GRANTED))}
    meant = {
        (role, table, column)
        for role, classes in CLASSES.items()
        for table in register()
        for column in readable(table, classes)
    }
    parted = {str(table) for (table,) in connection.execute(text(_PARTED))}
    return [
        *(f"{role} may read {table}.{column}" for role, table, column in sorted(found - meant)),
        *(f"{role} may not read {table}.{column}" for role, table, column in sorted(meant - found)),
        *(f"studies are not parted in {table}" for table in sorted(set(parted_tables()) - parted)),
    ]


_GRANTED = """
SELECT r.rolname, c.relname, a.attname FROM pg_roles r, pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE r.rolname IN ('irt_blinded', 'irt_unblinded') AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND c.relname <> 'alembic_version' AND a.attnum > 0 AND NOT a.attisdropped
  AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
"""
_PARTED = """
SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
  AND p.polname IN ('reach_irt_blinded', 'reach_irt_unblinded')
GROUP BY c.relname HAVING count(*) = 2
"""


def missing_roles(connection: Connection) -> list[str]:
    """The roles of the walls that this PostgreSQL server does not know, or that its user may not take."""
    found = connection.execute(
        text("SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') AND rolname LIKE 'irt%'")
    )
    return sorted(set(CLASSES) - {str(name) for (name,) in found})


def role_lines(user: str) -> list[str]:
    """What whoever looks after the PostgreSQL server runs once, so that `user` may put the walls up."""
    quoted = '"' + user.replace('"', '""') + '"'
    return [line for role in CLASSES for line in (f"CREATE ROLE {role} NOLOGIN", f"GRANT {role} TO {quoted}")]


def _walls() -> Iterator[str]:
    for role, classes in CLASSES.items():
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        for table, kinds in register().items():
            open_ = readable(table, classes)
            if len(open_) == len(kinds):
                yield f"GRANT SELECT ON {table} TO {role}"
            elif open_:
                yield f"GRANT SELECT ({_quoted(open_)}) ON {table} TO {role}"
    for table in parted_tables():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for role in CLASSES:
            yield f"CREATE POLICY reach_{role} ON {table} FOR SELECT TO {role} USING ({_reached(table, role)})"


def parted_tables() -> list[str]:
    """Tables whose rows belong to a study, by name."""
    found = {name for name, table in METADATA.tables.items() if PARTED & set(table.c.keys())}
    return sorted(found | _OTHERWISE)


def _quoted(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _reached(table: str, role: str) -> str:
    """Whether a row belongs to a study within reach; of treatment: to one in which the person is unblinded."""
    secret = table.startswith(_SECRET)
    setting = _UNBLINDED_STUDIES if secret and role == UNBLINDED else _STUDIES
    if table == "study":
        return _in_reach("id", setting)
    if table == "sponsor":
        return "EXISTS (SELECT 1 FROM study WHERE study.sponsor_id = sponsor.id)"
    if table == "secret_approval_matter":
        reached = _in_reach("a.study_id", setting)
        return f"EXISTS (SELECT 1 FROM approval a WHERE a.id = approval_id AND {reached})"  # noqa: S608 - our names
    columns = METADATA.tables[table].c
    if "study_id" not in columns:
        reached = _in_reach("substr(chain, 7)::int", setting)
        return f"CASE WHEN left(chain, 6) = 'study:' THEN {reached} ELSE {'false' if secret else 'true'} END"
    reached = _in_reach("study_id", setting)
    return f"study_id IS NULL OR {reached}" if columns["study_id"].nullable else reached


def _in_reach(study: str, setting: str) -> str:
    # Asked in a sub-select, so that it is looked up once for a statement and not for every row.
    told = f"(SELECT current_setting('{setting}', true))"
    return f"({told} = '{_EVERY}' OR {study} = ANY ((SELECT NULLIF({told}, '{_EVERY}'))::int[]))"


def opening(eyes: Eyes) -> str:
    """How a transaction with these eyes begins on PostgreSQL: in one message, for no round trip more."""
    role = BLINDED if eyes.blinded else UNBLINDED
    settings = {_STUDIES: _list(eyes.studies), _UNBLINDED_STUDIES: _list(eyes.unblinded)}
    said = "".join(f"; SET LOCAL {name} = '{studies}'" for name, studies in settings.items())
    return f"BEGIN READ ONLY; SET LOCAL ROLE {role}{said}"


def _list(studies: frozenset[int] | None) -> str:
    return _EVERY if studies is None else "{" + ",".join(str(int(study)) for study in sorted(studies)) + "}"


def stand_guard(connection: sqlite3.Connection) -> None:
    """Puts a blinded person's wall around a connection of SQLite, for as long as it is open."""
    connection.set_authorizer(_sqlite_wall())


_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_OF_SQLITE = frozenset({"json_each", "json_tree"})


def _sqlite_wall() -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    open_ = {(table, column) for table in register() for column in readable(table, BLINDED_CLASSES)}
    closed = {table for table in register() if not readable(table, BLINDED_CLASSES)}

    def look(action: int, table: str | None, column: str | None, _database: str | None, _by: str | None) -> int:
        if action in _READING:
            return sqlite3.SQLITE_OK
        if action != sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_DENY
        # Without a column only whether there are rows is asked, of a table or of a part of the statement itself.
        seen = (table, column) in open_ if column else table not in closed
        return sqlite3.SQLITE_OK if seen or table in _OF_SQLITE else sqlite3.SQLITE_DENY

    return look
