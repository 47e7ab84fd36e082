"""The posterior of enrolment as draws of a scenario's own keys: what a trial with new sites may expect."""

import numpy as np

from simulation.enrolment.posterior.fit import Posterior
from simulation.enrolment.site_rates import (
    RATE_LEAST,
    SHAPE_LEAST,
    SHAPE_MOST,
    new_site_means,
    of_thirty_days,
)

DIGITS = 6


def parameter_draws(posterior: Posterior, months: int, screen_failure: float) -> dict[str, tuple[float, ...]]:
    """Of each draw the mean rate of a new site over so many months, as screened in 30 days, and how sites differ.

    Subjects of the file were enrolled: 1 / (1 - screen_failure) times as many are screened.
    """
    means = of_thirty_days(1.0) * new_site_means(posterior, months) / (1 - screen_failure)
    shapes = np.clip(posterior.scalar["shape"], SHAPE_LEAST, SHAPE_MOST)
    drawn = {
        "enrolment.screened_per_site_month": np.maximum(means, RATE_LEAST),
        "enrolment.rate_shape": shapes,
    }
    return {key: tuple(round(float(each), DIGITS) for each in values) for key, values in drawn.items()}
