"""How far the sampler dares to step: learned while it warms up, fixed afterwards."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulation.enrolment.posterior.evidence import Evidence, Flags
from simulation.enrolment.special import Floats, summed

GOOD = 0.44
"""The share of steps that a walk in one direction should take."""
HASTE = 0.1


@dataclass(slots=True, eq=False)
class Steps:
    """Standard deviations of proposals."""

    site: Floats
    month: Floats
    tiring: float = 0.05
    spread: float = 0.15
    warming: bool = True

    @classmethod
    def beginning(cls, evidence: Evidence) -> Self:
        """Steps as wide as what is known by itself of a site, or of a month."""
        shown = summed(evidence.row, evidence.number, evidence.sites)
        return cls(site=1.5 / np.sqrt(shown + 2.0), month=np.full(evidence.months, 0.1))

    def adapted(self, step: Floats, taken: Flags) -> Floats:
        """Wider where steps were taken, narrower where not; the same after the warm-up."""
        return np.asarray(step * np.exp(HASTE * (taken - GOOD))) if self.warming else step

    def adapted_one(self, step: float, taken: bool) -> float:
        """`adapted` for one step."""
        return float(step * np.exp(HASTE * (taken - GOOD))) if self.warming else step
