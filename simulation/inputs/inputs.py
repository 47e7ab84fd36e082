"""All that chance brings to one replication, drawn before anything is decided; no policy changes any of it."""

from dataclasses import dataclass

import numpy as np

from irt.randomization.stream import KEY_BYTES
from simulation.arrays import Ints
from simulation.inputs.chance import Chance, Purpose, entity_of
from simulation.inputs.laws import draw
from simulation.inputs.people import People, people_of
from simulation.inputs.recruitment import Recruits, recruit
from simulation.inputs.requests import Requests, requests_of
from simulation.inputs.trips import Trips
from simulation.network import NEVER, Places, places_of
from simulation.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Inputs:
    """One replication before it is played; days and minutes are whole, counted from the scenario's start.

    `lot_released_day` and `lot_recalled_day` go with `Places.lots`; `allocation_key` seeds the product's own draws.
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
