"""A part planned by the engine: sites exactly, on the arrivals that stand, and on others where it must be."""

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np

from optimization.engine.boxes import Boxes
from optimization.engine.carried import Carried, carried_kits
from optimization.engine.cluster import Cluster, Trip
from optimization.engine.clusters import clusters_of
from optimization.engine.compiled import NEVER
from optimization.engine.lots import Allotted, allot
from optimization.engine.network import network_of
from optimization.engine.own_stock import spare_own_stock
from optimization.engine.schedule import Scheduling
from optimization.engine.tables import Tables, tables_of
from optimization.engine.waste import LotPrices, first_prices
from optimization.plan import Dispensing
from optimization.problem import Problem
from optimization.replan.legs import Key, Legs
from optimization.replan.part import Part

TRIES = 60
"""Of other arrivals at a depot where most of what comes is planned anew, or where what stands comes too late."""
MOSTLY = 0.25
"""So great a share of a depot's kits is most of them."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Consignments to depots in one class: those that stand, those that were planned, those not to be touched."""

    stand: frozenset[Key]
    planned: frozenset[Key]
    frozen: frozenset[Key]


@dataclass(frozen=True, slots=True)
class PartPlan:
    """Kits on their way with their lots, own stock used, and kits for which there is no lot.

    Licences and the blind are still to be seen to, when those without a lot have found one or not.
    """

    problem: Problem

    kits: list[Allotted]
    own: list[Dispensing]
    without: list[Carried]


def plan_part(part: Part, legs: Legs, arrivals: Arrivals) -> PartPlan:
    """The kits that come to the part's sites, each with its way and its lot."""
    problem, network = part.problem, network_of(part.problem)
    prices = first_prices(problem, network.sources, network.first_arrival)
    carried: list[Carried] = []
    own: list[Dispensing] = []
    for cluster in clusters_of(network, part.temp, prices.gain, relaxed=False, bound_gain=prices.gain):
        brought, used = _planned(cluster, network.sources.nodes, prices, legs, arrivals)
        carried += brought
        own += used
    own = spare_own_stock(problem, carried, own)
    allotted, without = allot(problem, carried)
    return PartPlan(problem, allotted, own, without)


def _planned(
    cluster: Cluster, sources: Set[str], prices: LotPrices, legs: Legs, arrivals: Arrivals
) -> tuple[list[Carried], list[Dispensing]]:
    cluster = _with_standing(cluster, sources, arrivals)
    tables = tables_of(cluster, prices)
    stand, planned = (
        [place for place, trip in enumerate(cluster.arrivals) if keys_of(cluster, trip) <= among]
        for among in (arrivals.stand, arrivals.stand | arrivals.planned)
    )
    standing = {key for place in stand for key in keys_of(cluster, cluster.arrivals[place])}
    mostly = cluster.kits >= MOSTLY * (cluster.kits + sum(sum(legs.lots[key].values()) for key in standing))
    if stand and not mostly:
        tables = _shared_boxes(cluster, tables)
    scheduling = Scheduling(cluster, tables, tables.early)
    _search(scheduling, len(cluster.arrivals), (stand, planned), mostly)
    best = scheduling.best
    if best is None or best.cost >= NEVER / 2:
        return [], []
    own = [use for place in best.choices for use in cluster.sites[place].own]
    return carried_kits(cluster, best), own


def _search(scheduling: Scheduling, count: int, known: tuple[list[int], list[int]], mostly: bool) -> None:
    """What stands, what was planned besides, one arrival more; all of them, and the fewer the better."""
    stand, planned = known
    cost = min(scheduling.consider(stand), scheduling.consider(planned))
    if cost >= NEVER / 2:
        cost = min((scheduling.consider({*planned, one}) for one in range(count)), default=NEVER)
    if cost >= NEVER / 2:
        scheduling.consider(range(count))
        scheduling.improve(3 * count)
    elif mostly:
        scheduling.improve(TRIES)


def keys_of(cluster: Cluster, trip: Trip) -> set[Key]:
    """The consignments a trip travels in."""
    return {Key(leg.leaves, leg.lane.id, cluster.temp) for leg in trip.legs}


def _with_standing(cluster: Cluster, sources: Set[str], arrivals: Arrivals) -> Cluster:
    """The cluster that may also draw from each consignment that stands, for what its kits cost more alone."""
    if cluster.depot is None:
        return cluster
    lanes = cluster.problem.lanes
    known = {frozenset(keys_of(cluster, trip)): trip for trip in cluster.arrivals}
    for key in (*arrivals.stand, *arrivals.planned):
        lane = lanes[key.lane]
        if key.temp == cluster.temp and lane.destination == cluster.depot.id and lane.origin in sources:
            known.setdefault(frozenset({key}), Trip(lane, key.day, key.day + lane.transit_days))
    trips = [
        _less_paid(trip, keys & arrivals.stand, cluster)
        for keys, trip in known.items()
        if not keys & arrivals.frozen
    ]
    order = sorted(trips, key=lambda trip: (trip.arrives, trip.leaves, trip.lane.id))
    return replace(cluster, arrivals=tuple(order), boxes_memo={})


def _less_paid(trip: Trip, standing: Set[Key], cluster: Cluster) -> Trip:
    """The trip without the cost of consignments that leave anyway."""
    paid = sum(cluster.problem.lanes[key.lane].fixed_cost for key in standing)
    return replace(trip, lane=replace(trip.lane, fixed_cost=trip.lane.fixed_cost - paid)) if paid else trip


def _shared_boxes(cluster: Cluster, tables: Tables) -> Tables:
    """Few kits among many share boxes with them: each pays for its own volume."""
    transits = {trip.lane.transit_days for trip in cluster.arrivals}
    price = _by_volume(cluster.boxes(min(transits, default=0)), cluster)
    shared = tables.inflow._replace(
        capacity=np.ones(1, dtype=np.int64),
        cost=np.array([price]),
        kit_volume=1,
        box_cost=price * np.arange(tables.inflow.kits + 1, dtype=np.float64),
    )
    return Tables(tables.sites, shared, tables.early)


def _by_volume(boxes: Boxes, cluster: Cluster) -> float:
    """What a kit's volume costs in the cheapest box."""
    each = (cost * boxes.kit_volume / room for cost, room in zip(boxes.cost, boxes.capacity, strict=True))
    return float(min(each, default=0.0))


def keys_of_kit(problem: Problem, one: Carried) -> list[Key]:
    """The consignments a kit travels in."""
    temp = problem.kit_types[one.kit].temp
    return [Key(trip.leaves, trip.lane.id, temp) for trip in one.legs]
