"""A gate played against a live study: to its record, and the same again; cancelled, stopped, taken up."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn

import pytest

from irt.audit.chain import canonical
from irt.errors import IntegrityFault
from irt.reads.blinded_jobs import job_of
from irt.reads.gates import release
from irt.reads.unblinded_gates import gate_courses, gate_results, gate_run_shown
from irt.services.activate_site import ChangeSite, change_site
from irt.services.gate_runs import (
    CancelGateRun,
    GateRunStarted,
    cancel_gate_run,
    gate_run_asked,
    gate_run_judged,
    open_gate_run,
    start_gate_run,
)
from irt.services.jobs import AskCancel, ask_cancel, claim_job
from irt.services.keep_gate_courses import KeepGateCourses, keep_gate_courses
from irt.services.running_job import JobCancelled, RunningJob, WorkerStopping
from irt.services.store import Store
from irt.states.gate import GateStanding, GateVerdict
from irt.states.plan import RunStatus
from irt.tables.secret import GatePart
from simulation.gate.hold import Stopped
from simulation.run.run import Means
from simulation.run.table import read_table
from simulation.spec.scenario import Scenario
from tests.builders_gate import (
    AGREEMENT,
    a_gate,
    a_run_of,
    bench,
    gate_of,
    manager,
    noon,
    sign,
    the_gated_house,
)
from tests.builders_supply import SupplyHouse
from web.gates.asking import gate_run_to_start
from web.gates.courses import keep_courses
from web.gates.job import COURSE_WORDS, work_on_gate_with
from web.gates.run import OtherSoftware, work_out_gate


@pytest.fixture
def house(sqlite_store: Store) -> SupplyHouse:
    """The study that asks for a gate."""
    return the_gated_house(sqlite_store)


@pytest.fixture(autouse=True)
def few_courses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are as good as forty here."""
    monkeypatch.setattr("web.gates.courses.COURSES", 3)


def started(house: SupplyHouse, gate: int) -> GateRunStarted:
    """A run that waits in the queue."""
    return house.do(manager(house), start_gate_run, gate_run_to_start(house.study_id, gate))


def in_hand(
    house: SupplyHouse, monkeypatch: pytest.MonkeyPatch, stopping: Callable[[], bool] = lambda: False
) -> RunningJob:
    """The job in a worker's hands."""
    with house.store.writing() as connection:
        job = claim_job(connection, noon(house))
    assert job is not None
    monkeypatch.setattr(RunningJob, "starter", lambda self: manager(house))
    return RunningJob(house.store, job, lambda: noon(house), stopping)


def shown(house: SupplyHouse, gate: int, run: int) -> Any:
    """The run with its record."""
    with house.store.reading() as connection:
        return gate_run_shown(connection, house.study_id, gate, run)


def test_a_run_ends_with_a_record_that_opens_sites(house: SupplyHouse) -> None:
    """Its hash is that of its text, its table is what it rests on; run again, it is the same to the letter."""
    gate = a_gate(house)
    kept = a_run_of(house, gate)
    first = shown(house, gate, kept.run)
    assert (kept.verdict, first.record["verdict"], first.record["release"]) == ("pass", "pass", release())
    assert kept.hash == hashlib.sha256(canonical(first.record).encode()).hexdigest()
    with house.store.reading() as connection:
        content = gate_results(connection, house.study_id, gate, kept.run, "steady")
    assert hashlib.sha256(content).hexdigest() == first.record["scenarios"][0]["results_sha256"]
    table = read_table(BytesIO(content))
    assert table.column("index").to_pylist() == list(range(first.record["scenarios"][0]["replications"]))
    assert json.loads(table.schema.metadata[b"seed"]) == first.record["seed"]
    assert house.rows(GatePart) == []
    again = a_run_of(house, gate)
    assert (again.run, again.hash) == (2, kept.hash)
    sign(house, again)
    house.do(manager(house), change_site, ChangeSite(study_id=house.study_id, site="1001"))
    assert [run.signed_by for run in gate_of(house, gate).runs] == ["quality", ""]


