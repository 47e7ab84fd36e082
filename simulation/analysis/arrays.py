"""Replications as arrays: one row a replication, in order of index; each is independent of the others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.analysis.refusals import UnusableReplications

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = Sequence[float] | NDArray[Any]


def column(values: Numbers, least: int = 2) -> Floats:
    """One number a replication, shape (n,). Raises: UnusableReplications for fewer than `least`, or no numbers."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or len(numbers) < least:
        raise UnusableReplications(f"An interval needs at least {least} replications, one number each.")
    if not np.isfinite(numbers).all():
        raise UnusableReplications("A replication without a number cannot be counted. Run it again by its index.")
    return numbers


def rows(values: NDArray[Any] | Sequence[Numbers], least: int = 2) -> Floats:
    """Several numbers a replication, shape (n, measures). Raises: UnusableReplications as `column` does."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 2 or len(numbers) < least or not np.isfinite(numbers).all():
        raise UnusableReplications(f"At least {least} replications are needed, each with all its numbers.")
    return numbers


def paired(first: Numbers, second: Numbers, least: int = 2) -> tuple[Floats, Floats]:
    """Two numbers of the same replications. Raises: UnusableReplications when there are not as many of each."""
    one, other = column(first, least), column(second, least)
    if len(one) != len(other):
        raise UnusableReplications("Both numbers must come from the same replications.")
    return one, other
