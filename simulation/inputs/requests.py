"""Demand without subjects: requests in order of time, each for so many kits of one type at one site."""

from typing import NamedTuple

import numpy as np

from simulation.arrays import Ints
from simulation.inputs.chance import Chance, Purpose, entities_of
from simulation.inputs.laws import gamma
from simulation.inputs.people import weighted
from simulation.inputs.recruitment import arrivals
from simulation.network import MINUTES_IN_DAY, Places
from simulation.spec.demand import Demand
from simulation.spec.scenario import Scenario


class Requests(NamedTuple):
    """Requests by minute, site, and the place of their demand in the scenario."""

    minute: Ints
    site: Ints
    demand: Ints
    kits: Ints


def requests_of(scenario: Scenario, places: Places, chance: Chance) -> Requests:
    """All requests of a replication."""
    parts = [_of(demand, place, places, chance) for place, demand in enumerate(scenario.demand)]
    none = np.zeros(0, np.int64)
    joined = Requests(*(np.concatenate([none, *column]) for column in zip(*parts, strict=True))) if parts else (
        Requests(none, none, none, none)
    )  # fmt: skip
    order = np.lexsort((joined.demand, joined.site, joined.minute))
    return Requests(*(column[order] for column in joined))


def _of(demand: Demand, place: int, places: Places, chance: Chance) -> Requests:
    part = f"{place} {demand.kit_type}"
    numbers = [site.number for site in places.sites]
    asked = np.array([not demand.sites or number in demand.sites for number in numbers])
    entities = entities_of(numbers)
    rate = np.full(len(numbers), float(demand.requests_per_day))
    if demand.rate_shape is not None:
        rate *= gamma(demand.rate_shape, chance.stream(Purpose.DEMAND_RATE, part), entities) / demand.rate_shape
    weights = np.zeros(places.days)
    weights[demand.from_day : demand.until_day] = 1
    expected = np.zeros((len(numbers), places.days + 1))
    np.cumsum(weights[None, :] * (rate * asked)[:, None], axis=1, out=expected[:, 1:])
    stream = chance.stream(Purpose.DEMAND, part)
    site, number, when = arrivals(expected, stream, entities)
    sizes = np.array(list(demand.kits_per_request), np.int64)
    kits = sizes[weighted(stream.words(entities[site], number)[1], list(demand.kits_per_request.values()))]
    minute = (when * MINUTES_IN_DAY).astype(np.int64)
    return Requests(minute, site.astype(np.int64), np.full(len(site), place), kits)
