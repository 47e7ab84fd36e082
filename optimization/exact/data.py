"""What a plan may do at all: consignments that could leave, what may be in them, which lots may serve a demand."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from optimization.problem import Demand, Lane, Lot, Node, Problem, Shipper


@dataclass(frozen=True, slots=True)
class Departure:
    """A consignment that could leave: its lane, class and day, the shippers and lots that may be used."""

    lane: Lane
    temp: str
    day: int
    shippers: tuple[Shipper, ...]
    lots: tuple[Lot, ...]

    @property
    def arrives(self) -> int:
        """The day it would arrive."""
        return self.day + self.lane.transit_days


@dataclass(frozen=True, slots=True)
class Data:
    """A small problem in the words of the model."""

    problem: Problem
    departures: tuple[Departure, ...]
    servants: tuple[tuple[Demand, tuple[Lot, ...]], ...]
    """Each demand with the lots that may serve it."""
    supplied: dict[tuple[str, str, int], int]
    """Kits by node, lot and day."""

    def nights(self, lot: Lot) -> range:
        """The nights a lot can lie anywhere: until it expires or the horizon ends."""
        return range(min(lot.expiry_day, self.problem.horizon_days))

    def expires(self, lot: Lot) -> bool:
        """Whether what is left of it is wasted by its expiry, wherever it lies."""
        return lot.expiry_day <= self.problem.horizon_days

    def crosses(self, lane: Lane) -> bool:
        """Whether the lane enters another country."""
        return self.node(lane.origin).country != self.node(lane.destination).country

    def node(self, name: str) -> Node:
        """The node of that name."""
        return self.problem.nodes[name]

    def volume(self, lot: Lot) -> int:
        """The volume of one kit of a lot."""
        return self.problem.kit_types[lot.kit].volume

    def temp(self, lot: Lot) -> str:
        """The class of a lot."""
        return self.problem.kit_types[lot.kit].temp


def data_of(problem: Problem) -> Data:
    """The choices a plan of this problem has."""
    supplied: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in problem.supply:
        supplied[row.node, row.lot, row.day] += row.kits
    servants = tuple((row, tuple(_servants(problem, row))) for row in problem.demand)
    return Data(problem, tuple(_departures(problem)), servants, dict(supplied))


def _servants(problem: Problem, demand: Demand) -> Iterator[Lot]:
    country = problem.nodes[demand.site].country
    for lot in problem.lots.values():
        lasts = lot.expiry_day >= demand.day + demand.dnd_days and lot.expiry_day > demand.day
        if lot.kit == demand.kit and lasts and country in lot.countries:
            yield lot


def _departures(problem: Problem) -> Iterator[Departure]:
    for lane in problem.lanes.values():
        for temp in sorted(lane.temps):
            shippers = tuple(_shippers(problem, lane, temp))
            for day in _days(problem, lane) if shippers else ():
                lots = tuple(_lots(problem, lane, temp, day + lane.transit_days))
                if lots:
                    yield Departure(lane, temp, day, shippers, lots)


def _days(problem: Problem, lane: Lane) -> Iterator[int]:
    origin, destination = problem.nodes[lane.origin], problem.nodes[lane.destination]
    for day in range(problem.horizon_days):
        leaves = day % 7 in lane.weekdays and day not in origin.closed_days
        if leaves and day + lane.transit_days not in destination.closed_days:
            yield day


def _shippers(problem: Problem, lane: Lane, temp: str) -> Iterator[Shipper]:
    for shipper in problem.shippers.values():
        if shipper.temp == temp and shipper.hold_days >= lane.transit_days and shipper.capacity:
            yield shipper


def _lots(problem: Problem, lane: Lane, temp: str, arrives: int) -> Iterator[Lot]:
    origin, destination = problem.nodes[lane.origin], problem.nodes[lane.destination]
    for lot in problem.lots.values():
        if problem.kit_types[lot.kit].temp != temp or lot.expiry_day <= arrives:
            continue
        if destination.kind.uses_kits and destination.country not in lot.countries:
            continue
        if origin.country == destination.country or _licensed(problem, destination.country, lot.kit, arrives):
            yield lot


def _licensed(problem: Problem, country: str, kit: str, day: int) -> bool:
    licence = problem.licences.get((country, kit))
    return licence is not None and licence.opening_on(day) is not None
