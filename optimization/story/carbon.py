"""What a plan's journeys weigh in carbon: grams of CO2 equivalent by lane and consignment, from stated factors."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from optimization.plan import Consignment, Plan
from optimization.problem import Lane, Problem


class Distance(StrEnum):
    """How far a lane goes: inside one country, or to another."""

    HOME = "home"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class CarbonFactors:
    """Grams of CO2 equivalent per day in transit: for the journey itself, and for each unit of volume carried.

    The numbers given here are an assumption to compare plans by, not a measurement: a study that has its
    carrier's figures puts them in.
    """

    journey_day_g: Mapping[Distance, int] = field(
        default_factory=lambda: {Distance.HOME: 2_500, Distance.ABROAD: 9_000}
    )
    volume_day_g: Mapping[Distance, int] = field(default_factory=lambda: {Distance.HOME: 40, Distance.ABROAD: 210})
    source: str = "assumed: van at home, air freight abroad; no carrier's figures were given"


@dataclass(frozen=True, slots=True)
class LaneCarbon:
    """A lane's consignments, kits and grams of CO2 equivalent."""

    lane: str
    consignments: int
    kits: int
    grams: int


def consignment_grams(problem: Problem, one: Consignment, factors: CarbonFactors) -> int:
    """Grams of CO2 equivalent of one consignment: by days in transit, distance class and shipper volume.

    What travels is the shipper, full or not, so its capacity counts.
    """
    lane = problem.lanes[one.lane]
    far = distance(problem, lane)
    volume = sum(problem.shippers[shipper].capacity * number for shipper, number in one.shippers.items())
    days = max(lane.transit_days, 1)
    return days * (factors.journey_day_g[far] + factors.volume_day_g[far] * volume)


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
