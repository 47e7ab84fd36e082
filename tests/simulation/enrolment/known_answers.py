"""Closed forms of the plain Poisson-gamma model, written apart from what is tested."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.enrolment.posterior.fit import Posterior

Floats = NDArray[np.float64]


def negative_binomial(shape: float, odds: float, length: int) -> Floats:
    """P(0), P(1) … of a Poisson count whose mean is gamma with this shape and the scale `odds`."""
    log = [
        math.lgamma(shape + n)
        - math.lgamma(shape)
        - math.lgamma(n + 1)
        + n * math.log(odds)
        - (shape + n) * math.log1p(odds)
        for n in range(length)
    ]
    return np.exp(np.array(log))


def completed(target: int, shape: float, inverse_scale: float, time: float) -> float:
    """P(time to the target <= time), where time / inverse_scale is beta prime with (target, shape).

    That many have come by then if the count by then is not smaller.
    """
    return 1.0 - float(negative_binomial(shape, time / inverse_scale, target).sum())


def mean_completion(target: int, shape: float, inverse_scale: float) -> float:
    """The mean of the beta prime law."""
    return target * inverse_scale / (shape - 1)


def empty_site(subjects: int, sites: int, shape: float) -> float:
    """P(a site enrols nobody), where the total is known and rates are gamma: a Dirichlet-multinomial share."""
    rest = (sites - 1) * shape
    log = math.lgamma(rest + subjects) + math.lgamma(sites * shape)
    return math.exp(log - math.lgamma(rest) - math.lgamma(sites * shape + subjects))


def plain_posterior(rate: Floats, **changed: float) -> Posterior:
    """Rates as drawn, in a trial where nobody tires, stops, or has holidays; draws by sites."""
    draws, sites = rate.shape
    names = ("mean", "shape", "tiring", "fading", "stopping", "resuming", "country_sd", "drift_sd", "month_sd")
    values: dict[str, Any] = dict.fromkeys(names, 0.0) | {"mean": 1.0, "shape": 1.0, "spread": 1e-6} | changed
    return Posterior(
        rate=rate,
        active=np.ones(rate.shape, dtype=np.bool_),
        country=np.zeros((draws, 1)),
        holiday=np.zeros((draws, 2)),
        level=np.zeros((draws, 6)),
        scalar={name: np.full(draws, value) for name, value in values.items()},
        opened=np.zeros(sites, dtype=np.int64),
        site_country=np.zeros(sites, dtype=np.int64),
        months=6,
        first_month=24000,
        early_sites=20.0,
    )
