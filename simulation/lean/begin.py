"""The arrays of a replication at its first minute."""

from typing import Any

import numpy as np

from simulation.arrays import Flags, Ints
from simulation.inputs.inputs import Inputs
from simulation.inputs.people import Visits
from simulation.inputs.trips import Trips
from simulation.lean import columns as c
from simulation.lean.layout import Sheet
from simulation.lean.packed import in_one_number
from simulation.lean.sheets import Sheets
from simulation.lean.tables import Tables
from simulation.lean.world import World
from simulation.network import NEVER
from simulation.spec.faults import CourierStrike, CustomsDelay, DepotOutage, LostShipment

FIRST_TOLD = 1 << 12


def begun(tables: Tables, inputs: Inputs, *, keep_days: bool, keep_events: bool) -> tuple[Sheet, Sheets]:
    """All arrays when nothing has happened yet, and where they are given back to."""
    kept, room, sheets = _kept(tables, inputs, keep_days=keep_days, keep_events=keep_events)
    chance = _of_chance(tables, inputs)
    sheet = sheets.take(kept, {name: array.shape for name, array in chance.items()}, room)
    for name, array in chance.items():
        sheet.use(name, array.shape)[...] = array
    sheet.world.lots[:, 4] = inputs.lot_recalled_day
    know_trips(sheet.world, inputs.trips)
    return sheet, sheets


def _kept(
    tables: Tables, inputs: Inputs, *, keep_days: bool, keep_events: bool
) -> tuple[dict[str, Any], dict[str, tuple[int, ...]], Sheets]:
    """What is the same at the beginning of all replications, worked out once."""
    kind = keep_days, keep_events
    if kind not in tables.kept:
        fixed = tables.fixed.copy()
        fixed[c.KEEPS_EVENTS], fixed[c.KEEPS_DAYS] = keep_events, keep_days
        clock = np.zeros(c.CLOCK_SIZE, np.int64)
        clock[[c.LAST_RANDOMIZED_DAY, c.COMPLETION_DAY, c.PENDING, c.CHECKED_DAY]] = -1
        clock[[c.UNUSED_LATER, c.DAY_AT_HAND]] = -1
        days = tables.network.days if keep_days else 0
        arrays = {"clock": clock, "fixed": fixed} | _of_the_scenario(tables, inputs) | _books(tables, days)
        people = len(inputs.recruits.site)
        tables.kept[kind] = arrays, _room(tables, people, FIRST_TOLD if keep_events else 0), Sheets()
    return tables.kept[kind]


def _of_the_scenario(tables: Tables, inputs: Inputs) -> dict[str, Any]:
    """Places, lots, lanes and calendars."""
    road_faults, hit = _road_faults(inputs)
    halts, halted = _halts(inputs)
    return {
        "places": tables.places,
        "countries": _countries(tables),
        "levels": tables.levels,
        "windows": tables.windows,
        "allowed": tables.allowed,
        "seeding": tables.seeding,
        "piles": tables.piles,
        "first": tables.first,
        "lots": tables.lots,
        "lies_there": tables.lies_there,
        "kit_types": tables.kit_types,
        "dispatch": tables.dispatch,
        "late_from": tables.late_from,
        "horizons": tables.horizons,
        "nights": tables.nights,
        "days": np.full(tables.network.days + 1, -1, np.int64),
        "lanes": _lanes(inputs),
        "road_faults": road_faults,
        "hit": hit,
        "halts": halts,
        "halted": halted,
        "out": tables.out,
        "visits": tables.visits,
        "moves": tables.moves,
        "arms_open": tables.arms_open,
        "reaches": tables.foreseen.reaches,
        "planned": tables.foreseen.planned,
        "expected": tables.foreseen.expected,
        "stay": tables.foreseen.stay,
    }


def _of_chance(tables: Tables, inputs: Inputs) -> dict[str, Any]:
    """People, roads and visits as this replication's inputs tell them, and what is known of kits due."""
    trips, visits = inputs.trips, inputs.people.visits
    trips.grow(0)
    people = people_of(tables, inputs)
    comers, comers_from = _comers(tables, people[:, c.SITE])
    return {
        "people": people,
        "arms": np.zeros(len(people), np.int64),
        "comers": comers,
        "comers_from": comers_from,
        "requests": _requests(tables, inputs),
        "transit_days": trips.transit_days,
        "happens": trips.happens,
        "delay_days": trips.delay_days,
        "own_visits": _own_visits(visits),
        "replaced_after": visits.replaced_after,
        "due": tables.needs.due,
        "needs": tables.needs.rows,
    }


def _books(tables: Tables, days: int) -> dict[str, Any]:
    """Stock and counts, all empty; `days` that are told apart."""
    places, piles, types, sites = len(tables.names), len(tables.piles), len(tables.types), len(tables.network.sites)
    return {
        "stock": np.zeros((places, piles), np.int64),
        "coming": np.zeros((places, piles), np.int64),
        "lapsed": np.zeros((2, sites, types), np.int64),
        "tally": np.zeros(len(c.TALLY), np.int64),
        "by_type": np.zeros((len(c.BY_TYPE), types), np.int64),
        "day_counts": np.zeros((4, days), np.int64),
        "site_counts": np.zeros((3, sites, days), np.int64),
        "sent": np.zeros((places, piles), np.int64),
        "mask": np.zeros(piles, bool),
        "foreseen": np.zeros((types, c.F_COLUMNS), np.int64),
    }


