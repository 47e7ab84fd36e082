"""The stock of a site from today on, as the forecast knows its subjects: expected, and its band of 90 %."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irt.supply.planner import SiteView
from optimization.demand.mass import Mass, add_all
from optimization.live.demand import StudyDemand
from optimization.live.forecast import study_demand
from optimization.live.network import promise_of

FEW, MANY = 0.05, 0.95
STEP_DAYS = 7
"""The law is told for every so many days; between them its distance from the mean is a straight line."""


@dataclass(frozen=True, slots=True)
class StockBand:
    """Each day from today: the stock in the mean, with many kits asked for (`low`) and with few (`high`)."""

    expected: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


def stock_band(
    sites: Sequence[SiteView],
    number: str,
    kits: Sequence[str],
    coming: Sequence[int],
    settings: Mapping[str, Any],
) -> StockBand:
    """The site of that number, of these kit types together; `coming`: kits that arrive on each day from today.

    Kits there at the beginning arrive on day 0. Types are added as if they were independent, which makes the band
    of several a little wider than it is. Kits that expire meanwhile are not taken off.
    """
    site = next(one for one in sites if one.number == number)
    return band_of(study_demand(sites, promise_of(settings)), site, kits, coming)


def coming_by_day(due: Iterable[tuple[date, int]], days: Sequence[date]) -> list[int]:
    """Kits by the day they are due; what is overdue counts on the first of the days, what comes after them not."""
    coming = [0] * len(days)
    for on_day, kits in due:
        ahead = max((on_day - days[0]).days, 0)
        if ahead < len(days):
            coming[ahead] += kits
    return coming


def band_of(study: StudyDemand, site: SiteView, kits: Sequence[str], coming: Sequence[int]) -> StockBand:
    """The same of a site, by the laws of its study; what goes by the name of `kits` is what the courses call so."""
    days = len(coming)
    have = list(accumulate(coming))
    mean = np.cumsum(sum((study.means(site, kit, days) for kit in kits), np.zeros(days)))
    knots = sorted({*range(STEP_DAYS - 1, days, STEP_DAYS), days - 1})
    laws = [add_all([study.law(site, kit, (0, day)) for kit in kits]) for day in knots]
    few, many = (_around(mean, knots, [_quantile(law, chance) for law in laws]) for chance in (FEW, MANY))
    return StockBand(
        tuple(max(there - used, 0.0) for there, used in zip(have, mean.tolist(), strict=True)),
        tuple(max(there - most, 0) for there, most in zip(have, many, strict=True)),
        tuple(max(there - least, 0) for there, least in zip(have, few, strict=True)),
    )


def _around(mean: NDArray[np.float64], knots: Sequence[int], kits: Sequence[int]) -> list[int]:
    """Whole kits of each day, as far from the mean as the days told before and after it say."""
    apart = np.interp(np.arange(len(mean)), [-1, *knots], [0.0, *(np.array(kits) - mean[list(knots)])])
    return [round(one) for one in np.maximum(mean + apart, 0.0).tolist()]


def _quantile(law: Mass, chance: float) -> int:
    """The least number that is not exceeded with at least this chance."""
    return int(np.searchsorted(np.cumsum(law), chance - 1e-12))
