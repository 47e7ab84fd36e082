"""How few and how many kits may be wanted by each day, where each wanted kit comes by chance, on its own.

The number wanted by a day is then Poisson with the planned number as its mean: wider than a forecast that knows
the subjects by name, and stated as an assumption beside the picture.
"""

from itertools import accumulate
from math import exp, sqrt

from optimization.problem import Problem
from optimization.story.stock_projection import DemandBand

FEW, MANY = 0.05, 0.95


def chance_band(problem: Problem, site: str, kits: frozenset[str]) -> DemandBand:
    """The 5 % and 95 % quantiles of the kits of these types wanted at a site by the end of each day."""
    daily = [0] * problem.horizon_days
    for row in problem.demand:
        if row.site == site and row.kit in kits and row.day < problem.horizon_days:
            daily[row.day] += row.kits
    wanted = list(accumulate(daily))
    return DemandBand(
        [poisson_quantile(mean, FEW) for mean in wanted], [poisson_quantile(mean, MANY) for mean in wanted]
    )


def poisson_quantile(mean: int, chance: float) -> int:
    """The least number that a Poisson count stays at or below with at least this chance."""
    if mean > _NORMAL_FROM:
        return round(mean + (1.645 if chance > 0.5 else -1.645) * sqrt(mean))
    number, weight = 0, exp(-mean)
    reached = weight
    while reached < chance:
        number += 1
        weight *= mean / number
        reached += weight
    return number


_NORMAL_FROM = 500
"""Above this the sum's terms vanish in floating point, and the normal law is as good."""
