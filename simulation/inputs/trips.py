"""Consignments on the road: how long each takes and what happens to it, by its number on its lane.

Because a number on a lane always takes as long, a policy that sends more or less meets the same roads.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulation.arrays import Flags, Floats, Ints, Words
from simulation.inputs.chance import Chance, Purpose, Stream, entities_of, happens
from simulation.inputs.laws import draw
from simulation.network import MINUTES_IN_DAY, places_of
from simulation.spec.faults import (
    CourierStrike,
    CustomsDelay,
    DepotOutage,
    LostShipment,
    Period,
    TemperatureExcursion,
)
from simulation.spec.laws import Law
from simulation.spec.scenario import Scenario
from simulation.spec.supply import TransitLaw

FIRST_DRAWN = 32
NOON = 720
RoadFault = CustomsDelay | LostShipment | TemperatureExcursion


class Trip(NamedTuple):
    """One consignment: the minutes it leaves and arrives, and whether it is lost or spoiled on its way."""

    leaves: int
    arrives: int
    lost: bool
    spoiled: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane as goods really travel it."""

    origin: str
    target: str
    country: str
    law: TransitLaw | None
    lead_time_days: int

    def concerns(self, targets: tuple[str, ...]) -> bool:
        return not targets or self.target in targets or self.country in targets


class Trips:
    """The roads of one replication: columns grow as more consignments are sent, and never change."""

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        self._scenario, self._chance = scenario, chance
        self.lanes = _lanes_of(scenario)
        self._entities = entities_of([f"{lane.origin}>{lane.target}" for lane in self.lanes])
        self.faults = tuple(fault for fault in scenario.faults if isinstance(fault, RoadFault))
        self.strikes = tuple(fault for fault in scenario.faults if isinstance(fault, CourierStrike))
        self.outages = tuple(fault for fault in scenario.faults if isinstance(fault, DepotOutage))
        self._known = 0
        self.transit_days: Floats = np.zeros((len(self.lanes), 0))
        self.happens: Flags = np.zeros((len(self.faults), len(self.lanes), 0), bool)
        self.delay_days: Floats = np.zeros((len(self.faults), len(self.lanes), 0))

    def trip(self, lane: int, number: int, raised: int, dispatch_day: int) -> Trip:
        """The so-maniest consignment of a lane (from 0), ordered at a minute to leave on a day."""
        if number >= self._known:
            self.grow(number)
        way = self.lanes[lane]
        by_minute = way.law is not None and way.law.rounding == "minute"
        start = raised if by_minute else max(raised, dispatch_day * MINUTES_IN_DAY + NOON)
        leaves = self._leaves(way, start)
        lost = spoiled = False
        days = float(self.transit_days[lane, number])
        for place, fault in enumerate(self.faults):
            in_force = fault.from_day <= leaves // MINUTES_IN_DAY < fault.until_day
            if in_force and way.concerns(fault.targets) and self.happens[place, lane, number]:
                days += float(self.delay_days[place, lane, number])
                lost |= isinstance(fault, LostShipment)
                spoiled |= isinstance(fault, TemperatureExcursion)
        return Trip(leaves, self._arrives(way, leaves, days, by_minute=by_minute), lost, spoiled)

    def _leaves(self, way: Lane, start: int) -> int:
        """The minute goods leave: not while their depot is out, nor in a strike."""
        periods: list[Period] = [fault for fault in self.outages if fault.depot == way.origin]
        periods += [fault for fault in self.strikes if way.concerns(fault.targets)]
        moved = True
        while moved:
            moved = False
            for period in periods:
                if period.from_day <= start // MINUTES_IN_DAY < period.until_day:
                    start, moved = period.until_day * MINUTES_IN_DAY + start % MINUTES_IN_DAY, True
        return start

    def _arrives(self, way: Lane, leaves: int, days: float, *, by_minute: bool) -> int:
        if by_minute:
            arrives = leaves + int(days * MINUTES_IN_DAY + 0.5)
        else:
            day = leaves // MINUTES_IN_DAY + int(days + 0.5)
            arrives = max(day * MINUTES_IN_DAY + self._scenario.supply.receipt_minute, leaves)
        for strike in sorted(self.strikes, key=lambda strike: strike.from_day):
            begins, ends = strike.from_day * MINUTES_IN_DAY, strike.until_day * MINUTES_IN_DAY
            if way.concerns(strike.targets) and leaves < begins <= arrives:
                arrives += ends - begins
        return arrives

    def grow(self, number: int) -> None:
        """Draws further columns until there is one of that number, twice as many each time."""
        until = max(FIRST_DRAWN, 2 * self._known)
        while until <= number:
            until *= 2
        numbers = np.arange(self._known, until)
        stream = self._chance.stream(Purpose.TRANSIT)
        self.transit_days = np.hstack([self.transit_days, self._transit(stream, numbers)])
        hits, delays = [], []
        for fault in self.faults:
            own = self._chance.stream(Purpose.FAULTS, fault.name)
            words: Words = own.words(self._entities[:, None], numbers[None, :], TRIES_PLACE)
            hits.append(happens(words[0], fault.chance))
            delays.append(np.zeros(hits[-1].shape))
            if isinstance(fault, CustomsDelay):
                lanes, columns = np.nonzero(hits[-1])
                late = draw(fault.delay_days, own, self._entities[lanes], numbers[columns])
                delays[-1][lanes, columns] = late
        if hits:
            self.happens = np.concatenate([self.happens, np.stack(hits)], axis=2)
            self.delay_days = np.concatenate([self.delay_days, np.stack(delays)], axis=2)
        self._known = until

    def _transit(self, stream: Stream, numbers: Ints) -> Floats:
        days = np.empty((len(self.lanes), len(numbers)))
        by_law: dict[TransitLaw | None, list[int]] = {}
        for place, lane in enumerate(self.lanes):
            by_law.setdefault(lane.law, []).append(place)
        for law, rows in by_law.items():
            if law is None:
                days[rows] = np.array([self.lanes[row].lead_time_days for row in rows])[:, None]
            else:
                days[rows] = _table(law.days, stream, self._entities[rows], numbers)
        return days


TRIES_PLACE = 1 << 20
"""Where a fault's own yes or no is found, far from the places its delay is drawn from."""


def _table(law: Law, stream: Stream, entities: Words, numbers: Ints) -> Floats:
    return draw(law, stream, entities[:, None], numbers[None, :])


@lru_cache(maxsize=64)
def _lanes_of(scenario: Scenario) -> list[Lane]:
    places = places_of(scenario)
    definition = scenario.definition
    lead = {(lane.origin, lane.target): lane.lead_time_days for lane in definition.lanes}
    countries = {site.number: site.country for site in places.sites}
    countries |= {depot.code: depot.country for depot in definition.depots}
    rows = []
    for origin, target in places.lanes:
        country = countries[target]
        days = lead.get((origin, target), lead.get((origin, country), 0))
        rows.append(Lane(origin, target, country, _law(scenario, origin, target, country), days))
    return rows


def _law(scenario: Scenario, origin: str, target: str, country: str) -> TransitLaw | None:
    fits = (
        law
        for law in scenario.supply.transit
        if law.origin in (None, origin) and law.target in (None, target, country)
    )
    return next(fits, None)
