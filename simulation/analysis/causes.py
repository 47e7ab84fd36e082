"""Misses and waste by cause: each has exactly one, and in every replication the parts add up to the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Numbers, column
from simulation.analysis.estimate import Estimate
from simulation.analysis.ratio import ratio_of
from simulation.analysis.refusals import UnusableReplications
from simulation.measures import CAUSES, WASTED

LEFT = ("left_at_sites", "left_at_depots", "left_on_the_way")
"""Columns of kits that are good and of no use any more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cause: how many over all replications, its share of the whole, and its rate per unit of the base.

    `replications_with`: in how many replications it came up at all.
    """

    cause: str
    count: float
    share: float
    rate: Estimate
    replications_with: int


@dataclass(frozen=True, slots=True)
class Step:
    """One column of a waterfall, from where the last one ended; in the unit of the rate."""

    cause: str
    begin: float
    end: float


def decomposed(
    whole: Numbers, parts: Mapping[str, Numbers], base: Numbers, confidence: float = 0.95
) -> tuple[Part, ...]:
    """Causes by size, largest first; whole, each part and base (visits, kits): shape (n,), the same replications.

    Raises: UnusableReplications naming the first replication whose parts do not add up to its whole.
    """
    totals, sums = column(whole), np.zeros(len(column(whole)))
    counts = {cause: column(each) for cause, each in parts.items()}
    for each in counts.values():
        sums += each
    wrong = np.flatnonzero(~np.isclose(sums, totals, rtol=1e-12, atol=1e-9))
    if len(wrong):
        raise UnusableReplications(f"Replication {wrong[0]} has misses or kits without a cause, or with two.")
    entire = float(totals.sum())
    found = [
        Part(
            cause,
            float(each.sum()),
            float(each.sum()) / entire if entire else 0.0,
            ratio_of(each, base, confidence),
            int(np.count_nonzero(each)),
        )
        for cause, each in counts.items()
    ]
    return tuple(sorted(found, key=lambda part: (-part.count, part.cause)))


def misses_by_cause(measures: Mapping[str, Numbers], confidence: float = 0.95) -> tuple[Part, ...]:
    """Misses per visit by cause, in the columns of `simulation.measures`. Raises as `decomposed` does."""
    return decomposed(measures["missed"], {name: measures[name] for name in CAUSES}, measures["visits"], confidence)


def overage_by_cause(measures: Mapping[str, Numbers], confidence: float = 0.95) -> tuple[Part, ...]:
    """Kits that no subject got, per kit that one did, by what became of them."""
    parts = {name: column(measures[name]) for name in (*WASTED, *LEFT)}
    whole = np.sum(list(parts.values()), axis=0)
    return decomposed(whole, parts, measures["kits_dispensed"], confidence)


def waterfall(parts: Sequence[Part]) -> tuple[Step, ...]:
    """Columns that climb from zero to the whole rate, in the order of the parts."""
    ends = np.cumsum([part.rate.value for part in parts])
    begins = np.concatenate([[0.0], ends[:-1]])
    return tuple(Step(part.cause, float(a), float(b)) for part, a, b in zip(parts, begins, ends, strict=True))
