"""What a rule is set to: categories of sites by what they use, days of cover or windows, the levels that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from irt.supply.planner import Level
from optimization.rules.ways import Ways


class Category(StrEnum):
    """Sites by thirds of what they are expected to use, and depots that others supply."""

    LOW = "low recruiters"
    MEDIUM = "medium recruiters"
    HIGH = "high recruiters"
    DEPOTS = "depots between"


SITES = (Category.LOW, Category.MEDIUM, Category.HIGH)


@dataclass(frozen=True, slots=True, order=True)
class Setting:
    """Days of cover, and buffers in kits.

    Min/max orders when less than `trigger_days` of mean use is there, up to `reach_days` of it; predictive does so
    with the need it foresees, and the buffers on top.
    """

    trigger_days: int
    reach_days: int
    least: int = 0
    most: int = 0


Settings = Mapping[Category, Setting]


@dataclass(frozen=True)
class Recruiters:
    """The category of every supplied place, and the kits of each type that its category uses a day in the mean."""

    categories: Mapping[str, Category]
    kits_a_day: Mapping[str, Mapping[str, float]]


def recruiters(ways: Ways) -> Recruiters:
    """Sites by thirds; kits of a blind group are used alike, at the rate of the one that is used most."""
    used = {site.id: sum(row.kits for row in ways.wanted_at.get(site.id, ())) for site in ways.sites}
    ranked = sorted(used, key=lambda site: (used[site], site))
    categories = {site: SITES[min(place * 3 // max(len(ranked), 1), 2)] for place, site in enumerate(ranked)}
    rates: dict[str, Mapping[str, float]] = {}
    for category in SITES:
        members = [site for site in ranked if categories[site] is category]
        rates |= dict.fromkeys(members, _kits_a_day(ways, members))
    for depot in ways.depots:
        categories[depot.id] = Category.DEPOTS
        rates[depot.id] = _kits_a_day(ways, [depot.id])
    return Recruiters(categories, rates)


def min_max_levels(known: Recruiters, settings: Settings) -> Mapping[str, Mapping[str, Level]]:
    """Place -> kit type -> minimum and maximum: the cover in days, in whole kits."""
    return {
        place: {kit: _level(rate, settings[category]) for kit, rate in known.kits_a_day[place].items()}
        for place, category in known.categories.items()
    }


def predictive_levels(known: Recruiters, settings: Settings) -> Mapping[str, Mapping[str, Level]]:
    """Place -> kit type -> windows with their buffers."""
    windows = {
        category: Level(one.least, one.most, one.trigger_days, one.reach_days) for category, one in settings.items()
    }
    return {
        place: dict.fromkeys(known.kits_a_day[place], windows[category])
        for place, category in known.categories.items()
    }


def _level(kits_a_day: float, setting: Setting) -> Level:
    least = max(ceil(kits_a_day * setting.trigger_days), 1)
    return Level(least, max(ceil(kits_a_day * setting.reach_days), least))


def _kits_a_day(ways: Ways, members: list[str]) -> Mapping[str, float]:
    problem = ways.problem
    kits = dict.fromkeys(problem.kit_types, 0)
    for site in members:
        for row in ways.wanted_at.get(site, ()):
            kits[row.kit] += row.kits
    days = max(problem.horizon_days * len(members), 1)
    rates = {kit: number / days for kit, number in kits.items() if number}
    for group in problem.blind_groups:
        most = max((rates.get(kit, 0.0) for kit in group), default=0.0)
        rates |= dict.fromkeys(group, most) if most else {}
    return rates
