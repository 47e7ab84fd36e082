"""Min/max and predictive resupply, the product's own rules with one place for all sites at once.

Whether they are the same as the planners of `irt.supply` is shown by the tests, site by site.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from irt.supply.projection import DROPOUT_DAYS
from optimization.policies.facts import NEVER, Facts
from optimization.policies.paths import ARMS, Floats, Ints

CATEGORIES = ("low", "medium", "high")
"""Recruiters by what they are expected to enrol a week, from what is known today."""
BOUNDS = (0.15, 0.35)


def category_of(facts: Facts) -> Ints:
    """0, 1 or 2: a low, medium or high recruiter."""
    a, b = facts.rate
    return np.digitize(a / b, BOUNDS)


def topped_up(stock: Ints, least: Ints, most: Ints) -> Ints:
    """Either arm up to its most as soon as one is below its least, at least one kit of each."""
    low = np.less(stock, least).any(axis=1, keepdims=True)
    return np.where(low, np.maximum(most - stock, 1), 0)


@dataclass(frozen=True)
class MinMax:
    """A minimum and a maximum for each category of recruiters."""

    minimum: tuple[int, int, int]
    maximum: tuple[int, int, int]
    name: str = "min/max by category"

    @property
    def parameters(self) -> dict[str, object]:
        """Minimum and maximum, by category."""
        return {each: [self.minimum[i], self.maximum[i]] for i, each in enumerate(CATEGORIES)}

    def order(self, stock: Ints, facts: Facts) -> Ints:
        """Up to the maximum where an arm is below the minimum."""
        category = category_of(facts)
        least, most = np.array(self.minimum)[category], np.array(self.maximum)[category]
        return topped_up(stock, least[:, None], most[:, None])


@dataclass(frozen=True)
class Predictive:
    """Trigger and resupply weeks over the need of subjects on treatment, with buffers.

    `told_the_end`: visits planned after the trial's end are not counted.
    """

    trigger_weeks: int
    resupply_weeks: int
    minimum_buffer: int
    maximum_buffer: int
    told_the_end: bool = False
    name: str = "predictive"

    @property
    def parameters(self) -> dict[str, object]:
        """Weeks and buffers."""
        return {
            "trigger_weeks": self.trigger_weeks,
            "resupply_weeks": self.resupply_weeks,
            "minimum_buffer": self.minimum_buffer,
            "maximum_buffer": self.maximum_buffer,
            "told_the_end": self.told_the_end,
        }

    def order(self, stock: Ints, facts: Facts) -> Ints:
        """Where less is there than the need over the trigger window and its buffer, up to the other window's."""
        least = need(facts, self.trigger_weeks, self.told_the_end) + self.minimum_buffer
        most = np.maximum(need(facts, self.resupply_weeks, self.told_the_end) + self.maximum_buffer, least)
        return topped_up(stock, least, most)


@lru_cache(maxsize=4_096)
def need(facts: Facts, weeks: int, told_the_end: bool = False) -> Ints:
    """Kits of each arm over so many weeks, the sum of both rounded up, as `irt.supply.projection` rounds."""
    return in_whole_kits(_shares(facts, weeks, told_the_end))


def _shares(facts: Facts, weeks: int, told_the_end: bool) -> Floats:
    trial = facts.trial
    stay = float(1 - Fraction(trial.dropout_per_visit).limit_denominator(1000))
    total = np.zeros((len(facts.enrolled), ARMS))
    planned, today = facts.next_day, 7 * facts.week
    until = min(today + 7 * weeks, 7 * trial.weeks if told_the_end else NEVER)
    for _ in range(trial.visits_max):
        wanted = (planned < until) & (weeks > 0)
        kits = wanted * stay ** (np.maximum(planned - today, 0) // DROPOUT_DAYS)
        for arm in range(ARMS):
            total[:, arm] += (kits * (facts.arm == arm)).sum(axis=1)
        planned = planned + trial.visit_days
    return total


def in_whole_kits(shares: Floats) -> Ints:
    """The sum of the arms is rounded up and parted by largest remainder, then by arm."""
    shares = np.round(shares, 9)
    whole = np.floor(shares).astype(np.int64)
    missing = np.ceil(np.round(shares.sum(axis=1), 9)).astype(np.int64) - whole.sum(axis=1)
    order = np.argsort(whole - shares, axis=1, kind="stable")
    for place in range(ARMS):
        whole[np.arange(len(whole)), order[:, place]] += missing > place
    return whole
