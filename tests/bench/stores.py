"""Databases to measure on: SQLite with every commit on disk, and a PostgreSQL server that keeps its promises."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from irt.services.migrate import migrate
from irt.services.seal import Seal
from irt.services.store import Store
from tests.postgresql import Server

_NAMES = (f"bench_{number}" for number in itertools.count())
SEAL_KEY = Fernet.generate_key()
SEAL = Seal(SEAL_KEY)


def entropy() -> "Entropy":
    """The same bytes in every world, so that two databases hold the same rows."""
    return Entropy()


class Entropy:
    """Bytes counted up from one."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, size: int) -> bytes:
        self.calls += 1
        return self.calls.to_bytes(size, "big")


@contextmanager
def sqlite_store() -> Iterator[Store]:
    """A migrated SQLite file."""
    with tempfile.TemporaryDirectory(prefix="irt-bench-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'bench.sqlite'}", SEAL, entropy())
        migrate(store)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def postgresql_store(server: Server) -> Iterator[Store]:
    """A migrated database of the server."""
    name = next(_NAMES)
    store = Store(server.make_database(name), SEAL, entropy())
    migrate(store)
    try:
        yield store
    finally:
        store.close()
        server.drop_database(name)
