"""All that chance brings to one replication, drawn before anything is decided; no policy changes any of it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from irt.randomization.stream import KEY_BYTES
from simulation.arrays import Ints
from simulation.inputs.chance import Chance, Purpose, entity_of
from simulation.inputs.laws import draw
from simulation.inputs.people import People, people_of
from simulation.inputs.recruitment import Recruits, recruit
from simulation.inputs.requests import Requests, requests_of
from simulation.inputs.trips import Trips
from simulation.network import MINUTES_IN_DAY, NEVER, Places, places_of
from simulation.spec.begun import Goods
from simulation.spec.scenario import Scenario


class Underway(NamedTuple):
    """A consignment that left before the start: a site's number or a depot's code, and its goods."""

    target: str
    due_day: int
    arrives: int
    goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """One replication before it is played; days and minutes are whole, counted from the scenario's start.

    `lot_released_day` and `lot_recalled_day` go with `Places.lots`; `allocation_key` seeds the product's own draws.
    `off_treatment` counts by site who was randomized before the start and is not on treatment any more;
    `on_the_road` are consignments that left before it, in order.
    """

    index: int
    places: Places
    recruits: Recruits
    people: People
    requests: Requests
    lot_released_day: Ints
    lot_recalled_day: Ints
    trips: Trips
    allocation_key: bytes
    off_treatment: Ints
    on_the_road: tuple[Underway, ...] = ()


def draw_inputs(scenario: Scenario, seed: int, index: int) -> Inputs:
    """The inputs of replication `index`: the same whatever else is drawn, in whatever order, by whom."""
    places, chance = places_of(scenario), Chance(seed, index)
    recruits = recruit(scenario, places, chance)
    return Inputs(
        index=index,
        places=places,
        recruits=recruits,
        people=people_of(scenario, places, recruits, chance),
        requests=requests_of(scenario, places, chance),
        lot_released_day=_released(scenario, places, chance),
        lot_recalled_day=_recalled(scenario, places),
        trips=Trips(scenario, chance),
        allocation_key=chance.key(Purpose.ALLOCATION, KEY_BYTES),
        off_treatment=_off_treatment(scenario, places),
        on_the_road=_on_the_road(scenario),
    )


def _off_treatment(scenario: Scenario, places: Places) -> Ints:
    told = {} if scenario.begun is None else {site.site: site.off_treatment for site in scenario.begun.sites}
    return np.array([told.get(site.number, 0) for site in places.sites], np.int64)


def _on_the_road(scenario: Scenario) -> tuple[Underway, ...]:
    """Each arrives on the day it is due, for nobody knows better."""
    if scenario.begun is None:
        return ()
    minute = scenario.supply.receipt_minute
    return tuple(
        Underway(one.target, one.due_day, one.due_day * MINUTES_IN_DAY + minute, one.goods)
        for one in scenario.begun.on_the_road
    )


def _released(scenario: Scenario, places: Places, chance: Chance) -> Ints:
    """The day each lot really comes."""
    released = np.array([lot.released_day for lot in places.lots], np.int64)
    for fault in scenario.faults:
        if fault.fault == "lot_release_delay":
            stream = chance.stream(Purpose.FAULTS, fault.name)
            for place, lot in enumerate(places.lots):
                if fault.lot == lot.lot or (fault.lot is None and lot.released_day > 0):
                    released[place] += int(draw(fault.delay_days, stream, entity_of(lot.lot)).item() + 0.5)
    return released


def _recalled(scenario: Scenario, places: Places) -> Ints:
    recalled = np.full(len(places.lots), NEVER)
    for fault in scenario.faults:
        if fault.fault == "recall":
            for place, lot in enumerate(places.lots):
                if lot.lot == fault.lot:
                    recalled[place] = min(int(recalled[place]), fault.day)
    return recalled