def test_what_is_not_known_stands_in_the_record_beside_the_same_verdict(house: SupplyHouse) -> None:
    """Both parts of the error of each line; its draws end with the run, and are the same when it is run again."""
    gate = a_gate(house)
    plain = shown(house, gate, a_run_of(house, gate).run).record
    law = "{law: uniform, least: 2, most: 6}"
    unknown = f"parameters: {{draws: 3, replications: 4, laws: {{enrolment.screened_per_site_month: {law}}}}}\n"
    moved = "{key: enrolment.screened_per_site_month, low: 2.0, high: 6.0}"
    unknown += f"sensitivity: {{replications: 10, looked_at: {{measure: visits}}, inputs: [{moved}]}}\n"
    unknown += "plans: {replications: 10, plans: {leaner: {study.resupply.study.A.maximum: 7}}}"
    gate = a_gate(house, AGREEMENT + unknown + "\n")
    kept = a_run_of(house, gate)
    told = shown(house, gate, kept.run).record
    assert {part: told[part] for part in ("verdict", "seed")} == {part: plain[part] for part in ("verdict", "seed")}
    assert "parameters" not in plain
    assert (told["parameters"]["draws"], told["parameters"]["replications"]) == (3, 4)
    assert [line["limit"] for line in told["parameters"]["lines"]] == ["any visit missed"]
    (bar,) = told["sensitivity"]["bars"]
    assert bar["low"]["high"] < 0 < bar["high"]["low"]
    assert told["plans"]["points"][1]["kits"]["replications"] == 10
    assert house.rows(GatePart) == []
    assert a_run_of(house, gate).hash == kept.hash


