"""How a gate came to its verdict: the interval of each line at each look that was reached."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Numbers
from simulation.analysis.limits import at_look
from simulation.analysis.verdict import Judged, judge_all
from simulation.gate.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Trace:
    """One line: what was found at each look, in order; a verdict reached at one is kept at all that follow."""

    name: str
    limit: float
    looks: tuple[tuple[int, Judged], ...]


def traces(agreement: Agreement, columns: Mapping[str, Numbers]) -> tuple[Trace, ...]:
    """Each line at the looks that so many replications reach, with the interval it was judged by there."""
    limits, reviews = agreement.judged, agreement.reviews
    reached = min(len(values) for values in columns.values())
    looks: list[tuple[int, tuple[Judged, ...]]] = []
    for number, look in enumerate(reviews.looks):
        if look > reached:
            break
        seen = {name: np.asarray(values)[:look] for name, values in columns.items()}
        looks.append((look, judge_all(at_look(limits, reviews.looks, number, reviews.spending), seen).lines))
    return tuple(
        Trace(limit.name, limit.limit, tuple((look, lines[place]) for look, lines in looks))
        for place, limit in enumerate(limits)
    )
