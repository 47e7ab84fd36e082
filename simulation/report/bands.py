"""Bands over replications: what a share of trials stays below, period by period."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.analysis.arrays import Floats
from simulation.report.courses import Courses

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Band:
    """What the shares of trials stay at or below when each period ends; `values`: shape (shares, periods)."""

    name: str
    ends: tuple[date, ...]
    values: Floats

    def at(self, share: float) -> list[float]:
        """The line of one share."""
        return [float(value) for value in self.values[SHARES.index(share)]]


def enrolment_band(courses: Courses) -> Band:
    """Subjects randomized so far: the fan."""
    return _band("randomized", courses, courses.columns["randomized"].cumsum(axis=1))


def stock_band(courses: Courses, name: str) -> Band:
    """Kits at all sites, at all depots or on their way, by the name of the column."""
    return _band(name, courses, courses.columns[name])


def site_band(courses: Courses, site: str) -> Band:
    """Kits at one site."""
    return _band(site, courses, courses.site_stock[:, courses.axes.sites.index(site)])


def _band(name: str, courses: Courses, counts: NDArray[np.int64]) -> Band:
    values = np.quantile(counts, SHARES, axis=0, method="inverted_cdf").astype(np.float64)
    return Band(name, courses.axes.ends, values)
