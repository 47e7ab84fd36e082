"""What a worker does with a go-live gate: the run that its job names, told on the job's page without figures."""

from collections.abc import Mapping
from typing import Any

from irt.services.gate_runs import GateRunOpen, gate_run_asked, gate_run_judged
from irt.services.running_job import JobCancelled, RunningJob
from simulation.gate.hold import Stopped
from simulation.run.run import Means
from web.gates.courses import keep_courses
from web.gates.run import GateBench, work_out_gate

WORDS = "Playing the scenarios of the gate"
COURSE_WORDS = "Playing some trials again for the plots; the verdict is kept"


def work_on_gate_with(means: Means, running: RunningJob) -> Mapping[str, Any]:
    """Works one run out, then plays courses for its plots; asked to stop, it keeps what is done."""
    gate, number = int(running.job.asked["gate"]), int(running.job.asked["run"])
    with running.store.reading() as connection:
        run = gate_run_asked(connection, running.study_id, gate, number)
    verdict = "ended" if run is None else _worked(means, running, run)
    with running.store.reading() as connection:
        judged = gate_run_judged(connection, running.study_id, gate, number)
    if judged is not None:
        keep_courses(_bench(means, running, COURSE_WORDS), judged)
    return {"gate": gate, "run": number, "verdict": verdict}


def _bench(means: Means, running: RunningJob, words: str) -> GateBench:
    def tell(done: int, of: int) -> None:
        running.step(done, of, words)

    # A job that is taken up again has ended a try of its own, perhaps: its keys tell the tries apart.
    key = f"{running.key}:{running.job.attempt}"
    return GateBench(running.store, running.starter(), running.clock, key, means, tell)


def _worked(means: Means, running: RunningJob, run: GateRunOpen) -> str:
    try:
        return str(work_out_gate(_bench(means, running, WORDS), run).verdict)
    except Stopped:
        raise JobCancelled from None
