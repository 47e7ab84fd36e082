"""What all tests stand on: a fresh, migrated database each, and repeatable chance."""

import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from irt.services.store import Store
from tests import engines
from tests.builders import migrated, postgresql_copy, sqlite_copy
from tests.builders_trial import Trial, prepare_trial
from tests.postgresql import Server, in_memory, running_server

engines.share()

# Development looks for new failures with a new seed each run, told at the end of a run that fails. Where CI is set
# the same examples come every time, so that a red run is red for its change alone.
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.register_profile("repeat", deadline=None, print_blob=True, derandomize=True)
REPEATED = bool(os.environ.get("CI"))
hypothesis.settings.load_profile("repeat" if REPEATED else "search")


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the seed of this run, unless one was given, and a place in memory for its files."""
    if "TMPDIR" not in os.environ and (folder := in_memory()):
        os.environ["TMPDIR"] = tempfile.tempdir = folder
    if not REPEATED and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: no look for rubbish goes through it again."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tells how to make the same examples again."""
    if terminalreporter.stats.get("failed") and not REPEATED:
        terminalreporter.write_line(f"same examples again: --hypothesis-seed={config.option.hypothesis_seed}")


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


@pytest.fixture(scope="session")
def sqlite_trial_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a prepared trial, to copy from."""
    file = tmp_path_factory.mktemp("trial") / "trial.sqlite"
    shutil.copyfile(sqlite_template, file)
    prepare_trial(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_trial_template(postgresql_server: Server, postgresql_template: str) -> Iterator[str]:
    """The name of a PostgreSQL database with a prepared trial, to copy from."""
    name = f"irt_trial_{uuid4().hex}"
    prepare_trial(postgresql_server.make_database(name, postgresql_template))
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture
def sqlite_trial(sqlite_trial_template: Path, tmp_path: Path) -> Iterator[Trial]:
    """A trial under way on SQLite, for tests that one database is enough for."""
    with sqlite_copy(sqlite_trial_template, tmp_path) as store:
        yield Trial.opened(store)


@pytest.fixture
def postgresql_trial(postgresql_server: Server, postgresql_trial_template: str) -> Iterator[Trial]:
    """A trial under way on PostgreSQL."""
    with postgresql_copy(postgresql_server, postgresql_trial_template) as store:
        yield Trial.opened(store)


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest) -> Trial:
    """A trial under way on each of the two databases in turn."""
    made: Trial = request.getfixturevalue(f"{request.param}_trial")
    return made
