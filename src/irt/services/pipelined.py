"""PostgreSQL's pipeline: what only writes does not wait for its answer, so a transaction takes few round trips."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection

STATEMENTS_KEPT_PREPARED = 500
UNREAD = "/* unread */"
"""Prefix of a SELECT that only locks: nobody reads its answer, so nobody waits for it."""


class PipelinedCursor(psycopg.Cursor[Any]):
    """A cursor that, in a pipeline, waits for an answer only where the statement has one.

    A fault of a statement that was not waited for is raised by the next one that is, or by the commit.
    """

    def execute(self, query: Any, params: Any = None, **how: Any) -> "PipelinedCursor":
        """Sends a statement, with all that wait, and takes its answer if it has one."""
        super().execute(query, params, **how)
        pipeline = self.connection._pipeline  # the driver tells nowhere else which one it is in
        if pipeline is not None and _answers(query):
            pipeline.sync()
        return self


_UNANSWERED = ("INSERT", "UPDATE", "DELETE", f"SELECT {UNREAD}")


@lru_cache(maxsize=4096)
def _answers(query: str | bytes) -> bool:
    text = str(query)
    return "RETURNING" in text or not text.startswith(_UNANSWERED)


# The fault of a transaction is raised; what its pipeline still held when it was rolled back is nobody's news.
logging.getLogger("psycopg").setLevel(logging.ERROR)


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """The transaction of this connection in one pipeline; after a fault it is left before the roll-back."""
    driver: Any = connection.connection.dbapi_connection
    with driver.pipeline():
        yield
