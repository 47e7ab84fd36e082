"""An optimization as a worker does it: told on the job's page without figures, stopped softly, done once."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from irt.reads.blinded_jobs import job_of
from irt.reads.unblinded_plans import runs
from irt.services.jobs import AskCancel, ask_cancel, claim_job
from irt.services.optimization_runs import OptimizationStarted, StartOptimization, start_optimization
from irt.services.running_job import JobCancelled, RunningJob
from irt.states.plan import RunStatus
from irt.states.records import JobStatus
from tests.builders_plan import planner, stocked
from tests.builders_supply import SupplyHouse, a_house
from tests.web.planning.test_run import telling
from web.planning.job import WORDS, work_on_run_with


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot and two empty sites."""
    with a_house(stocked, tmp_path) as made:
        yield made


def started(house: SupplyHouse) -> OptimizationStarted:
    """A run that waits in the queue."""
    facts = {"horizon_days": 21, "settings": {"review_days": 1}}
    ask = StartOptimization(study_id=house.study_id, day=house.day, **facts)
    return house.do(planner(house), start_optimization, ask)


def now_of(house: SupplyHouse) -> datetime:
    """Noon of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def in_hand(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> RunningJob:
    """The job in a worker's hands; whoever started it may do what they might when they did."""
    with house.store.writing() as connection:
        job = claim_job(connection, now_of(house))
    assert job is not None
    monkeypatch.setattr(RunningJob, "starter", lambda self: planner(house))
    return RunningJob(house.store, job, lambda: now_of(house))


def test_a_job_ends_with_the_number_of_its_plan(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page tells how far it is in time, and nothing of cost or kits."""
    asked = started(house)
    running = in_hand(house, monkeypatch)
    assert work_on_run_with(telling, running) == {"run": asked.run, "plan": 1}
    assert asked.job_id is not None
    with house.store.reading() as connection:
        shown = job_of(connection, planner(house).account_id, asked.job_id, now_of(house))
    assert (shown.words, shown.done_steps, shown.all_steps) == (WORDS, 2, 60)


def test_a_job_done_before_is_done(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker finds the run ended and changes nothing."""
    asked = started(house)
    running = in_hand(house, monkeypatch)
    work_on_run_with(telling, running)
    assert work_on_run_with(telling, running) == {"run": asked.run}


def test_a_cancelled_job_keeps_the_best_plan(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked from the list of jobs, as any other job."""
    asked = started(house)
    running = in_hand(house, monkeypatch)
    assert asked.job_id is not None
    told = house.do(planner(house), ask_cancel, AskCancel(job_id=asked.job_id))
    assert told.status == JobStatus.RUNNING
    with pytest.raises(JobCancelled):
        work_on_run_with(telling, running)
    with house.store.reading() as connection:
        (line,) = runs(connection, house.study_id)
    assert (line.status, line.plan) == (RunStatus.CANCELLED, 1)
