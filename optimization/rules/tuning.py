"""Settings of a rule found on the problem itself: each one is played through and priced by the checker.

What a site costs hangs on its own setting, so one play of a setting for all sites prices it for every category.
Rules are given the need beforehand on which they are then told: a flattering choice, made for each alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from irt.supply.predictive import Predictive
from irt.supply.resupply import MinMax
from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict
from optimization.plan import Plan
from optimization.rules.levels import (
    SITES,
    Category,
    Recruiters,
    Setting,
    Settings,
    min_max_levels,
    predictive_levels,
    recruiters,
)
from optimization.rules.play import Levels, Rule, played
from optimization.rules.ways import Ways
from optimization.story.charges import charges

TRIGGERS, REACHES = (7, 14, 21, 28, 42), (14, 28, 42, 56, 84)
BUFFERS = ((0, 0), (1, 2))
BEFORE_TUNING = Setting(42, 70)
"""Of depots between, while sites are tuned."""

Tell = Callable[[str], bool]
"""Hears what is played, and answers whether to go on."""


class Method(StrEnum):
    """The rules that stand beside the optimizer."""

    LEVELS = "levels"
    MIN_MAX = "min_max"
    MIN_MAX_BY_CATEGORY = "min_max_by_category"
    PREDICTIVE = "predictive"
    PREDICTIVE_BY_CATEGORY = "predictive_by_category"

    @property
    def predicts(self) -> bool:
        """Whether it looks at the need to come."""
        return self in {Method.PREDICTIVE, Method.PREDICTIVE_BY_CATEGORY}

    @property
    def by_category(self) -> bool:
        """Whether each category has a setting of its own."""
        return self in {Method.MIN_MAX_BY_CATEGORY, Method.PREDICTIVE_BY_CATEGORY}


METHOD_WORDS: Mapping[Method, str] = {
    Method.LEVELS: "Levels of today",
    Method.MIN_MAX: "Min/max",
    Method.MIN_MAX_BY_CATEGORY: "Min/max by category",
    Method.PREDICTIVE: "Predictive",
    Method.PREDICTIVE_BY_CATEGORY: "Predictive by category",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """Settings with the plan they came to, the checker's verdict, and the levels they meant."""

    settings: Settings
    levels: Levels
    plan: Plan
    verdict: Verdict

    @property
    def cents(self) -> int:
        """What it costs."""
        return self.verdict.cost.total


@dataclass(frozen=True)
class Tuning:
    """A method to be set for a problem."""

    ways: Ways
    method: Method
    review_days: int
    tell: Tell = lambda _: True
    few: Sequence[Setting] = ()
    """Settings to try, instead of all."""

    def best(self) -> Tried:
        """The cheapest settings found; of those tried so far where it was told to stop."""
        found: list[Tried] = []
        depots = BEFORE_TUNING
        for _ in range(2 if self.ways.depots else 1):
            if found and not self.tell("sites once more"):
                break
            found += [self._with_depots(one) for one in self._for_sites(depots)]
            depots = min(found, key=_rank).settings[Category.DEPOTS]
        return min(found, key=_rank)

    def _for_sites(self, depots: Setting) -> Sequence[Tried]:
        """The cheapest setting for all sites; with categories, also the cheapest of each together."""
        alike: list[Tried] = []
        for setting in self._grid():
            if alike and not self.tell(f"{setting.trigger_days} to {setting.reach_days} days of stock at sites"):
                break
            alike.append(self.tried({**dict.fromkeys(SITES, setting), Category.DEPOTS: depots}))
        best = [min(alike, key=_rank)]
        parted = self.method.by_category and len(alike) > 1
        return [*best, self.tried(self._parted(alike))] if parted else best

    def tried(self, settings: Settings) -> Tried:
        """One play, checked and priced."""
        levels = self._levels(settings)
        plan = played(self.ways, Rule(self._planner(), levels, self.review_days))
        return Tried(settings, levels, plan, check_plan(self.ways.problem, plan))

    def _planner(self) -> MinMax | Predictive:
        return Predictive() if self.method.predicts else MinMax()

    @property
    def _known(self) -> Recruiters:
        return recruiters(self.ways)

    def _levels(self, settings: Settings) -> Levels:
        return (predictive_levels if self.method.predicts else min_max_levels)(self._known, settings)

    def _grid(self) -> Sequence[Setting]:
        if self.few:
            return self.few
        covers = [(trigger, reach) for trigger, reach in product(TRIGGERS, REACHES) if reach > trigger]
        buffers = BUFFERS if self.method.predicts else BUFFERS[:1]
        return [Setting(*cover, *buffer) for cover, buffer in product(covers, buffers)]

    def _parted(self, alike: Sequence[Tried]) -> Settings:
        """For each category the setting that was cheapest for it."""
        priced = [(self._by_category(one), one) for one in alike]
        found = dict(alike[0].settings)
        for category in SITES:
            found[category] = min(priced, key=lambda each: each[0][category])[1].settings[category]
        return found

    def _by_category(self, one: Tried) -> Mapping[Category, int]:
        """Cents at the places of each category."""
        categories, cents = self._known.categories, dict.fromkeys(Category, 0)
        for charge in charges(self.ways.problem, one.plan):
            if charge.place in categories:
                cents[categories[charge.place]] += charge.cents
        return cents

    def _with_depots(self, sites: Tried) -> Tried:
        """The same with the best setting of the depots between, where there are any."""
        tried = [sites]
        for setting in self._grid() if self.ways.depots else ():
            if not self.tell(f"{setting.trigger_days} to {setting.reach_days} days of stock at depots"):
                break
            tried.append(self.tried({**sites.settings, Category.DEPOTS: setting}))
        return min(tried, key=_rank)


def _rank(one: Tried) -> tuple[bool, int]:
    """Plans the checker accepts first, then by cost."""
    return not one.verdict.accepted, one.cents
