"""What a plan's journeys weigh in carbon: grams of CO2 equivalent by lane and consignment, from stated factors."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from optimization.plan import Consignment, Plan
from optimization.problem import Lane, NodeKind, Problem


class Distance(StrEnum):
    """How far a lane goes: inside one country, or to another."""

    HOME = "home"
    ABROAD = "abroad"


class StatedGrams(NamedTuple):
    """Grams of CO2 equivalent as a carrier states them: of each consignment, and of each box in it."""

    consignment: float
    box: float


@dataclass(frozen=True, slots=True)
class CarbonFactors:
    """Grams of CO2 equivalent per day in transit: for the journey itself, and for each unit of volume carried.

    The numbers given here are an assumption to compare plans by, not a measurement. `stated`: a carrier's own
    figures, by depot and place (`NLD>1001`) or country (`NLD>GB`), a further way's with its code after them.
    """

    journey_day_g: Mapping[Distance, int] = field(
        default_factory=lambda: {Distance.HOME: 2_500, Distance.ABROAD: 9_000}
    )
    volume_day_g: Mapping[Distance, int] = field(default_factory=lambda: {Distance.HOME: 40, Distance.ABROAD: 210})
    source: str = "assumed: van at home, air freight abroad; no carrier's figures were given"
    stated: Mapping[str, StatedGrams] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """For a heading: whose factors these are."""
        return "factors stated" if self.stated else "factors assumed"

    def of_lane(self, lane: str, place: str, country: str) -> StatedGrams | None:
        """The carrier's own figures for a lane, the place's before its country's; None: assumed ones hold."""
        depot, _, rest = lane.partition(">")
        return self.stated.get(lane) or self.stated.get(f"{depot}>{country}{rest.removeprefix(place)}")

    def grams(self, one: "Journey") -> int:
        """What a journey weighs: as stated, or by days in transit, distance and the volume that travels."""
        if stated := self.of_lane(one.lane, one.place, one.country):
            return round(stated.consignment + stated.box * one.boxes)
        days = max(one.transit_days, 1)
        return days * (self.journey_day_g[one.distance] + self.volume_day_g[one.distance] * one.volume)


class Journey(NamedTuple):
    """A consignment on its way to a place in a country, in so many boxes."""

    lane: str
    place: str
    country: str
    transit_days: int
    distance: Distance
    boxes: int
    volume: int


@dataclass(frozen=True, slots=True)
class LaneCarbon:
    """A lane's consignments, kits and grams of CO2 equivalent."""

    lane: str
    consignments: int
    kits: int
    grams: int


def consignment_grams(problem: Problem, one: Consignment, factors: CarbonFactors) -> int:
    """Grams of CO2 equivalent of one consignment.

    What travels is the shipper, full or not, so its capacity counts; of parcels to homes their kits, on one journey
    a day. What is kept goes nowhere.
    """
    lane = problem.lanes[one.lane]
    place = problem.nodes[lane.destination]
    if place.kind is NodeKind.KEPT:
        return 0
    volume = sum(problem.shippers[shipper].capacity * number for shipper, number in one.shippers.items())
    if place.kind.only_ready:
        volume = sum(problem.kit_types[problem.lots[lot].kit].volume * kits for lot, kits in one.lines)
    boxes, far = sum(one.shippers.values()), distance(problem, lane)
    return factors.grams(Journey(lane.id, place.id, place.country, lane.transit_days, far, boxes, volume))


def carbon_by_lane(problem: Problem, plan: Plan, factors: CarbonFactors) -> tuple[LaneCarbon, ...]:
    """Every lane used, by its name."""
    lanes: dict[str, list[Consignment]] = defaultdict(list)
    for one in plan.consignments:
        lanes[one.lane].append(one)
    return tuple(
        LaneCarbon(
            lane,
            len(sent),
            sum(kits for one in sent for _, kits in one.lines),
            sum(consignment_grams(problem, one, factors) for one in sent),
        )
        for lane, sent in sorted(lanes.items())
    )


def carbon_total(problem: Problem, plan: Plan, factors: CarbonFactors) -> int:
    """Grams of the whole plan."""
    return sum(consignment_grams(problem, one, factors) for one in plan.consignments)


def distance(problem: Problem, lane: Lane) -> Distance:
    """The lane's distance class."""
    home = problem.nodes[lane.origin].country == problem.nodes[lane.destination].country
    return Distance.HOME if home else Distance.ABROAD
