"""The worlds that the tests of this room compare, each run once."""

from pathlib import Path

import pytest

from tests.blinding.evidence import Evidence
from tests.blinding.run import run_world
from tests.blinding.variation import SWAPPED, Variation, turning
from tests.blinding.worlds import world_in


@pytest.fixture(scope="package", autouse=True)
def warmed_up(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a process makes only once is made before any world, so that it takes nothing from a world's chance."""
    with world_in(Variation(), sqlite_template, tmp_path_factory.mktemp("warm")) as world:
        world.signed_in("monitor.0")
        world.office.tries("a stranger")


@pytest.fixture(scope="package")
def first_run(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Variation, Evidence]:
    """The world that the others are compared with, and how it went."""
    variation = Variation()
    return variation, run_world(variation, sqlite_template, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="package")
def first_world(first_run: tuple[Variation, Evidence]) -> Evidence:
    """The world that the others are compared with."""
    return first_run[1]


@pytest.fixture(scope="package")
def swapped_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Every treatment is the other one: arms, kit types, lots, rules and levels have changed places."""
    return run_world(Variation(words=SWAPPED), sqlite_template, tmp_path_factory.mktemp("swapped"))


FIRST_SUBJECT = "1001-0001"


@pytest.fixture(scope="package")
def turned_world(
    first_run: tuple[Variation, Evidence], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Evidence:
    """The first subject got the other arm; everybody else got what they got."""
    variation = turning(FIRST_SUBJECT, *first_run)
    return run_world(variation, sqlite_template, tmp_path_factory.mktemp("turned"))
