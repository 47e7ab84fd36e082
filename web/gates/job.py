"""What a worker does with a go-live gate: the run that its job names, told on the job's page without figures."""

from collections.abc import Mapping
from typing import Any

from irt.services.gate_runs import GateRunOpen, gate_run_asked
from irt.services.running_job import JobCancelled, RunningJob
from simulation.gate.hold import Stopped
from simulation.run.run import Means
from web.gates.run import GateBench, work_out_gate

WORDS = "Playing the scenarios of the gate"


def work_on_gate_with(means: Means, running: RunningJob) -> Mapping[str, Any]:
    """Works one run out; asked to stop, it keeps what is done."""
    gate, number = int(running.job.asked["gate"]), int(running.job.asked["run"])
    with running.store.reading() as connection:
        run = gate_run_asked(connection, running.study_id, gate, number)
    if run is None:
        return {"gate": gate, "run": number, "verdict": "ended"}
    kept = _worked(means, running, run)
    return {"gate": gate, "run": number, "verdict": str(kept)}


def _worked(means: Means, running: RunningJob, run: GateRunOpen) -> str:
    def tell(done: int, of: int) -> None:
        running.step(done, of, WORDS)

    # A job that is taken up again has ended a try of its own, perhaps: its keys tell the tries apart.
    key = f"{running.key}:{running.job.attempt}"
    bench = GateBench(running.store, running.starter(), running.clock, key, means, tell)
    try:
        return work_out_gate(bench, run).verdict
    except Stopped:
        raise JobCancelled from None
