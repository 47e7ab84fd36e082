"""The logarithm of the gamma function, for whole arrays."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
HALF_LOG_TWO_PI = 0.9189385332046727


def log_gamma(x: ArrayLike) -> Floats:
    """ln Γ(x) for x > 0, to about ten digits: Stirling's series six places further up."""
    x = np.asarray(x, dtype=np.float64)
    product = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5)
    z = x + 6
    inverse = 1 / z
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    return np.asarray((z - 0.5) * np.log(z) - z + HALF_LOG_TWO_PI + series - np.log(product))


def log_rising(x: ArrayLike, n: ArrayLike) -> Floats:
    """ln of Γ(x + n) / Γ(x)."""
    return log_gamma(np.asarray(x, dtype=np.float64) + np.asarray(n, dtype=np.float64)) - log_gamma(x)


def log_negative_binomial(n: ArrayLike, shape: ArrayLike, odds: ArrayLike) -> Floats:
    """ln P(n) where the mean is shape × odds and the variance mean × (1 + odds)."""
    count, odds = np.asarray(n, dtype=np.float64), np.asarray(odds, dtype=np.float64)
    size = np.asarray(shape, dtype=np.float64)
    ways = log_rising(size, count) - log_gamma(count + 1)
    return np.asarray(ways + count * np.log(odds) - (size + count) * np.log1p(odds))


def summed(where: NDArray[np.int64], values: Floats, number: int) -> Floats:
    """The sum of the values of each of so many places."""
    return np.bincount(where, weights=values, minlength=number).astype(np.float64)
