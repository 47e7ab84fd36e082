"""Consignments on the road: how long each takes and what happens to it, by its number on its lane.

Because a number on a lane always takes as long, a policy that sends more or less meets the same roads.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

import numpy as np

from simulation.arrays import Flags, Floats, Ints, Words
from simulation.inputs.chance import Chance, Purpose, entities_of, happens
from simulation.inputs.laws import draw
from simulation.inputs.mixed import MixedLaws
from simulation.network import MINUTES_IN_DAY, places_of
from simulation.spec.faults import (
    CourierStrike,
    CustomsDelay,
    DepotOutage,
    LostShipment,
    Period,
    TemperatureExcursion,
)
from simulation.spec.scenario import Scenario
from simulation.spec.supply import TransitLaw

FIRST_DRAWN = 40
NOON = 720
Told = TypeVar("Told", Floats, Flags)
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


class _Ways(NamedTuple):
    """What is alike in all replications of a scenario: lanes, their laws, and whom a fault of roads may befall."""

    lanes: list[Lane]
    entities: Words
    laws: MixedLaws
    law_of: Ints
    """Of each lane, its place among the laws; -1 where goods always take the days agreed."""
    lead_time_days: Floats
    faults: tuple[RoadFault, ...]
    met: list[Flags]
    """Of each fault, whether it concerns a lane."""


class Trips:
    """The roads of one replication: more of a lane is drawn as more is sent on it, and never changes."""

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        self._scenario, self._chance = scenario, chance
        self._ways = _ways_of(scenario)
        self.lanes = self._ways.lanes
        self.faults = self._ways.faults
        self.strikes = tuple(fault for fault in scenario.faults if isinstance(fault, CourierStrike))
        self.outages = tuple(fault for fault in scenario.faults if isinstance(fault, DepotOutage))
        self.known: Ints = np.zeros(len(self.lanes), np.int64)
        """Of each lane."""
        self.transit_days: Floats = np.zeros((len(self.lanes), 0))
        self.happens: Flags = np.zeros((len(self.faults), len(self.lanes), 0), bool)
        self.delay_days: Floats = np.zeros((len(self.faults), len(self.lanes), 0))

    def trip(self, lane: int, number: int, raised: int, dispatch_day: int) -> Trip:
        """The so-maniest consignment of a lane (from 0), ordered at a minute to leave on a day."""
        if number >= self.known[lane]:
            self.extend(np.where(np.arange(len(self.lanes)) == lane, 2 * number + FIRST_DRAWN, self.known))
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
        """Draws what is lacking of each lane until there is one of that number."""
        self.extend(np.full(len(self.lanes), max(FIRST_DRAWN, number + 1)))

    def extend(self, until: Ints) -> None:
        """Draws what is lacking of each lane until so many are known of it; what is known stays as it is."""
        lacking = until > self.known
        self._make_room(int(until.max(initial=0)))
        for first, end in sorted({*zip(self.known[lacking].tolist(), until[lacking].tolist(), strict=True)}):
            self._draw(np.flatnonzero((self.known == first) & (until == end)), first, end)
        self.known = np.maximum(self.known, until)

    def _make_room(self, most: int) -> None:
        """Room for so many of each lane; at least twice as much each time."""
        room = self.transit_days.shape[1]
        if most > room:
            self.transit_days = _wider(self.transit_days, max(most, 2 * room))
            self.happens = _wider(self.happens, max(most, 2 * room))
            self.delay_days = _wider(self.delay_days, max(most, 2 * room))

    def _draw(self, lanes: Ints, first: int, end: int) -> None:
        """The same numbers of some lanes."""
        ways, numbers, here = self._ways, np.arange(first, end), slice(first, end)
        own = lanes[ways.law_of[lanes] >= 0]
        self.transit_days[lanes, here] = ways.lead_time_days[lanes, None]
        stream = self._chance.stream(Purpose.TRANSIT)
        self.transit_days[own, here] = ways.laws.draw(ways.law_of[own], stream, ways.entities[own], numbers)
        for place, fault in enumerate(self.faults):
            met = lanes[ways.met[place][lanes]]
            stream = self._chance.stream(Purpose.FAULTS, fault.name)
            words: Words = stream.words(ways.entities[met, None], numbers[None, :], TRIES_PLACE)
            befallen = happens(words[0], fault.chance)
            self.happens[place, met, here] = befallen
            if isinstance(fault, CustomsDelay):
                rows, columns = np.nonzero(befallen)
                late = draw(fault.delay_days, stream, ways.entities[met[rows]], numbers[columns])
                self.delay_days[place, met[rows], numbers[columns]] = late


TRIES_PLACE = 1 << 20
"""Where a fault's own yes or no is found, far from the places its delay is drawn from."""


def _wider(told: Told, room: int) -> Told:
    """The same with room for so many on its last axis."""
    wider = np.zeros((*told.shape[:-1], room), told.dtype)
    wider[..., : told.shape[-1]] = told
    return cast("Told", wider)


@lru_cache(maxsize=64)
def _ways_of(scenario: Scenario) -> _Ways:
    lanes = _lanes_of(scenario)
    laws = list(dict.fromkeys(lane.law for lane in lanes if lane.law is not None))
    faults = tuple(fault for fault in scenario.faults if isinstance(fault, RoadFault))
    return _Ways(
        lanes,
        entities_of([f"{lane.origin}>{lane.target}" for lane in lanes]),
        MixedLaws([law.days for law in laws]),
        np.array([-1 if lane.law is None else laws.index(lane.law) for lane in lanes], np.int64),
        np.array([lane.lead_time_days for lane in lanes], np.float64),
        faults,
        [np.array([lane.concerns(fault.targets) for lane in lanes], bool) for fault in faults],
    )


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
