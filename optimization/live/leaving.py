"""A plan of a live problem, told in dates, places and blinded lots."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from irt.supply.planned import PlannedDispatch, PlannedKits
from optimization.check.fefo import reasons_of
from optimization.live.network import LiveProblem
from optimization.plan import Consignment, Plan


@dataclass(frozen=True, slots=True)
class Leg:
    """A consignment as the network knows it; `lots`: its lots by their names in the problem.

    `only_ready`: parcels to patients, or what is kept for them. Dispensing raises those, no plan does.

    `why`: for lots that leave before an earlier one, why that one stays.
    """

    lane: str
    to_depot: bool
    storage: str
    expected_on: date
    shippers: Mapping[str, int]
    dispatch: PlannedDispatch
    lots: tuple[str, ...]
    why: Mapping[str, str] = field(default_factory=dict)
    only_ready: bool = False

    @property
    def not_fefo(self) -> dict[str, str]:
        """The reasons by blinded lot, whichever of its kits they are about."""
        found: dict[str, set[str]] = defaultdict(set)
        for lot, line in zip(self.lots, self.dispatch.kits, strict=True):
            if lot in self.why:
                found[line.lot].add(self.why[lot])
        return {lot: "; ".join(sorted(whys)) for lot, whys in sorted(found.items())}


def legs(live: LiveProblem, plan: Plan) -> Iterator[Leg]:
    """Every consignment of the plan, in its order."""
    reasons = reasons_of(live.problem, plan)
    for place, one in enumerate(plan.consignments):
        whys = {lot: why for lot, _ in one.lines if (why := reasons.get((place, lot), ""))}
        yield replace(leg_of(live, one), why=whys)


def leg_of(live: LiveProblem, one: Consignment) -> Leg:
    """One consignment."""
    place, leaves_on = live.places[one.lane], live.days.date_of(one.dispatch_day)
    kind = live.problem.nodes[live.problem.lanes[one.lane].destination].kind
    names = [(live.lots[lot], kits) for lot, kits in one.lines]
    kits = tuple(PlannedKits(name.kit_type, name.lot, name.label, kits) for name, kits in names)
    return Leg(
        lane=one.lane,
        to_depot=not kind.uses_kits,
        storage=one.temp,
        expected_on=leaves_on + timedelta(days=place.lead_time_days),
        shippers={box: number for box, number in one.shippers.items() if number},
        dispatch=PlannedDispatch(place.depot, place.number, leaves_on, kits, place.way.code if place.way else ""),
        lots=tuple(lot for lot, _ in one.lines),
        only_ready=kind.only_ready,
    )
