"""The handler of optimizations that an installation's worker finds; apart, for the engine takes a while to load."""

from collections.abc import Mapping
from typing import Any

from irt.services.running_job import RunningJob
from optimization.solve import optimize
from web.planning.job import work_on_run_with


def work_on_run(running: RunningJob) -> Mapping[str, Any]:
    """Works one run out with the optimizer."""
    return work_on_run_with(optimize, running)
