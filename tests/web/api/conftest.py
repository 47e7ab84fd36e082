"""Systems that the tests of the API talk as."""

import pytest

from tests.web.api.system import System
from tests.web.world import World


@pytest.fixture
def investigator(world: World) -> System:
    """A system with every scope of the first site's investigator."""
    return System.of(world, "investigator.0")


@pytest.fixture
def neighbour(world: World) -> System:
    """The same at the second site."""
    return System.of(world, "investigator.1")
