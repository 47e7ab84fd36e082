"""What a worker does with an optimization: the run that its job names, told on the job's page without figures."""

from collections.abc import Mapping
from typing import Any

from irt.services.optimization_runs import run_asked
from irt.services.running_job import JobCancelled, RunningJob
from optimization.live.earlier import SolveAgain
from optimization.result import Progress, Solve, Status
from web.planning.run import Bench, work_out

WORDS = "Planning the consignments"


def work_on_run_with(solve: Solve, running: RunningJob, again: SolveAgain | None = None) -> Mapping[str, Any]:
    """Works one run out; asked to stop, it keeps the best plan so far."""
    number = int(running.job.asked["run"])
    with running.store.reading() as connection:
        run = run_asked(connection, running.study_id, number)
    if run is None:
        return {"run": number}
    seconds = int(run.goal["seconds"])

    def go_on(progress: Progress) -> bool:
        try:
            running.step(min(int(progress.seconds), seconds), seconds, WORDS)
        except JobCancelled:
            return False
        return True

    bench = Bench(running.store, running.starter(), running.clock, solve, running.key, go_on, again)
    worked = work_out(bench, run)
    if worked.result.status == Status.CANCELLED:
        raise JobCancelled
    return {"run": number, "plan": worked.kept.plan}
