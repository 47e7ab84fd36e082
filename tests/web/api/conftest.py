"""Systems that the tests of the API talk as."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.web.api.system import System
from tests.web.world import Grounds, World, world_on


@pytest.fixture
def investigator(world: World) -> System:
    """A system with every scope of the first site's investigator."""
    return System.of(world, "investigator.0")


@pytest.fixture
def neighbour(world: World) -> System:
    """The same at the second site."""
    return System.of(world, "investigator.1")


@pytest.fixture(scope="module")
def onlooker(grounds: Grounds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The investigator's system in a world of several tests, where nothing may be booked and nobody screened."""
    with world_on(grounds, tmp_path_factory.mktemp("onlooker")) as world:
        yield System.of(world, "investigator.0")
        assert _booked(world) == []


def _booked(world: World) -> list[object]:
    with world.store.reading() as connection:
        return list(connection.execute(text("SELECT number FROM subject")))
