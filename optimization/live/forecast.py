"""What a site is to have by when: the known need, and so much more as keeps the promise of service.

An order can be answered by a later one after the lead time and one review. So long is the stock to last with the
promised chance; further ahead the mean goes on, and what lies above it stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

import numpy as np

from irt.supply.planner import SiteView
from irt.supply.projection import DROPOUT_DAYS, Assumptions
from optimization.demand.mass import Mass, add_all, mean_of, stock_for, trimmed
from optimization.live.calendars import Days, first_arrival

REVIEWS_MISSED_DAYS = 7
"""A lane leaves on some days of the week only: so long an order may have to wait."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The chance that stock lasts, what is assumed of subjects, after how many days supply is reviewed again."""

    service: Fraction
    assumed: Assumptions
    review_days: int


@dataclass(frozen=True, slots=True)
class _Chance:
    """So many kits wanted from a day on, if at all."""

    ahead_days: int
    kits: int
    chance: float


def wanted_by_day(site: SiteView, kit_type: str, days: Days, promise: Promise) -> list[tuple[int, int]]:
    """(days from now, kits): by each of these days so many more are to have been there."""
    day = days.today
    chances = [*_of_subjects(site, kit_type, day, promise), *_of_screening(site, kit_type, promise)]
    level = site.levels.get(kit_type)
    floor = level.minimum if level else 0
    arrives = first_arrival(days, site)
    protected = arrives + promise.review_days + REVIEWS_MISSED_DAYS
    spare = max(_spare(chances, protected, promise.service), floor)
    wanted: list[tuple[int, int]] = []
    so_far = 0
    for ahead in range(days.horizon - days.first):
        so_far_wanted = (
            _due(chances, ahead) if ahead < arrives else _due(chances, ahead + promise.review_days) + spare
        )
        if so_far_wanted > so_far:
            wanted.append((ahead, so_far_wanted - so_far))
            so_far = so_far_wanted
    return wanted


def _due(chances: Sequence[_Chance], ahead: int) -> int:
    """The mean need until a day, rounded up."""
    return ceil(sum(one.kits * one.chance for one in chances if one.ahead_days <= ahead) - 1e-9)


def _spare(chances: Sequence[_Chance], until: int, service: Fraction) -> int:
    """What the promise asks for beyond the mean of the protected days."""
    masses = [_mass(one) for one in chances if one.ahead_days <= until]
    law = add_all(masses)
    return max(int(stock_for(law, float(1 - service))) - ceil(float(mean_of(law)) - 1e-9), 0)


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
