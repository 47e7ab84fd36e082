"""What meets somebody who reaches behind the wall of the database: a refusal for them, a line in the log."""

import logging
import re
from typing import Any

from psycopg.pq import ExecStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from irt.blinding.eyes import Eyes
from irt.errors import Refusal
from irt.tables.walls import opening

_LOG = logging.getLogger("irt.walls")
_REFUSED = frozenset({"42501", "25006"})
"""What PostgreSQL says of a table that is closed to a role, and of writing where only reading was begun."""
_NO_ROLE = frozenset({"22023", "42501", "42704"})
_PROHIBITED = re.compile(r"^(?:access to (?P<what>[\w.]+) is prohibited|not authorized)$")
_DENIED = re.compile(r"^permission denied for (?:table|column|relation) (?P<what>\w+)")


class BehindTheWall(Refusal):
    """The program reached for what this person may not see, and the database refused: a fault of the program."""

    status_code = 500

    def __init__(self) -> None:
        super().__init__(
            "This cannot be shown. Nothing was booked. Tell the help desk which page you were on, and the time."
        )


class WallsMissing(Refusal):
    """The database has no walls, so nobody may look into it."""

    status_code = 503

    def __init__(self) -> None:
        super().__init__("The database has no walls yet, so nothing is shown. Run: irt database migrate.")


def begin_behind_wall(connection: Connection, eyes: Eyes) -> None:
    """Begins a reading transaction of PostgreSQL as the role of these eyes; WallsMissing where there is none."""
    driver: Any = connection.connection.dbapi_connection
    done = driver.pgconn.exec_(opening(eyes).encode())
    if done.status == ExecStatus.COMMAND_OK:
        return
    sqlstate = done.error_field(67)  # C, the code of a fault in PostgreSQL's protocol
    if sqlstate is not None and sqlstate.decode() in _NO_ROLE:
        raise WallsMissing
    # A connection that was lost, most likely: its next statement says so in the driver's own words.
    connection.exec_driver_sql("SELECT 1")


def refuse_behind_wall(fault: DBAPIError) -> None:
    """BehindTheWall where a fault of the database is its wall; the log says of which table, never of which row."""
    found = reached_for(fault)
    if found is not None:
        _LOG.error("the wall refused %s", found)
        raise BehindTheWall from fault


def reached_for(fault: DBAPIError) -> str | None:
    """The table or column that the wall kept; None where a fault is another one."""
    words = str(fault.orig)
    if getattr(fault.orig, "sqlstate", None) in _REFUSED:
        denied = _DENIED.match(words)
        return denied["what"] if denied else "an act"
    prohibited = _PROHIBITED.match(words)
    return None if prohibited is None else prohibited["what"] or "an act"
