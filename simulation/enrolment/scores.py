"""How good a forecast was, once the truth is known."""

import numpy as np
from numpy.typing import ArrayLike

from simulation.enrolment.special import Floats


def crps(paths: ArrayLike, truth: float) -> float:
    """The continuous ranked probability score of equally likely values: 0 for a certain and true one."""
    values = np.sort(np.asarray(paths, dtype=np.float64))
    number = len(values)
    apart = ((2 * np.arange(1, number + 1) - number - 1) * values).sum() / number**2
    return float(np.abs(values - truth).mean() - apart)


def place(paths: ArrayLike, truth: float) -> float:
    """Where the truth lies among the values, from 0 to 1; in the middle of those that are equal."""
    values = np.asarray(paths)
    return float((values < truth).mean() + (values == truth).mean() / 2)


def coverage(places: Floats, share: float) -> float:
    """How many truths lie in the middle interval of that share; `places` are those of `place`."""
    return float((np.abs(places - 0.5) <= share / 2).mean())
