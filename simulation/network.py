"""The places of a scenario in the order in which everything goes over them: sites by number, lots by expiry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from irt.study.definition import StudyDefinition
from irt.study.schedule import planned_visits
from irt.study.sites import sites_of
from simulation.spec.scenario import Scenario

NEVER = 1 << 40
"""A day or minute that no scenario reaches."""
MINUTES_IN_DAY = 1440


class SitePlace(NamedTuple):
    """A site; `stock_lots` lie there when it opens."""

    number: str
    country: str
    region: str
    label_group: str
    depot: str


class LotRow(NamedTuple):
    """Kits of one type under one blinded lot: made at a depot on a day, or at each of its sites when they open."""

    lot: str
    kit_type: str
    depot: str | None
    kits: int
    released_day: int
    expiry_day: int
    countries: tuple[str, ...]
    sites: tuple[str, ...]


class VisitRow(NamedTuple):
    """One occurrence of a dispensing visit, on its day from randomization."""

    code: str
    occurrence: int
    day: int
    before_days: int
    after_days: int
    at_randomization: bool


@dataclass(frozen=True, slots=True)
class Places:
    """A scenario laid out: sites by number, lots, dispensing visits by day, and every way that goods go."""

    start: date
    days: int
    sites: tuple[SitePlace, ...]
    depots: tuple[str, ...]
    lots: tuple[LotRow, ...]
    visits: tuple[VisitRow, ...]
    lanes: Mapping[tuple[str, str], int]
    """(depot, site number or depot) -> the lane's place in arrays."""

    def date_of(self, day: int) -> date:
        """The date of a day."""
        return self.start + timedelta(days=day)

    @property
    def end_minute(self) -> int:
        """The first minute after the horizon."""
        return self.days * MINUTES_IN_DAY


@lru_cache(maxsize=64)
def places_of(scenario: Scenario) -> Places:
    """The places of a scenario."""
    definition = scenario.definition
    sites = _sites(definition, scenario.size)
    ways = [(site.depot, site.number) for site in sites]
    ways += [(depot.supplied_by, depot.code) for depot in definition.depots if depot.supplied_by]
    return Places(
        start=scenario.start,
        days=scenario.horizon_days,
        sites=sites,
        depots=tuple(sorted(depot.code for depot in definition.depots)),
        lots=_lots(scenario),
        visits=_visits(scenario) if scenario.enrolment is not None else (),
        lanes={way: place for place, way in enumerate(ways)},
    )


def _sites(definition: StudyDefinition, size: str) -> tuple[SitePlace, ...]:
    countries = {country.code: country for country in definition.countries}
    rows = []
    for site in sites_of(definition, size):
        country = countries[site.country]
        depot = definition.depot_of(site)
        rows.append(SitePlace(site.number, country.code, country.region, country.label_group, depot))
    return tuple(sorted(rows))


def _lots(scenario: Scenario) -> tuple[LotRow, ...]:
    supply = scenario.supply
    rows = [
        LotRow(lot.lot, lot.kit_type, lot.depot, lot.kits, lot.released_day, lot.expiry_day, lot.countries, ())
        for lot in supply.lots or _lots_of_study(scenario)
    ]
    rows += [
        LotRow(stock.lot, stock.kit_type, None, stock.kits, 0, stock.expiry_day, stock.countries, stock.sites)
        for stock in supply.site_stock
    ]
    if scenario.begun is None:  # a trial under way tells dates as they stand on its kits
        rows = _as_labelled(rows)
    return tuple(sorted(rows, key=lambda row: (row.expiry_day, row.lot, row.kit_type, row.depot or "")))


def _as_labelled(rows: list[LotRow]) -> list[LotRow]:
    """A blinded lot shows one date, the earliest of its parts: kits that look alike must not differ."""
    parts: dict[str, list[int]] = {}
    for row in rows:
        parts.setdefault(row.lot, []).append(row.expiry_day)
    return [row._replace(expiry_day=min(parts[row.lot])) for row in rows]


def _lots_of_study(scenario: Scenario) -> list[LotRow]:
    size = scenario.definition.sizes.get(scenario.size)
    if size is None:
        return []
    return [
        LotRow(
            lot=lot.blinded_lot,
            kit_type=lot.kit_type,
            depot=lot.depot,
            kits=lot.kits,
            released_day=max((lot.released - scenario.start).days, 0),
            expiry_day=(lot.expiry - scenario.start).days,
            countries=(),
            sites=(),
        )
        for lot in size.lots
    ]


def _visits(scenario: Scenario) -> tuple[VisitRow, ...]:
    longest = -min((one.randomized_day for one in scenario.begun.subjects), default=0) if scenario.begun else 0
    until = scenario.start + timedelta(days=scenario.horizon_days + longest)
    planned = planned_visits(scenario.definition, {"randomization": scenario.start}, until)
    return tuple(
        VisitRow(
            code=visit.code,
            occurrence=visit.occurrence,
            day=(visit.planned - scenario.start).days,
            before_days=(visit.planned - visit.window_from).days,
            after_days=(visit.window_to - visit.planned).days,
            at_randomization=visit.kind == "randomization",
        )
        for visit in planned
        if visit.dispenses
    )
