"""The handlers of planners' jobs that an installation's worker finds; apart, for the engine takes long to load."""

from collections.abc import Mapping
from typing import Any

from irt.services.running_job import RunningJob
from optimization.door import best_plan
from optimization.replan.proved import replan_and_prove
from web.planning.advice import work_on_advice_with
from web.planning.job import work_on_run_with


def work_on_run(running: RunningJob) -> Mapping[str, Any]:
    """Works one run out with the optimizer."""
    return work_on_run_with(best_plan, running, replan_and_prove)


def work_on_advice(running: RunningJob) -> Mapping[str, Any]:
    """Works one question beside a plan out with the optimizer."""
    return work_on_advice_with(best_plan, running)
