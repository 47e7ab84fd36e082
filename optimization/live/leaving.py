"""A plan of a live problem, told in dates, places and blinded lots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from irt.supply.planned import PlannedDispatch, PlannedKits
from optimization.live.network import LiveProblem
from optimization.plan import Consignment, Plan


@dataclass(frozen=True, slots=True)
class Leg:
    """A consignment as the network knows it; `lots`: its lots by their names in the problem."""

    lane: str
    to_depot: bool
    storage: str
    expected_on: date
    shippers: Mapping[str, int]
    dispatch: PlannedDispatch
    lots: tuple[str, ...]


def legs(live: LiveProblem, plan: Plan) -> Iterator[Leg]:
    """Every consignment of the plan, in its order."""
    for one in plan.consignments:
        yield leg_of(live, one)


def leg_of(live: LiveProblem, one: Consignment) -> Leg:
    """One consignment."""
    place, leaves_on = live.places[one.lane], live.days.date_of(one.dispatch_day)
    names = [(live.lots[lot], kits) for lot, kits in one.lines]
    kits = tuple(PlannedKits(name.kit_type, name.lot, name.label, kits) for name, kits in names)
    return Leg(
        lane=one.lane,
        to_depot=not live.problem.nodes[live.problem.lanes[one.lane].destination].kind.uses_kits,
        storage=one.temp,
        expected_on=leaves_on + timedelta(days=place.lead_time_days),
        shippers={box: number for box, number in one.shippers.items() if number},
        dispatch=PlannedDispatch(place.depot, place.number, leaves_on, kits, place.way.code if place.way else ""),
        lots=tuple(lot for lot, _ in one.lines),
    )
