"""A gate that looks a few times, at numbers of replications agreed beforehand; its boundaries are exact."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from simulation.analysis.arrays import Floats
from simulation.analysis.boundaries import Boundaries
from simulation.analysis.refusals import UnusableGate
from simulation.analysis.spending import Spending, spent_by_look


@dataclass(frozen=True, slots=True)
class Looks:
    """The limit of a chance, when it is looked at (numbers of replications), and how errors are spent.

    `false_pass`: the chance to pass, at any look, when the true chance is the limit or more; `false_fail`: to
    fail when it is the limit or less.
    """

    limit: float
    at: tuple[int, ...]
    false_pass: float = 0.05
    false_fail: float = 0.05
    spending: Spending = Spending.OBRIEN_FLEMING


def look_boundaries(looks: Looks) -> Boundaries:
    """The widest boundaries whose exact chance to err keeps to the spending; between looks nothing is decided.

    Each side is computed as if the other were not there, so that its error holds even if somebody goes on after the
    other was crossed (non-binding). Raises: UnusableGate for a limit off (0, 1) or looks that do not grow.
    """
    if not 0 < looks.limit < 1:
        raise UnusableGate("The limit of a chance lies between 0 and 1.")
    passing = _lower(looks.limit, looks.at, spent_by_look(looks.spending, looks.false_pass, looks.at))
    # A failure counts hits from above: it is a pass of those without a miss.
    failing = _lower(1 - looks.limit, looks.at, spent_by_look(looks.spending, looks.false_fail, looks.at))
    pass_at = [-1] * looks.at[-1]
    fail_at = [count + 1 for count in range(1, looks.at[-1] + 1)]
    for look, low, high in zip(looks.at, passing, failing, strict=True):
        pass_at[look - 1], fail_at[look - 1] = low, look - high
    return Boundaries(tuple(pass_at), tuple(fail_at))


def _lower(chance: float, looks: Sequence[int], may_spend: Sequence[float]) -> list[int]:
    """At each look the largest count for which, at that chance, no more is spent than may be."""
    going, before, used, bounds = np.ones(1), 0, 0.0, []
    for look, limit in zip(looks, may_spend, strict=True):
        going = np.convolve(going, _binomial(look - before, chance))
        reached = used + np.cumsum(going)
        bound = int(np.searchsorted(reached, limit * (1 + 1e-12), side="right")) - 1
        used = float(reached[bound]) if bound >= 0 else used
        going[: bound + 1] = 0.0
        bounds.append(bound)
        before = look
    return bounds


def _binomial(count: int, chance: float) -> Floats:
    """Chances of 0 … count hits."""
    hits = np.arange(count + 1)
    ways = gammaln(count + 1) - gammaln(hits + 1) - gammaln(count - hits + 1)
    return np.asarray(np.exp(ways + xlogy(hits, chance) + xlog1py(count - hits, -chance)))
