"""What more replications would take away, and what they would not: parameters that are themselves uncertain.

The outer loop draws parameters (from a posterior, or a stress list), the inner loop replicates the trial under
each. By the law of total variance the spread of outcomes is the mean spread within draws and the spread between
them.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, fdtri

from simulation.analysis.arrays import Floats
from simulation.analysis.estimate import Estimate, around, checked
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Nested:
    """A figure over both loops; variances in its unit squared.

    `mean`: over all, its interval by outer draws. `between`: variance of the true figure as parameters vary
    (its value may be negative by chance, its bounds are not). `within`: variance of trials under the same
    parameters. `monte_carlo_error`: standard error that more inner replications shrink; `outer_error`: that
    more outer draws shrink; `parameter_deviation`: what neither shrinks, only more data on the parameters do.
    """

    mean: Estimate
    between: Estimate
    within: float
    monte_carlo_error: float
    outer_error: float
    parameter_deviation: float


def nested_of(values: NDArray[Any], confidence: float = 0.95) -> Nested:
    """One-way analysis of variance with random effects; values: shape (outer draws, inner replications), both >= 2.

    Raises: UnusableReplications for fewer of either, or numbers that are none.
    """
    grid = np.asarray(values, dtype=np.float64)
    if grid.ndim != 2 or min(grid.shape) < 2 or not np.isfinite(grid).all():
        raise UnusableReplications("Two loops need at least two parameter draws of at least two replications each.")
    outer, inner = grid.shape
    draws = grid.mean(axis=1)
    square_between = inner * float(draws.var(ddof=1))
    within = float(grid.var(axis=1, ddof=1).mean())
    between = _between(square_between, within, grid, confidence)
    deviation = math.sqrt(max(between.value, 0.0))
    return Nested(
        around(float(draws.mean()), float(draws.std(ddof=1)) / math.sqrt(outer), confidence, outer, "outer draws"),
        between,
        within,
        math.sqrt(within / grid.size),
        deviation / math.sqrt(outer),
        deviation,
    )


def _between(square_between: float, within: float, grid: Floats, confidence: float) -> Estimate:
    """The interval of Tukey and Williams (Biometrika 1962), cut off at zero."""
    outer, inner = grid.shape
    tail, freedom = checked(confidence) / 2, outer - 1
    low, high = (
        (square_between - within * float(fdtri(freedom, outer * (inner - 1), share)))
        * freedom
        / (inner * float(chdtri(freedom, 1 - share)))
        for share in (1 - tail, tail)
    )
    value = (square_between - within) / inner
    return Estimate(value, max(low, 0.0), max(high, 0.0), confidence, outer, "williams-tukey")
