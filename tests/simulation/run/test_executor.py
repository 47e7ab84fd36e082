"""A run: the same bytes whoever works on it, whatever happens on the way."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from simulation.run.ask import Ask
from simulation.run.backends.backend import WorkerLost
from simulation.run.backends.by_name import backend_named
from simulation.run.backends.loky import Loky
from simulation.run.directory import opened
from simulation.run.executor import Progress, carry_out
from simulation.run.refusals import NoSuchBackend, ReplicationFailed, UnusableRun, WorkersKeepDying
from simulation.run.run import Means, run
from simulation.run.work import Job, Worked, work
from simulation.spec.reading import scenario_of
from tests.simulation.run.stand_in import play, play_or_die_once, play_or_fail

ABOUT = {"scenario": "abc", "seed": "7"}
REPLICATIONS = 24


def go_on(progress: Progress) -> bool:
    """To the end."""
    return True


def run_of(path: Path, job: Job = play, workers: int = 1, replications: int = REPLICATIONS) -> bytes:
    """The results' bytes after a run with so many workers."""
    with opened(path, ABOUT) as directory:
        tally = carry_out(job, replications, directory, Loky(workers), go_on)
        assert tally.done == replications
        directory.finish()
        return directory.results.read_bytes()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What one process comes to."""
    return run_of(tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_do_not_change_a_byte(tmp_path: Path, alone: bytes, workers: int) -> None:
    """Two and four come to what one comes to."""
    assert run_of(tmp_path, workers=workers) == alone


def test_a_killed_worker_changes_no_byte(tmp_path: Path, alone: bytes) -> None:
    """The system kills a worker in the middle; its chunk is carried out again."""
    flag = tmp_path / "flag"
    flag.touch()
    assert run_of(tmp_path / "run", partial(play_or_die_once, flag, 20), workers=2) == alone
    assert not flag.exists()


@dataclass
class Frail:
    """A backend in this process: the last chunk comes first, a worker is lost before the chunk with `victim`."""

    victim: int
    lives: int
    workers: int = 2

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk until the victim's comes up."""
        for chunk in reversed(chunks):
            if self.victim in chunk and self.lives:
                self.lives -= 1
                raise WorkerLost("out of memory")
            yield work(job, chunk)


@pytest.mark.parametrize("victim", [2, 13, 23])
def test_losses_in_a_row_are_borne(tmp_path: Path, alone: bytes, victim: int) -> None:
    """Two workers are lost with the same chunk; the third carries it out."""
    with opened(tmp_path, ABOUT) as directory:
        carry_out(play, REPLICATIONS, directory, Frail(victim, lives=2), go_on)
        directory.finish()
        assert directory.results.read_bytes() == alone


def test_workers_that_keep_dying_are_told_of(tmp_path: Path) -> None:
    """What kills whoever takes it up ends the run; what is done is kept."""
    with opened(tmp_path, ABOUT) as directory:
        with pytest.raises(WorkersKeepDying, match="Workers died 3 times in a row"):
            carry_out(play, REPLICATIONS, directory, Frail(5, lives=9), go_on)
        assert 5 not in directory.indexes()
        assert {0, 1, 23} <= directory.indexes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cancelled_run_is_taken_up(tmp_path: Path, alone: bytes, workers: int) -> None:
    """It stops after the chunk, tells how far it came, and only what is missing is carried out later."""
    with opened(tmp_path, ABOUT) as directory:
        tally = carry_out(play, REPLICATIONS, directory, Loky(workers), lambda progress: progress.done < 2)
        assert (tally.done, directory.indexes()) == (2, {0, 1})
    assert run_of(tmp_path) == alone


def test_an_interrupted_run_is_taken_up(tmp_path: Path, alone: bytes) -> None:
    """Ctrl-C falls into the third replication."""
    pressed = iter([False, False, True])

    def job(index: int) -> object:
        if next(pressed, False):
            raise KeyboardInterrupt
        return play(index)

    with opened(tmp_path, ABOUT) as directory:
        assert carry_out(job, REPLICATIONS, directory, Loky(1), go_on).done == 2
    assert run_of(tmp_path) == alone


def test_a_run_is_made_longer(tmp_path: Path, alone: bytes) -> None:
    """A finished run takes more replications and comes to what the longer run alone comes to; never to fewer."""
    run_of(tmp_path, replications=7)
    assert run_of(tmp_path) == alone
    with pytest.raises(UnusableRun, match="has 24 replications"):
        run_of(tmp_path, replications=7)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_replication_that_fails_is_named(tmp_path: Path, workers: int) -> None:
    """The run ends with its index, to replay it alone."""
    with opened(tmp_path, ABOUT) as directory, pytest.raises(ReplicationFailed, match=r"Replication 5 .* no kits"):
        carry_out(play_or_fail, 6, directory, Loky(workers), go_on)


def test_dask_changes_no_byte(tmp_path: Path, alone: bytes) -> None:
    """A cluster on the loopback interface, whose first worker is killed on the way."""
    flag = tmp_path / "flag"
    flag.touch()
    job = partial(play_or_die_once, flag, 20)
    with opened(tmp_path / "run", ABOUT) as directory:
        carry_out(job, REPLICATIONS, directory, backend_named("dask", 2), go_on)
        directory.finish()
        assert directory.results.read_bytes() == alone
    assert not flag.exists()


@pytest.mark.slow
def test_ray_changes_no_byte(tmp_path: Path, alone: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster on the loopback interface, whose first worker is killed; no file is left at home."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    flag = tmp_path / "flag"
    flag.touch()
    job = partial(play_or_die_once, flag, 20)
    with opened(tmp_path / "run", ABOUT) as directory:
        carry_out(job, REPLICATIONS, directory, backend_named("ray", 2), go_on)
        directory.finish()
        assert directory.results.read_bytes() == alone
    assert not flag.exists()
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_one_ray_cluster_comes_after_another(tmp_path: Path, alone: bytes) -> None:
    """In one process, as a worker of jobs begins them."""
    for again in ("once", "twice"):
        with opened(tmp_path / again, ABOUT) as directory:
            carry_out(play, REPLICATIONS, directory, backend_named("ray", 1), go_on)
            directory.finish()
            assert directory.results.read_bytes() == alone


def test_a_backend_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal tells how to get it."""
    monkeypatch.setattr("simulation.run.backends.by_name.find_spec", lambda name: None)
    with pytest.raises(NoSuchBackend, match="make ray"):
        backend_named("ray", 2)
    with pytest.raises(NoSuchBackend, match="--cluster"):
        backend_named("loky", 2, "tcp://127.0.0.1:8786")


def test_a_scenario_is_carried_out_by_any_process(tmp_path: Path) -> None:
    """The engine itself, in this process and in two others: the same bytes and the same report."""
    enrolment = {"screened_per_site_month": 30, "rate_shape": 1.2}
    scenario = scenario_of({"name": "s", "small_study": {}, "horizon_days": 60, "enrolment": enrolment})
    ask, began = Ask(scenario, 3, 6, "reference"), datetime(2026, 1, 5, tzinfo=UTC)
    told = [run(ask, tmp_path / str(workers), Means(workers=workers), began, go_on) for workers in (1, 2)]
    assert told[0]["results_sha256"] == told[1]["results_sha256"]
    assert told[0]["summary"] == told[1]["summary"]
    assert told[0]["summary"]["measures"]["screened"]["mean"]["value"] > 0
