"""Small builders for tests."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import URL, make_url

from irt.services.migrate import differences, migrate
from irt.services.seal import Seal
from irt.services.store import Store
from tests.postgresql import Server

SEAL_KEY = base64.urlsafe_b64encode(bytes(32))


def a_store(url: str | URL) -> Store:
    """A store sealed with the tests' key."""
    return Store(url, Seal(SEAL_KEY))


def migrated(url: str | URL) -> None:
    """Brings a new database to the newest schema; the steps are taken once for all SQLite files of a process."""
    url = make_url(url)
    if url.database and url.get_backend_name() == "sqlite":
        Path(url.database).write_bytes(_migrated_file())
    else:
        _migrate(url)


@cache
def _migrated_file() -> bytes:
    """An SQLite file of the newest schema."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.sqlite"
        _migrate(make_url(f"sqlite:///{file}"))
        return file.read_bytes()


def _migrate(url: URL) -> None:
    store = a_store(url)
    try:
        migrate(store)
        # SQLite is enough to find that a step was forgotten; test_migrate.py holds both against the code.
        if store.is_sqlite and (changed := differences(store)):
            raise RuntimeError(f"run python -m tests.regenerate_ground_floor, the tables changed: {changed}")
    finally:
        store.close()


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[Store]:
    """A store in a copy of a SQLite file."""
    file = folder / f"{uuid4().hex}.sqlite"
    shutil.copyfile(template, file)
    store = a_store(f"sqlite:///{file}")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def postgresql_copy(server: Server, template: str) -> Iterator[Store]:
    """A store in a copy of a PostgreSQL database."""
    name = f"irt_{uuid4().hex}"
    store = a_store(server.make_database(name, template))
    try:
        yield store
    finally:
        store.close()
        server.drop_database(name)