def test_a_worker_that_is_stopped_leaves_it_to_the_next(
    house: SupplyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done is not done again, and the record is that of a run without a break."""
    gate = a_gate(house)
    whole = a_run_of(house, gate)
    asked = started(house, gate)
    ready = in_hand(house, monkeypatch, lambda: bool(house.rows(GatePart)))
    with pytest.raises(WorkerStopping):
        work_on_gate_with(Means(), ready)
    (part,) = house.rows(GatePart)
    assert (part["first"], part["last"]) == (0, 0)
    step = shown(house, gate, asked.run)
    assert (step.line.status, step.line.done, step.steps[0].look) == (RunStatus.RUNNING, 1, 20)
    next_one = RunningJob(house.store, ready.job, lambda: noon(house))
    told = work_on_gate_with(Means(), next_one)
    assert told == {"gate": gate, "run": asked.run, "verdict": "pass"}
    assert shown(house, gate, asked.run).record_hash == whole.hash
    assert asked.job_id is not None
    with house.store.reading() as connection:
        job = job_of(connection, manager(house).account_id, asked.job_id, noon(house))
    assert (job.words, job.all_steps) == (COURSE_WORDS, 3)
    assert work_on_gate_with(Means(), next_one)["verdict"] == "ended"


def courses_of(house: SupplyHouse, gate: int, run: int) -> dict[str, int]:
    """How many courses each scenario of a run has."""
    with house.store.reading() as connection:
        kept = gate_courses(connection, house.study_id, gate, run)
    return {name: read_table(BytesIO(content)).num_rows for name, content in kept.items()}


def broken_course(scenario: Scenario, seed: int, index: int, engine: str) -> NoReturn:
    """An engine that fails when it is asked again."""
    raise ZeroDivisionError


def test_courses_are_no_part_of_the_verdict(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they fail, or are cancelled, the record is as it was; another try of the job plays what is missing."""
    gate = a_gate(house)
    whole = a_run_of(house, gate)
    asked = started(house, gate)
    running = in_hand(house, monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr("web.gates.courses.play_course", broken_course)
        assert work_on_gate_with(Means(), running)["verdict"] == "pass"
    assert (shown(house, gate, asked.run).record_hash, courses_of(house, gate, asked.run)) == (whole.hash, {})
    house.do(manager(house), ask_cancel, AskCancel(job_id=running.job.id))
    with pytest.raises(JobCancelled):
        work_on_gate_with(Means(), running)
    assert courses_of(house, gate, asked.run) == {}
    with house.store.reading() as connection:
        judged = gate_run_judged(connection, house.study_id, gate, asked.run)
    assert judged is not None
    assert keep_courses(bench(house, "again"), judged) == 1
    assert courses_of(house, gate, asked.run) == {"steady": 3}
    assert gate_of(house, gate).standing == GateStanding.UNSIGNED


def test_a_run_without_a_verdict_has_no_courses(house: SupplyHouse) -> None:
    """There is nothing that they could stand beside."""
    gate = a_gate(house)
    asked = started(house, gate)
    ask = KeepGateCourses(study_id=house.study_id, gate=gate, run=asked.run, scenario="steady", content=b"x")
    with pytest.raises(IntegrityFault, match="no verdict"):
        house.do(manager(house), keep_gate_courses, ask)


def test_a_run_that_is_cancelled_keeps_what_is_done(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no verdict; the next run of the gate goes on from there."""
    gate = a_gate(house)
    asked = started(house, gate)
    running = in_hand(house, monkeypatch)
    cancel = CancelGateRun(study_id=house.study_id, gate=gate, run=asked.run)
    assert house.do(manager(house), cancel_gate_run, cancel).status == RunStatus.RUNNING
    with pytest.raises(JobCancelled):
        work_on_gate_with(Means(), running)
    (line,) = gate_of(house, gate).runs
    assert (line.status, line.verdict) == (RunStatus.CANCELLED, None)
    assert gate_of(house, gate).standing == GateStanding.DEFINED
    assert "Somebody asked" in shown(house, gate, asked.run).words


def test_a_cancelled_command_goes_on_where_it_was(house: SupplyHouse) -> None:
    """Whoever cancels a run ends it under the hands of the command that works on it; nothing done is lost."""
    gate = a_gate(house)
    opened = house.do(manager(house), open_gate_run, gate_run_to_start(house.study_id, gate))
    with house.store.reading() as connection:
        run = gate_run_asked(connection, house.study_id, gate, opened.run)
    assert run is not None

    def tell(done: int, of: int) -> None:
        if done == 2:
            cancel = CancelGateRun(study_id=house.study_id, gate=gate, run=opened.run)
            house.do(manager(house), cancel_gate_run, cancel)

    at_work = bench(house, "first", tell)
    with pytest.raises(Stopped):
        work_out_gate(at_work, run)
    done = sum(part["last"] - part["first"] + 1 for part in house.rows(GatePart))
    assert done > 2
    told: list[tuple[int, int]] = []
    opened = house.do(manager(house), open_gate_run, gate_run_to_start(house.study_id, gate))
    with house.store.reading() as connection:
        run = gate_run_asked(connection, house.study_id, gate, opened.run)
    assert run is not None
    at_work = bench(house, "second", lambda done, of: told.append((done, of)))
    assert work_out_gate(at_work, run).verdict == GateVerdict.PASS
    assert (told[0], told[-1]) == ((done, 40), (40, 40))


def test_a_run_is_of_one_software(house: SupplyHouse) -> None:
    """One that was started with other versions ends without a verdict."""
    gate = a_gate(house)
    ask = gate_run_to_start(house.study_id, gate).model_copy(update={"software": "abacus 1"})
    opened = house.do(manager(house), open_gate_run, ask)
    with house.store.reading() as connection:
        run = gate_run_asked(connection, house.study_id, gate, opened.run)
    assert run is not None
    with pytest.raises(OtherSoftware):
        work_out_gate(bench(house, "other"), run)
    assert gate_of(house, gate).runs[0].status == RunStatus.FAILED
