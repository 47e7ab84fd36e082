"""What the arrays say of a scenario in all its replications, as the product's rules and the views tell it."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from irt.study.randomization_plan import OtherDesign
from irt.study.schedule import treatment_days
from irt.supply.calendar import DispatchCalendar, is_review_day
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.parcels import storage_classes
from irt.supply.planner import ResupplyPlanner, SiteView
from irt.supply.planners import settings_of
from simulation.arrays import Flags, Ints
from simulation.engine import people as reference_people
from simulation.engine.books import Books
from simulation.engine.randomizing import arms_to_serve, first_visit
from simulation.engine.views import Views
from simulation.engine.world import World as ReferenceWorld
from simulation.inputs.inputs import Inputs
from simulation.lean import columns as c
from simulation.lean.foreseen import Foreseen
from simulation.lean.needs import Needs
from simulation.network import MINUTES_IN_DAY, NEVER, places_of
from simulation.spec.scenario import Scenario

NOBODY = cast("ResupplyPlanner", None)
"""Tables are made without planning anything."""


class Tables:
    """The arrays of `simulation.lean.world.World` that are alike in all replications of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.definition = scenario, scenario.definition
        self.network = places_of(scenario)
        self.settings = settings_of(self.definition)
        self.kit_codes = sorted(kit_type.code for kit_type in self.definition.kit_types)
        self.types = {code: place for place, code in enumerate(self.kit_codes)}
        self.names = [*(site.number for site in self.network.sites), *self.network.depots]
        self.depots = {code: place for place, code in enumerate(self.network.depots)}
        self.countries_at = {
            code: n for n, code in enumerate(sorted(one.code for one in self.definition.countries))
        }
        self.lot_names = sorted({row.lot for row in self.network.lots})
        self.arm_codes = [arm.code for arm in self.definition.arms]
        self.needs = Needs(self.definition, self.types, self._levels_known(), self._visit_codes())
        self._lay_out_piles()
        self._lay_out_places()
        self.foreseen = Foreseen(self.definition, self.network, self.types, self.needs.levels, self._site_levels)
        self.kit_types = self._kit_types()
        self.visits = self._visits()
        self.moves = self._moves()
        self.arms_open = self._arms_open()
        self.out = self._out()
        self.request_needs = self._request_needs()
        self.fixed = self._fixed()
        self.horizons = self._horizons()
        seeding = self.definition.resupply.seeding
        self.seeding = np.array([seeding.get(code, -1) for code in self.kit_codes], np.int64)
        self.nights = np.array([*self._nights()], np.int64) * MINUTES_IN_DAY + self.review_minute
        self.kept: dict[tuple[bool, bool], Any] = {}
        """By whether days and events are told: the first arrays, room for others, and sheets to be used again."""

    def _levels_known(self) -> list[str | None]:
        moves = self.scenario.subjects.titration
        named = [code for move in moves for code in (move.origin, move.target)]
        return [*dict.fromkeys([*(level.code for level in self.definition.dose_levels), *named]), None]

    def _visit_codes(self) -> list[str]:
        codes = [row.code for row in self.network.visits]
        return [*dict.fromkeys([*codes, first_visit(self.definition) or ""])]

    def _lay_out_piles(self) -> None:
        rows = self.network.lots
        keys = sorted({(self.types[row.kit_type], row.expiry_day, row.lot) for row in rows})
        place = {key: n for n, key in enumerate(keys)}
        self.piles = np.zeros((len(keys), c.PILE_COLUMNS), np.int64)
        for n, (kit_type, expiry_day, lot) in enumerate(keys):
            self.piles[n, [c.KIT_TYPE, c.EXPIRY_DAY, c.LOT]] = kit_type, expiry_day, self.lot_names.index(lot)
        self.first = np.searchsorted([key[0] for key in keys], np.arange(len(self.types) + 1)).astype(np.int64)
        self.lots = np.array(
            [
                (
                    place[self.types[row.kit_type], row.expiry_day, row.lot],
                    -1 if row.depot is None else self.depots[row.depot],
                    row.kits,
                    row.expiry_day,
                    NEVER,
                )
                for row in rows
            ],
            np.int64,
        ).reshape(len(rows), 5)
        self.lies_there = np.array(
            [
                [row.depot is None and (not row.sites or site.number in row.sites) for site in self.network.sites]
                for row in rows
            ],
            bool,
        ).reshape(len(rows), len(self.network.sites))

    def _lay_out_places(self) -> None:
        """Levels, windows and ways of each place, as planners are told of them."""
        views, sites, depots = self._views()
        self._site_levels = [site.levels for site in sites]
        places = len(self.names)
        self.places = np.zeros((places, c.PLACE_COLUMNS), np.int64)
        self.places[:, [c.FIRST_WAITING, c.LAST_WAITING, c.SUPPLIER]] = -1
        self.places[:, c.STOP_DAY] = NEVER
        self.levels = np.full((places, len(self.types), 2), -1, np.int64)
        self.windows = np.zeros((places, len(self.types), c.WINDOWS), np.int64)
        self.allowed = np.ones((places, len(self.piles)), bool)
        self._calendars: dict[tuple[tuple[str, str] | None, DispatchCalendar], int] = {}
        for depot in self.definition.depots:
            if depot.supplied_by is not None:
                row = self.places[len(self.network.sites) + self.depots[depot.code]]
                row[c.SUPPLIER] = self.depots[depot.supplied_by]
        for place, site in enumerate(sites):
            self._fill(views, place, site)
            self.places[place, c.COUNTRY] = self.countries_at[site.country]
            dnd = dispensing_windows(self.definition, site.country, self.kit_codes, 0)
            self.windows[place, :, c.DND_DAYS] = [dnd[code] for code in self.kit_codes]
        for view in depots:
            place = len(self.network.sites) + self.depots[view.number]
            self._fill(views, place, view)
            self.places[place, c.PLANNED] = 1
        self.dispatch, self.late_from = self._dispatch(views), self._late_from(views)

    def _views(self) -> tuple[Views, tuple[SiteView, ...], tuple[SiteView, ...]]:
        inputs = cast("Inputs", SimpleNamespace(places=self.network, on_the_road=()))
        books = Books(0, 0, keep_days=False, keep_events=False)
        world = ReferenceWorld(self.scenario, inputs, NOBODY, books)
        for site in world.sites:
            site.open = True
        views = Views(world)
        network = views.of_sites(world.sites)
        return views, network.sites, views.of_depots(network).sites

    def _fill(self, views: Views, place: int, view: SiteView) -> None:
        row = self.places[place]
        row[c.SUPPLIER] = self.depots[view.depot]
        row[c.LEAD_DAYS] = view.lead_time_days
        row[c.LANE] = self.network.lanes[view.depot, view.number]
        way = views.way_of(view.depot, view.number, view.country)
        row[c.CALENDAR] = self._calendars.setdefault((way, view.calendar), len(self._calendars))
        if view.stops_on is not None:
            row[c.STOP_DAY] = (view.stops_on - self.network.start).days
        for code, level in view.levels.items():
            self.levels[place, self.types[code]] = level.minimum, level.maximum
        for code, kit_type in self.types.items():
            self.windows[place, kit_type, c.DNC_DAYS] = view.dnc_days.get(code, 0)
            self.windows[place, kit_type, c.DNS_DAYS] = view.dns_days.get(code, 0)
        if view.approved_lots is not None:
            self.allowed[place] = [self.lot_names[lot] in view.approved_lots for lot in self.piles[:, c.LOT]]

    def _dispatch(self, views: Views) -> Ints:
        """The day goods leave, as `World.dispatch` has it."""
        leaves: dict[DispatchCalendar, Ints] = {}
        table = np.empty((len(self._calendars), 2, self.network.days), np.int64)
        for (way, calendar), place in self._calendars.items():
            if calendar not in leaves:
                leaves[calendar] = self._leaves(calendar)
            for at in range(2):
                days = np.arange(self.network.days) + self._late(views, way, at)
                table[place, at] = leaves[calendar][days]
        return table

    def _late(self, views: Views, way: tuple[str, str] | None, at: int) -> Flags | int:
        """Whether orders of each day miss its dispatch: given at midnight, or at the review."""
        if way is None:
            return 0
        if self.scenario.supply.review == "every_request":
            return at
        minute = at * self.review_minute
        days = range(self.network.days)
        return np.array([views.past_cut_off(way, day * MINUTES_IN_DAY + minute) for day in days], bool)

    def _late_from(self, views: Views) -> Ints:
        """By calendar, the minute of any day from which orders miss its dispatch, where depots go by UTC."""
        rows = np.full(len(self._calendars), MINUTES_IN_DAY, np.int64)
        if self.scenario.supply.review == "every_request":
            for (way, _), place in self._calendars.items():
                if way is not None:
                    late = partial(views.past_cut_off, way)
                    rows[place] = bisect_left(range(MINUTES_IN_DAY), True, key=late)
        return rows

    def _leaves(self, calendar: DispatchCalendar) -> Ints:
        days = self.network.days + 1
        start = self.network.start
        return np.array([(calendar.dispatch_on(start + timedelta(days=day)) - start).days for day in range(days)])

    @property
    def review_minute(self) -> int:
        """The minute of the day at which nights plan."""
        at = self.definition.resupply.review_at
        return at.hour * 60 + at.minute

    def _kit_types(self) -> Ints:
        storage_of, groups = storage_classes(self.definition), self.settings["groups"]
        storages, named = sorted(set(storage_of.values())), sorted(set(groups.values()))
        block = self.settings.get("block", {})
        self.storages = len(storages)
        return np.array(
            [
                (storages.index(storage_of[code]), named.index(groups[code]), max(block.get(code, 1), 1))
                for code in self.kit_codes
            ],
            np.int64,
        ).reshape(len(self.kit_codes), 3)

    def _visits(self) -> Ints:
        rows = [
            (
                self.needs.codes[row.code],
                row.day,
                row.at_randomization,
                treatment_days(self.definition, row.code, row.occurrence),
            )
            for row in self.network.visits
        ]
        return np.array(rows, np.int64).reshape(len(rows), c.VISIT_COLUMNS)

    def _moves(self) -> Ints:
        moves = reference_people.thresholds(self.scenario)
        most = max((len(some) for some in moves.values()), default=0)
        table = np.zeros((len(self.needs.levels), most, 2), np.int64)
        for origin, some in moves.items():
            for place, (below, target) in enumerate(some):
                table[self.needs.levels[origin], place] = below, self.needs.levels[target]
        return table

    def _arms_open(self) -> Flags:
        changing = isinstance(self.definition.randomization, OtherDesign)
        days = range(self.network.days if changing else 1)
        return np.array(
            [
                [code in arms_to_serve(self.definition, self.network.date_of(day)) for code in self.arm_codes]
                for day in days
            ],
            bool,
        )

    def _out(self) -> Ints:
        out = np.zeros(self.network.days, np.int64)
        # The first of those in force holds.
        for fault in reversed(self.scenario.faults):
            if fault.fault == "system_outage":
                how = c.OUT_AND_LOST if fault.visits == "lost" else c.OUT_ON_PAPER
                out[fault.from_day : fault.until_day] = how
        return out

    def _request_needs(self) -> dict[tuple[int, int], int]:
        return {
            (place, kits): self.needs.add(((demand.kit_type, kits),))
            for place, demand in enumerate(self.scenario.demand)
            for kits in demand.kits_per_request
        }

    def _horizons(self) -> Flags:
        """Days on which kits come so near their expiry that they count no longer at some place."""
        days = np.zeros(self.network.days + 1, bool)
        for pile in self.piles:
            gone = np.unique(pile[c.EXPIRY_DAY] - self.windows[:, pile[c.KIT_TYPE], c.DNC_DAYS] + 1)
            days[gone[(gone >= 0) & (gone < len(days))]] = True
        return days

    def _nights(self) -> Iterator[int]:
        part = self.definition.resupply
        if any((part.study, part.countries, part.sites, part.depots)):
            for day in range(self.network.days):
                if is_review_day(self.network.date_of(day), part.review_days) and not self.out[day]:
                    yield day

    def _fixed(self) -> Ints:
        scenario, resupply = self.scenario, self.definition.resupply
        enrolment, shortage = scenario.enrolment, scenario.supply.shortage
        first, valid_days = first_visit(self.definition), self.definition.screening.screening_days_max
        values: dict[int, int | None] = {
            c.END: self.network.end_minute,
            c.SITES: len(self.network.sites),
            c.DRIFT: scenario.subjects.drift,
            c.EVERY_REQUEST: scenario.supply.review == "every_request",
            c.WAITS_FOR_GOODS: shortage.rule == "waits",
            c.WAITS_COUNTED: shortage.counted,
            c.PATIENCE_MINUTES: _minutes(shortage.patience_days),
            c.TARGET: enrolment.target_subjects if enrolment else None,
            c.TURNED_AWAY: enrolment is not None and enrolment.after_target == "turned_away",
            c.SITE_MAX: enrolment.site_subjects_max if enrolment else None,
            c.ALL_ARMS: self.definition.conduct.all_arms_on_site and first is not None,
            c.FIRST_CODE: self.needs.codes[first or ""],
            c.FIRST_DAYS_TO_LAST: treatment_days(self.definition, first, 0) if first else 0,
            c.VALID_MINUTES: _minutes(valid_days),
            c.CONSOLIDATED: self.settings["consolidate"],
            c.PROTECTION: c.PROTECTIONS.index(resupply.protection),
            c.LEAST_KITS: resupply.least_kits,
            c.SHIPPER_KITS: resupply.planning.shipper_kits,
            c.REGIONAL: bool(resupply.depots),
            c.STORAGES: self.storages,
            c.RECEIPT_MINUTE: scenario.supply.receipt_minute,
            **self.foreseen.fixed(),
        }
        fixed = np.zeros(c.FIXED_SIZE, np.int64)
        for place, value in values.items():
            fixed[place] = -1 if value is None else int(value)
        return fixed


def _minutes(days: int | None) -> int | None:
    return None if days is None else days * MINUTES_IN_DAY


@lru_cache(maxsize=8)
def tables_of(scenario: Scenario) -> Tables:
    """The tables of a scenario."""
    return Tables(scenario)