def _room(tables: Tables, people: int, told: int) -> dict[str, tuple[int, ...]]:
    """Room for what happens: as much as most replications need, more is made when it is full."""
    places, piles, types, storages = len(tables.names), len(tables.piles), len(tables.types), tables.storages
    things = 2 * people + 4 * places * storages + 64
    return {
        "queue": (things, 3),
        "later": (things, c.LATER_COLUMNS),
        "ships": (16 * places * storages + 64, c.SHIP_COLUMNS),
        "loads": (32 * places * max(storages, 2) + 2 * places * piles + 64, 2),
        "waits": (64, c.WAIT_COLUMNS),
        "log": (told, c.LOG_COLUMNS),
        "log_kits": (told, 2),
        "wanted": (places * types, 5),
        "order": (2, places * types),
    }


def _comers(tables: Tables, sites: Ints) -> tuple[Ints, Ints]:
    """People by site, and where those of each site begin; nobody where nothing is foreseen."""
    looked_for = sites if tables.fixed[c.PREDICTIVE] else sites[:0]
    order = np.argsort(looked_for, kind="stable")
    return order, np.searchsorted(looked_for[order], np.arange(len(tables.network.sites) + 1))


def know_trips(w: World, trips: Trips) -> None:
    """Tells of each lane how many of its consignments are known, and how many are left at least."""
    w.lanes[:, 2] = trips.known
    w.clock[c.LEAST_LEFT] = np.min(trips.known - w.lanes[:, 0], initial=NEVER)


def people_of(tables: Tables, inputs: Inputs) -> Ints:
    """People as they come."""
    recruits, people = inputs.recruits, inputs.people
    rows = np.zeros((len(recruits.site), c.PERSON_COLUMNS), np.int64)
    rows[:, c.SITE], rows[:, c.ARRIVES] = recruits.site, recruits.arrives
    rows[:, c.SCREENED_MINUTES], rows[:, c.FAILS] = people.screened_minutes, people.fails
    none = len(tables.needs.levels) - 1
    rows[:, c.LEVEL] = np.where(people.dose_level < 0, none, people.dose_level)
    rows[:, c.WEIGHT] = tables.needs.weights_of(people.weight_kg)
    rows[:, c.STAYS_MINUTES] = people.stays_minutes
    return rows


def _own_visits(visits: Visits) -> Ints:
    """What befalls each person at each visit. ValueError where days do not fit their bits."""
    if np.any(visits.off_days != visits.off_days.astype(np.int16)):
        raise ValueError("a visit is moved by more days than there is room for")
    return in_one_number(
        visits.off_days, visits.minute, visits.titration, visits.quits, visits.held, visits.replaced_after
    )


def _countries(tables: Tables) -> Ints:
    enrolment = tables.scenario.enrolment
    rows = np.zeros((len(tables.countries_at), 2), np.int64)
    rows[:, 1] = -1
    for code, own in (enrolment.countries if enrolment else {}).items():
        if own.subjects_max is not None:
            rows[tables.countries_at[code], 1] = own.subjects_max
    return rows


def _lanes(inputs: Inputs) -> Ints:
    laws = [lane.law for lane in inputs.trips.lanes]
    rows = np.zeros((len(laws), 3), np.int64)
    rows[:, 1] = [law is not None and law.rounding == "minute" for law in laws]
    return rows


def _road_faults(inputs: Inputs) -> tuple[Ints, Flags]:
    faults, lanes = inputs.trips.faults, inputs.trips.lanes
    rows = np.zeros((len(faults), c.ROAD_FAULT_COLUMNS), np.int64)
    for row, fault in zip(rows, faults, strict=True):
        lost = c.LOST if isinstance(fault, LostShipment) else c.SPOILED
        row[:] = fault.from_day, fault.until_day, c.DELAYED if isinstance(fault, CustomsDelay) else lost
    hit = np.array([[lane.concerns(fault.targets) for lane in lanes] for fault in faults], bool)
    return rows, hit.reshape(len(faults), len(lanes))


def _halts(inputs: Inputs) -> tuple[Ints, Flags]:
    """Outages of depots, then strikes by the day they begin."""
    trips = inputs.trips
    strikes = sorted(trips.strikes, key=lambda strike: strike.from_day)
    periods: list[CourierStrike | DepotOutage] = [*trips.outages, *strikes]
    rows = [(period.from_day, period.until_day, isinstance(period, CourierStrike)) for period in periods]
    halted = [
        [
            lane.concerns(period.targets) if isinstance(period, CourierStrike) else lane.origin == period.depot
            for lane in trips.lanes
        ]
        for period in periods
    ]
    shape = len(periods), len(trips.lanes)
    return np.array(rows, np.int64).reshape(len(periods), 3), np.array(halted, bool).reshape(shape)


def _requests(tables: Tables, inputs: Inputs) -> Ints:
    requests, demands = inputs.requests, tables.scenario.demand
    rows = np.zeros((len(requests.minute), c.REQUEST_COLUMNS), np.int64)
    rows[:, c.R_MINUTE], rows[:, c.R_SITE] = requests.minute, requests.site
    if len(rows):
        needs = np.full((len(demands), max(kits for _, kits in tables.request_needs) + 1), -1, np.int64)
        for (demand, kits), need in tables.request_needs.items():
            needs[demand, kits] = need
        rows[:, c.R_NEED] = needs[requests.demand, requests.kits]
        rows[:, c.R_DAYS_TO_LAST] = np.array([demand.days_to_last for demand in demands])[requests.demand]
    return rows
