"""What a site is to have by when: the known need, and so much more as keeps the promise of service.

An order can be answered by a later one after the lead time and one review. So long is the stock to last with the
promised chance; further ahead the mean goes on, and what lies above it stays. Where new subjects are expected, each
site's rate is learned from what it has enrolled (Poisson-gamma).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

import numpy as np

from irt.supply.planner import SiteView
from irt.supply.projection import DROPOUT_DAYS, Assumptions
from optimization.demand.enrolment import Prior, Rate, learned
from optimization.demand.mass import Mass, add_all, mean_of, stock_for, trimmed
from optimization.demand.newcomers import compounded
from optimization.live.calendars import Days, first_arrival

ROUNDING = 1e-9
REVIEWS_MISSED_DAYS = 7
"""A lane leaves on some days of the week only: so long an order may have to wait."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The chance that stock lasts, what is assumed of subjects, after how many days supply is reviewed again."""

    service: Fraction
    assumed: Assumptions
    review_days: int
    prior: Prior | None = None


@dataclass(frozen=True, slots=True)
class _Chance:
    """So many kits wanted from a day on, if at all."""

    ahead_days: int
    kits: int
    chance: float


@dataclass(frozen=True, slots=True)
class _Newcomers:
    """Subjects not yet screened: the site's rate, and (days since randomization, kits of the mean subject)."""

    rate: Rate | None
    kits: tuple[tuple[int, float], ...]

    def mean(self, ahead: int) -> float:
        """Kits until a day, in the mean."""
        if self.rate is None:
            return 0.0
        return self.rate.mean_per_day * sum(max(ahead - day, 0) * kits for day, kits in self.kits)

    def law(self, until: int) -> Mass:
        """Kits until a day: negative binomially many subjects, each on any of the days with the same chance."""
        if self.rate is None or until <= 0:
            return np.ones(1)
        totals = [sum(kits for day, kits in self.kits if day <= until - came) for came in range(until)]
        each = np.zeros(int(max(totals)) + 2)
        for total in totals:
            whole = int(total)
            each[whole] += (1 - (total - whole)) / until
            each[whole + 1] += (total - whole) / until
        return compounded(self.rate, until, 1.0, trimmed(each))


def wanted_by_day(site: SiteView, kit_type: str, days: Days, promise: Promise) -> list[tuple[int, int]]:
    """(days from now, kits): by each of these days so many more are to have been there."""
    day = days.today
    chances = [*_of_subjects(site, kit_type, day, promise), *_of_screening(site, kit_type, promise)]
    level = site.levels.get(kit_type)
    floor = level.minimum if level else 0
    arrives = first_arrival(days, site)
    protected = arrives + promise.review_days + REVIEWS_MISSED_DAYS
    coming = _newcomers(site, kit_type, promise)
    spare = max(_spare(chances, coming, protected, promise.service), floor)
    due = _due(chances, coming, days.horizon + promise.review_days)
    so_far, wanted = 0, []
    for ahead in range(days.horizon - days.first):
        by_then = due[ahead] if ahead < arrives else due[ahead + promise.review_days] + spare
        if by_then > so_far:
            wanted.append((ahead, by_then - so_far))
            so_far = by_then
    return wanted


def _due(chances: Sequence[_Chance], coming: _Newcomers, until: int) -> list[int]:
    """The mean need until each day, rounded up."""
    known = np.zeros(until + 1)
    for one in chances:
        if one.ahead_days <= until:
            known[one.ahead_days] += one.kits * one.chance
    return [ceil(total + coming.mean(ahead) - ROUNDING) for ahead, total in enumerate(np.cumsum(known))]


def _spare(chances: Sequence[_Chance], coming: _Newcomers, until: int, service: Fraction) -> int:
    """What the promise asks for beyond the mean of the protected days."""
    masses = [_mass(one) for one in chances if one.ahead_days <= until and one.chance < 1]
    law = add_all([*masses, coming.law(until)])
    return max(int(stock_for(law, float(1 - service))) - ceil(float(mean_of(law)) - ROUNDING), 0)


def _newcomers(site: SiteView, kit_type: str, promise: Promise) -> _Newcomers:
    assumed = promise.assumed
    if promise.prior is None or site.enrolled is None:
        return _Newcomers(None, ())
    rate = learned(promise.prior, site.enrolled.subjects, site.enrolled.open_days)
    stays = 1 - float(assumed.dropout_rate)
    return _Newcomers(
        rate,
        tuple(
            (day, kits / assumed.block_subjects * stays ** (day // DROPOUT_DAYS))
            for day, kits in assumed.block_kits.get(kit_type, ())
        ),
    )


def _mass(one: _Chance) -> Mass:
    mass = np.zeros(one.kits + 1)
    mass[0] += 1 - one.chance
    mass[one.kits] += one.chance
    return trimmed(mass)


def _of_subjects(site: SiteView, kit_type: str, day: date, promise: Promise) -> Iterator[_Chance]:
    """Visits of the site's own subjects; each may have stopped by then."""
    stays = 1 - float(promise.assumed.dropout_rate)
    for on_day, kits in site.expected_need.get(kit_type, ()):
        ahead = max((on_day - day).days, 0)
        yield _Chance(ahead, kits, stays ** (ahead // DROPOUT_DAYS))


def _of_screening(site: SiteView, kit_type: str, promise: Promise) -> Iterator[_Chance]:
    """Each of those in screening takes the block's kits with the chance that they are randomized to its arm."""
    assumed = promise.assumed
    passes = float(1 - assumed.screen_failure_rate)
    stays = 1 - float(assumed.dropout_rate)
    for ahead, kits in assumed.block_kits.get(kit_type, ()):
        each = ceil(kits / assumed.block_subjects)
        chance = passes * stays ** (ahead // DROPOUT_DAYS) * kits / (each * assumed.block_subjects)
        yield from (_Chance(ahead, each, chance) for _ in range(site.in_screening))
