"""Why visits are never pooled: those of one trial share its sites, lots and delays, and go wrong together."""

import math
from dataclasses import dataclass

from simulation.analysis.arrays import Numbers, paired
from simulation.analysis.ratio import linearized
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Pooling:
    """How wrong an interval is that takes each visit for an independent draw.

    `design_effect`: variance by replications over variance by visits (Kish, Survey Sampling, 8.2); `narrowing`: its
    root, by which the pooled interval is too narrow; `effective_visits`: independent visits that would tell as
    much.
    """

    design_effect: float
    narrowing: float
    visits: float
    effective_visits: float


def pooling_of(missed: Numbers, visits: Numbers) -> Pooling:
    """The design effect of misses per visit; missed, visits: shape (n,), counts of each replication.

    Raises: UnusableReplications when no visit, or every one, was missed: there is nothing to compare then.
    """
    one, other = paired(missed, visits)
    rate = float(one.sum() / other.sum()) if other.sum() > 0 else 0.0
    if not 0 < rate < 1:
        raise UnusableReplications("Some visits must be missed and some not, or no variance can be compared.")
    by_replication = float(linearized(one, other).var(ddof=1)) / len(one)
    effect = by_replication / (rate * (1 - rate) / float(other.sum()))
    return Pooling(effect, math.sqrt(effect), float(other.sum()), float(other.sum()) / effect)
