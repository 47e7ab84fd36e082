"""Paths of enrolment to come: every draw of what is not known, run on month by month."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.enrolment.history import Counts, History
from simulation.enrolment.listed_sites import Listed
from simulation.enrolment.months import day_within
from simulation.enrolment.openings import OPENINGS_PRIOR, OpeningsPrior, draw_openings, opening_law
from simulation.enrolment.paths import Paths, Silent
from simulation.enrolment.posterior.fit import EFFORT, Effort, Posterior, fit
from simulation.enrolment.prior import PRIOR, Prior
from simulation.enrolment.special import Floats
from simulation.enrolment.start_up import draw_listed_openings, start_up_law

PATHS_A_DRAW = 2
LONGEST_MONTHS = 60
"""So far ahead a completion is looked for."""
ENOUGH = 0.96
"""Once so many paths have reached the target, the rest need not be followed."""
FIT_STREAM, PATH_STREAM, SITE_STREAM = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Subjects to come: paths by months, the first column being the month after the last one known."""

    history: History
    new: Counts

    @property
    def known(self) -> int:
        """Subjects enrolled so far."""
        return int(self.history.totals.sum())

    @property
    def first_month(self) -> int:
        """The number of the first month to come."""
        return self.history.first_month + self.history.months

    @property
    def cumulative(self) -> Counts:
        """All subjects, those known included, at the end of each month."""
        return np.asarray(self.known + np.cumsum(self.new, axis=1))

    def quantiles(self, shares: tuple[float, ...], cumulative: bool = False) -> Floats:
        """Shares by months."""
        return np.asarray(np.quantile(self.cumulative if cumulative else self.new, shares, axis=0))


def forecast_enrolment(
    history: History,
    months: int,
    seed: int,
    target: int | None = None,
    effort: Effort = EFFORT,
    prior: Prior = PRIOR,
    openings: OpeningsPrior = OPENINGS_PRIOR,
    listed: Listed | None = None,
) -> Forecast:
    """So many months ahead, and as much farther as the target needs; the same seed gives the same paths.

    Enrolment goes on at the target: nobody knows here when it will be stopped. Where sites are listed, no others
    open.
    """
    posterior = fit(history, stream(seed, FIT_STREAM), prior, effort)
    return paths_from(posterior, history, months, seed, target, openings, listed)


def paths_from(
    posterior: Posterior,
    history: History,
    months: int,
    seed: int,
    target: int | None = None,
    openings: OpeningsPrior = OPENINGS_PRIOR,
    listed: Listed | None = None,
    silent: Silent | None = None,
) -> Forecast:
    """The same from what was learned before; `silent` tells of known sites that enrol nobody now, or any more."""
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, PATH_STREAM)))
    picked = np.repeat(np.arange(posterior.draws), PATHS_A_DRAW)
    ahead = max(months, LONGEST_MONTHS)
    if listed is None:
        to_open = draw_openings(opening_law(history.openings, openings), len(picked), ahead, chance)
    else:
        law = start_up_law(listed.delays, listed.waiting)
        to_open = draw_listed_openings(law, listed.waiting, len(picked), ahead, chance)
    paths = Paths(posterior, picked, chance, silent)
    known, new = int(history.totals.sum()), [paths.month(to_open[:, month]) for month in range(months)]
    while target is not None and len(new) < LONGEST_MONTHS and not _reached(known, new, target):
        new.append(paths.month(to_open[:, len(new)]))
    return Forecast(history, np.stack(new, axis=1))


def completion(forecast: Forecast, target: int, shares: tuple[float, ...]) -> list[date | None]:
    """The days by which so great shares of paths have reached the target; None where too few ever do.

    Within a month subjects come evenly.
    """
    observed = np.cumsum(forecast.history.totals)
    if forecast.known >= target:
        day = _day(np.concatenate([[0], observed]).astype(float), target, forecast.history.first_month)
        return [day for _ in shares]
    waits = np.sort(_waits(forecast, target))
    places = [min(int(np.ceil(share * len(waits))), len(waits)) - 1 for share in shares]
    return [_day_after(forecast.first_month, float(waits[max(place, 0)])) for place in places]


def stream(seed: int, purpose: int) -> int:
    """A seed of its own for each purpose."""
    return int(np.random.SeedSequence(entropy=seed, spawn_key=(purpose,)).generate_state(1, np.uint64)[0])


def _reached(known: int, new: list[Counts], target: int) -> bool:
    total = known + sum(new) if new else np.array([known])
    return bool((np.asarray(total) >= target).mean() >= ENOUGH)


def _waits(forecast: Forecast, target: int) -> Floats:
    """Months until the target, by path; infinite where it is not reached."""
    before = np.concatenate([np.full((len(forecast.new), 1), forecast.known), forecast.cumulative], axis=1)
    reached: NDArray[np.bool_] = before >= target
    month = reached.argmax(axis=1)
    path = np.arange(len(before))
    earlier = before[path, np.maximum(month - 1, 0)]
    within = (target - earlier) / np.maximum(before[path, month] - earlier, 1)
    return np.asarray(np.where(reached.any(axis=1), month - 1 + within, np.inf))


def _day(cumulative: Floats, target: int, first_month: int) -> date | None:
    month = int((cumulative >= target).argmax())
    if month == 0:
        return _day_after(first_month, 0.0)
    within = (target - cumulative[month - 1]) / (cumulative[month] - cumulative[month - 1])
    return _day_after(first_month, month - 1 + float(within))


def _day_after(first_month: int, wait_months: float) -> date | None:
    """The day on which the last subject comes, where one comes at the very end of a month on its last day."""
    if not np.isfinite(wait_months):
        return None
    whole = max(int(np.ceil(wait_months)) - 1, 0)
    return day_within(first_month + whole, wait_months - whole)
