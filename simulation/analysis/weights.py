"""Replications drawn from a law that makes the rare frequent, each with the likelihood ratio that takes it back."""

import math
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Numbers, paired
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Weighted:
    """A mean by importance sampling (Kahn & Marshall 1953).

    `effective_hits`: as many equal weights among the hits would tell as much (Kish); below about a hundred the
    interval is not to be believed. `variance_ratio`: how many times more plain replications would be needed for
    the same error; it is told for values of 0 and 1 alone, else it is None.
    """

    estimate: Estimate
    effective_hits: float
    variance_ratio: float | None


def weighted_mean(values: Numbers, ratios: Numbers, confidence: float = 0.95) -> Weighted:
    """The mean under the true law; values: shape (n,), ratios: true over drawn likelihood of each, shape (n,).

    Unbiased as it stands; ratios are not scaled to have mean one. Raises: UnusableReplications for a ratio below 0.
    """
    numbers, likelihoods = paired(values, ratios)
    if (likelihoods < 0).any():
        raise UnusableReplications("A likelihood ratio is never below 0.")
    products = numbers * likelihoods
    plain = mean_of(products, confidence)
    spread = float(products.var(ddof=1))
    chance = plain.value if np.isin(numbers, (0.0, 1.0)).all() else None
    squares = float(np.square(products).sum())
    return Weighted(
        Estimate(plain.value, plain.low, plain.high, confidence, plain.replications, "importance sampling"),
        float(products.sum()) ** 2 / squares if squares > 0 else 0.0,
        None if chance is None else _gain(chance, spread),
    )


def _gain(chance: float, spread: float) -> float:
    return chance * (1 - chance) / spread if spread > 0 else math.inf
