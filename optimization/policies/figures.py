"""Figures of a policy with 95 % intervals: sites are the replications, drawn independently of each other.

Visits of one site hang together, so they are never counted as if they were independent. A ratio of sums has the
interval of its linearization over sites (delta method).
"""

from dataclasses import asdict, dataclass

import numpy as np

from optimization.policies.paths import Floats, Ints
from optimization.policies.review import Outcome

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and half the width of its interval."""

    value: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a policy did: cents per site, visits served, kits left per kit wanted, consignments per site."""

    cost_per_site: Estimate
    service: Estimate
    overage: Estimate
    shipments_per_site: Estimate

    def record(self) -> dict[str, object]:
        """As it is written to JSON."""
        return asdict(self)


def figures_of(outcome: Outcome) -> Figures:
    """The figures of all sites together."""
    ones = np.ones(len(outcome.wanted))
    missed = ratio(outcome.missed, outcome.wanted)
    return Figures(
        ratio(outcome.cost, ones),
        Estimate(1 - missed.value, missed.half_width),
        ratio(outcome.left, outcome.wanted),
        ratio(outcome.shipments, ones),
    )


def ratio(above: Floats | Ints, below: Floats | Ints) -> Estimate:
    """Sum over sum, with its interval over sites."""
    value = float(above.sum() / below.sum())
    errors = above - value * below
    spread = float(np.sqrt((errors**2).sum() / max(len(errors) - 1, 1) / len(errors)))
    return Estimate(value, NORMAL_95 * spread / float(below.mean()))
