"""What tests of services share: cheap password hashes, an office, and a trial with every kind of visit."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from irt.services import passwords
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from tests.builders import postgresql_copy, sqlite_copy
from tests.builders_trial import FIRST_DAY, prepare_trial
from tests.builders_visits import VisitsTrial, the_visits_study
from tests.cast import Office
from tests.postgresql import Server

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing need not be dear in a test."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)


@pytest.fixture
def office(store: Store) -> Office:
    """An installation with its administrator, on each database."""
    return Office.founded(store)


@pytest.fixture(scope="session")
def sqlite_visits_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the trial of every kind of visit, to copy from."""
    file = tmp_path_factory.mktemp("visits") / "visits.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    prepare_trial(f"sqlite:///{file}", the_visits_study())
    return file


@pytest.fixture(scope="session")
def postgresql_visits_template(postgresql_server: Server, postgresql_template: str) -> Iterator[str]:
    """The name of such a PostgreSQL database."""
    name = f"irt_visits_{uuid4().hex}"
    prepare_trial(postgresql_server.make_database(name, postgresql_template), the_visits_study())
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture
def sqlite_visits(sqlite_visits_template: Path, tmp_path: Path) -> Iterator[VisitsTrial]:
    """The trial of every kind of visit on SQLite."""
    with sqlite_copy(sqlite_visits_template, tmp_path) as store:
        yield VisitsTrial(store, 1, the_visits_study(), FIRST_DAY, count(1000))


@pytest.fixture
def postgresql_visits(postgresql_server: Server, postgresql_visits_template: str) -> Iterator[VisitsTrial]:
    """The trial of every kind of visit on PostgreSQL."""
    with postgresql_copy(postgresql_server, postgresql_visits_template) as store:
        yield VisitsTrial(store, 1, the_visits_study(), FIRST_DAY, count(1000))


@pytest.fixture(params=["sqlite", "postgresql"])
def visits(request: pytest.FixtureRequest) -> VisitsTrial:
    """The trial of every kind of visit on each of the two databases in turn."""
    made: VisitsTrial = request.getfixturevalue(f"{request.param}_visits")
    return made
