"""The handler of gates that an installation's worker finds; apart, for the engine takes long to load."""

import os
from collections.abc import Mapping
from typing import Any

from irt.services.running_job import RunningJob
from simulation.run.run import Means
from web.gates.job import work_on_gate_with


def work_on_gate(running: RunningJob) -> Mapping[str, Any]:
    """Works one run out on the cores of this machine."""
    return work_on_gate_with(Means(workers=os.cpu_count() or 1), running)
