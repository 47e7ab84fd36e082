"""What a worker does with a live twin: forks the study as it stands then, plays both, keeps the answer."""

from collections.abc import Mapping
from typing import Any

from irt.errors import Refusal
from irt.services.running_job import Reports, RunningJob
from irt.services.twin_runs import KeepTwin, keep_twin, twin_asked
from irt.services.unit_of_work import perform
from irt.services.work import Work
from simulation.enrolment.posterior.fit import EFFORT, Effort
from simulation.live.change import change_of, with_change
from simulation.live.scenario import TwinAsked
from simulation.live.twin import Twins, play_twins
from web.twin.base import scenario_now

WORDS = "Playing the study with and without the change"


def work_on_twin(running: RunningJob) -> Mapping[str, Any]:
    """Plays one twin out."""
    return work_on_twin_with(EFFORT, running)


def work_on_twin_with(effort: Effort, running: RunningJob) -> Mapping[str, Any]:
    """The same with another length of the chain that learns enrolment."""
    number, study_id = int(running.job.asked["twin"]), running.study_id
    with running.store.reading() as connection:
        work = Work(running.store, connection, running.starter(), running.clock())
        row = twin_asked(work, study_id, number)
    if row["finished_at"] is None:
        try:
            result = _played(running, row["asked"], effort)
        except Refusal as refusal:
            # A refusal may name kit types: it stays with the twin, not with the job.
            result = {"refusal": refusal.sentence}
        keep = KeepTwin(study_id=study_id, twin=number, result=result)
        perform(running.store, running.starter(), running.clock(), keep_twin, keep, running.key)
    return {"twin": number}


def _played(running: RunningJob, asked: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    with running.store.reading() as connection:
        ahead = TwinAsked(asked["days"])
        base = scenario_now(connection, running.study_id, running.clock(), ahead, asked["seed"], effort)
    other = with_change(base, change_of(asked["change"]))
    return play_twins(Twins(base, other, asked["seed"], asked["replications"]), Reports(running, WORDS).tell)
