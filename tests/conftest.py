"""What all tests stand on: a fresh, migrated database each, and repeatable chance."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from irt.services.store import Store
from tests.builders import migrated, postgresql_copy, sqlite_copy
from tests.postgresql import Server, running_server

# Development looks for new failures with a new seed each run, printed with any failure. Where CI is set the
# same examples come every time, so that a red run is red for its change alone.
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.register_profile("repeat", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("repeat" if os.environ.get("CI") else "search")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server for this worker's tests."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: Server) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy from."""
    name = f"irt_template_{uuid4().hex}"
    migrated(postgresql_server.make_database(name))
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite, for tests that one database is enough for."""
    with sqlite_copy(sqlite_template, tmp_path) as store:
        yield store


@pytest.fixture
def postgresql_store(postgresql_server: Server, postgresql_template: str) -> Iterator[Store]:
    """A store on PostgreSQL."""
    with postgresql_copy(postgresql_server, postgresql_template) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store on each of the two databases in turn."""
    made: Store = request.getfixturevalue(f"{request.param}_store")
    return made
