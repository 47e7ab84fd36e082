"""All databases of the tests are spoken to by one dialect of their kind, so that a statement is compiled once.

Each test has a database of its own, and a program has one for its whole life. Without this, a test would pay
for compiling every statement anew, which takes longer than to run them.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from irt.services import store

STATEMENTS = 10_000
"""How many compiled statements are kept: more than the program has."""

_first: dict[str, Engine] = {}


def share() -> None:
    """Lets every store of this process be made so."""
    store.create_engine = engine_at


def engine_at(url: URL, **asked: Any) -> Engine:
    """An engine as the store asks for it, with the dialect and the statements of the first that connected."""
    kind = url.get_backend_name()
    first = _first.get(kind)
    if first is None:
        engine = create_engine(url, query_cache_size=STATEMENTS, **asked)
        event.listen(engine, "connect", lambda *_: _first.setdefault(kind, engine))
        return engine
    # The dialect has learned from its first connection what a new one would ask the database again.
    engine = create_engine(url, _initialize=False, **asked)
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    if prepare := first.dialect.on_connect_url(url):
        event.listen(engine, "connect", lambda connection, _record: prepare(connection))
    return engine
