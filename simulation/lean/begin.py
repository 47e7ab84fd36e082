"""The arrays of a replication at its first minute."""

from typing import Any

import numpy as np

from simulation.arrays import Flags, Ints
from simulation.inputs.inputs import Inputs
from simulation.lean import columns as c
from simulation.lean.tables import Tables
from simulation.spec.faults import CourierStrike, CustomsDelay, DepotOutage, LostShipment

FIRST_TOLD = 1 << 12


def arrays_of(tables: Tables, inputs: Inputs, *, keep_days: bool, keep_events: bool) -> dict[str, Any]:
    """Nothing has happened yet; what changes is this replication's own."""
    fixed = tables.fixed.copy()
    fixed[c.KEEPS_EVENTS], fixed[c.KEEPS_DAYS] = keep_events, keep_days
    clock = np.zeros(c.CLOCK_SIZE, np.int64)
    clock[[c.LAST_RANDOMIZED_DAY, c.COMPLETION_DAY, c.PENDING, c.CHECKED_DAY]] = -1
    days = tables.network.days if keep_days else 0
    told = FIRST_TOLD if keep_events else 0
    people = people_of(tables, inputs)
    return (
        {"clock": clock, "fixed": fixed, "people": people, "requests": _requests(tables, inputs)}
        | _of_the_scenario(tables)
        | _of_chance(tables, inputs)
        | _books(tables, days, told)
        | _room(tables, len(people))
    )


def _of_the_scenario(tables: Tables) -> dict[str, Any]:
    """What is the same in every replication; copied where it changes."""
    return {
        "places": tables.places.copy(),
        "countries": _countries(tables),
        "levels": tables.levels,
        "windows": tables.windows,
        "allowed": tables.allowed,
        "seeding": tables.seeding,
        "piles": tables.piles.copy(),
        "first": tables.first,
        "lies_there": tables.lies_there,
        "kit_types": tables.kit_types,
        "dispatch": tables.dispatch,
        "late_from": tables.late_from,
        "horizons": tables.horizons,
        "out": tables.out,
        "visits": tables.visits,
        "moves": tables.moves,
        "due": tables.needs.due,
        "needs": tables.needs.rows,
        "arms_open": tables.arms_open,
    }


def _of_chance(tables: Tables, inputs: Inputs) -> dict[str, Any]:
    """Lots, roads and visits as this replication's inputs tell them."""
    trips, visits = inputs.trips, inputs.people.visits
    if not trips.transit_days.shape[1]:
        trips.grow(0)
    lots = tables.lots.copy()
    lots[:, 4] = inputs.lot_recalled_day
    road_faults, hit = _road_faults(inputs)
    halts, halted = _halts(inputs)
    return {
        "lots": lots,
        "lanes": _lanes(inputs),
        "transit_days": trips.transit_days,
        "happens": trips.happens,
        "delay_days": trips.delay_days,
        "road_faults": road_faults,
        "hit": hit,
        "halts": halts,
        "halted": halted,
        "off_days": visits.off_days,
        "minute": visits.minute,
        "quits": visits.quits,
        "held": visits.held,
        "titration": visits.titration,
        "replaced_after": visits.replaced_after,
    }


def _books(tables: Tables, days: int, told: int) -> dict[str, Any]:
    """Stock and counts, all empty; `days` that are told apart, `told` lines of the log."""
    places, piles, types, sites = len(tables.names), len(tables.piles), len(tables.types), len(tables.network.sites)
    return {
        "stock": np.zeros((places, piles), np.int64),
        "coming": np.zeros((places, piles), np.int64),
        "lapsed": np.zeros((2, sites, types), np.int64),
        "tally": np.zeros(len(c.TALLY), np.int64),
        "by_type": np.zeros((len(c.BY_TYPE), types), np.int64),
        "day_counts": np.zeros((4, days), np.int64),
        "site_counts": np.zeros((3, sites, days), np.int64),
        "log": np.zeros((told, c.LOG_COLUMNS), np.int64),
        "log_kits": np.zeros((told, 2), np.int64),
    }


def _room(tables: Tables, people: int) -> dict[str, Any]:
    """Room for what happens: as much as most replications need, more is made when it is full."""
    places, piles, types, storages = len(tables.names), len(tables.piles), len(tables.types), tables.storages
    return {
        "arms": np.zeros(people, np.int64),
        "queue": np.zeros((2 * people + 4 * places * storages + 64, 3), np.int64),
        "ships": np.zeros((16 * places * storages + 64, c.SHIP_COLUMNS), np.int64),
        "loads": np.zeros((32 * places * max(storages, 2) + 2 * places * piles + 64, 2), np.int64),
        "waits": np.zeros((64, c.WAIT_COLUMNS), np.int64),
        "wanted": np.zeros((places * types, 5), np.int64),
        "order": np.zeros((2, places * types), np.int64),
        "sent": np.zeros((places, piles), np.int64),
        "mask": np.zeros(piles, bool),
    }


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
    rows = np.zeros((len(laws), 2), np.int64)
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
