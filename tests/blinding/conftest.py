"""The worlds that the tests of this room compare, each run once, by whichever process of a run needs it first."""

import fcntl
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.blinding.evidence import Evidence
from tests.blinding.run import live_alone, run_world
from tests.blinding.variation import SWAPPED, Variation, turning
from tests.blinding.worlds import world_in

FIRST_SUBJECT = "1001-0001"
Made = Callable[[str, Variation], Evidence]


@pytest.fixture(scope="package")
def warmed_up(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a process makes only once is made before any world, so that it takes nothing from a world's chance."""
    with world_in(Variation(), sqlite_template, tmp_path_factory.mktemp("warm")) as world:
        world.signed_in("monitor.0")
        world.office.tries("a stranger")


@pytest.fixture(scope="package")
def made(warmed_up: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Runs a world under a name; where another process of this run has done so, its evidence is read."""
    folder = tmp_path_factory.getbasetemp()
    common = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def make(name: str, variation: Variation) -> Evidence:
        kept = common / f"world-{name}.pickle"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                evidence = run_world(variation, sqlite_template, tmp_path_factory.mktemp(name))
                kept.write_bytes(pickle.dumps(evidence))
                return evidence
        found: Evidence = pickle.loads(kept.read_bytes())  # noqa: S301 - this run wrote it
        return found

    return make


@pytest.fixture(scope="package")
def turned(warmed_up: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Variation:
    """The first subject gets the other arm; everybody else gets what they got in a trial that nobody looked at."""
    plain = Variation()
    return turning(FIRST_SUBJECT, plain, live_alone(plain, sqlite_template, tmp_path_factory.mktemp("alone")))


@pytest.fixture(scope="package")
def first_world(made: Made) -> Evidence:
    """The world that the others are compared with."""
    return made("first", Variation())


@pytest.fixture(scope="package")
def other_world(made: Made, turned: Variation) -> Evidence:
    """Every treatment is the other one, and the first subject got the other arm besides."""
    return made("other", replace(turned, words=SWAPPED))


@pytest.fixture(scope="package")
def swapped_world(made: Made) -> Evidence:
    """Every treatment is the other one: arms, kit types, lots, rules and levels have changed places."""
    return made("swapped", Variation(words=SWAPPED))


@pytest.fixture(scope="package")
def turned_world(made: Made, turned: Variation) -> Evidence:
    """The first subject got the other arm; everybody else got what they got."""
    return made("turned", turned)
