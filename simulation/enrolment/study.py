"""A study's enrolment as its own records tell it on a day, made into a forecast.

Beside the counts it is known which sites there are, since when, and which of them are closed or on hold. So no
others open, and those without a subject wait. The month of the day is not over: what it brings yet is thinned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from irt.errors import Refusal
from simulation.enrolment.at_risk import SiteOutlook, outlooks_from
from simulation.enrolment.forecast import FIT_STREAM, Forecast, paths_from, stream
from simulation.enrolment.history import Counts, Enrolled, History
from simulation.enrolment.listed_sites import Listed
from simulation.enrolment.months import YEAR, days_in
from simulation.enrolment.paths import Silent
from simulation.enrolment.posterior.fit import EFFORT, Effort, Watch, fit, unwatched
from simulation.enrolment.start_up import LONGEST_DELAY_MONTHS

Condition = Literal["planned", "active", "on_hold", "closed", "full"]
"""Of a site; a full one has reached a limit of enrolment."""
OVER: tuple[Condition, ...] = ("closed", "full")
THIN_STREAM = 3


class TooEarly(Refusal):
    """Nobody was randomized before the month that is under way."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody was randomized before this month, so there is nothing to learn from. Nothing was calculated. "
            "Ask again next month."
        )


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A site, its country, the month in which it was entered, and its condition."""

    number: str
    country: str
    known_since: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class StudyEnrolment:
    """Subjects randomized by (month, site), all sites, and the day on which that is known."""

    counts: Sequence[tuple[int, str, int]]
    sites: Sequence[KnownSite]
    day: date


@dataclass(frozen=True, slots=True)
class ForecastAsked:
    """Months ahead, that of the day among them; the target; so few subjects are a risk; the seed of all draws.

    `most`: a limit of enrolment of the whole study, at which it ends.
    """

    months: int
    target: int
    at_most: int = 0
    seed: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StudyForecast:
    """Paths whose first month is that of the day; `so_far` were randomized in it up to the day."""

    forecast: Forecast
    outlooks: list[SiteOutlook]
    so_far: int
    waiting: int
    """Sites without a subject that may still open."""


def forecast_study(
    known: StudyEnrolment, asked: ForecastAsked, effort: Effort = EFFORT, watch: Watch = unwatched
) -> StudyForecast:
    """What is to be expected of the study; TooEarly where there is no month that is over with a subject in it."""
    now = month_on(known.day)
    history, listed, silent = known_sites(known)
    posterior = fit(history, stream(asked.seed, FIT_STREAM), effort=effort, watch=watch)
    forecast = paths_from(posterior, history, asked.months, asked.seed, asked.target, listed=listed, silent=silent)
    so_far = sum(number for month, _, number in known.counts if month >= now)
    new = _month_under_way(forecast.new, so_far, known.day, asked.seed)
    if asked.most is not None:
        new = _up_to(new, max(asked.most - forecast.known, so_far))
    outlooks = outlooks_from(posterior, history, asked.months, asked.at_most, asked.seed, silent)
    over = {site.number for site in known.sites if site.condition in OVER}
    return StudyForecast(
        forecast=replace(forecast, new=new),
        outlooks=[outlook for outlook in outlooks if outlook.site not in over],
        so_far=so_far,
        waiting=len(listed.waiting),
    )


def known_sites(known: StudyEnrolment) -> tuple[History, Listed, Silent]:
    """The months that are over, who waits for a first subject, and who enrols nobody; TooEarly as above."""
    history = _history(known, month_on(known.day))
    return history, _listed(known, history), _silent(known, history)


def month_on(day: date) -> int:
    """The number of the month that a day lies in."""
    return day.year * YEAR + day.month - 1


def _history(known: StudyEnrolment, now: int) -> History:
    """The months that are over, silent ones at the end among them."""
    countries = {site.number: site.country for site in known.sites}
    subjects = [
        Enrolled(month, site, countries[site])
        for month, site, number in known.counts
        if month < now
        for _ in range(number)
    ]
    if not subjects:
        raise TooEarly
    return History.of(subjects, now - 1)


def _listed(known: StudyEnrolment, history: History) -> Listed:
    """How long sites waited for their first subject, and how long those without one wait now."""
    now = history.first_month + history.months
    opened = dict(zip(history.sites, (history.first_month + history.opened).tolist(), strict=True))
    delays = [max(opened[one.number] - one.known_since, 0) for one in known.sites if one.number in opened]
    waits = [
        max(now - one.known_since, 0)
        for one in known.sites
        if one.number not in opened and one.condition not in OVER
    ]
    return Listed(_months(delays), _months(waits))


def _months(found: Sequence[int]) -> Counts:
    return np.minimum(np.array(found, dtype=np.int64), LONGEST_DELAY_MONTHS - 1)


def _silent(known: StudyEnrolment, history: History) -> Silent:
    condition = {site.number: site.condition for site in known.sites}
    now = [condition[site] for site in history.sites]
    return Silent(
        closed=np.array([each in OVER for each in now], dtype=np.bool_),
        on_hold=np.array([each in ("on_hold", "planned") for each in now], dtype=np.bool_),
    )


def _month_under_way(new: Counts, so_far: int, day: date, seed: int) -> Counts:
    """Of the month's subjects those come yet whose day is still to come; the others are counted already."""
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, THIN_STREAM)))
    left = 1 - day.day / days_in(month_on(day))
    first = so_far + chance.binomial(new[:, 0], left)
    return np.concatenate([first[:, None], new[:, 1:]], axis=1)


def _up_to(new: Counts, room: int) -> Counts:
    """So many more at most."""
    return np.diff(np.minimum(np.cumsum(new, axis=1), room), axis=1, prepend=0)
