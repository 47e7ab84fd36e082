"""Every cent of a plan with what it is paid for: the one list from which costs are told by lane, place or class."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimization.plan import Consignment, Plan
from optimization.problem import Problem
from optimization.result import Component
from optimization.story.stock_book import LotAtNode, stock_book, tally


@dataclass(frozen=True, slots=True)
class Charge:
    """Cents of one component at a place; with a lane where something travels (the place is where it arrives)."""

    component: Component
    cents: int
    place: str
    temp: str
    lane: str = ""


def charges(problem: Problem, plan: Plan) -> tuple[Charge, ...]:
    """What the whole plan costs; their sum is the plan's cost."""
    found = [charge for one in plan.consignments for charge in consignment_charges(problem, one)]
    found += [charge for at in stock_book(problem, plan) for charge in _stock_charges(problem, at)]
    found += _unmet_charges(problem, plan)
    return tuple(charge for charge in found if charge.cents)


def consignment_charges(problem: Problem, one: Consignment) -> Iterator[Charge]:
    """What one consignment costs on its way: the lane, its shippers, its kits."""
    lane = problem.lanes[one.lane]
    shippers = sum(problem.shippers[shipper].cost * number for shipper, number in one.shippers.items())
    kits = sum(number for _, number in one.lines) * lane.kit_cost
    for component, cents in (
        (Component.FIXED, lane.fixed_cost),
        (Component.SHIPPERS, shippers),
        (Component.KITS, kits),
    ):
        yield Charge(component, cents, lane.destination, one.temp, lane.id)


def _stock_charges(problem: Problem, at: LotAtNode) -> Iterator[Charge]:
    """Holding, except where it is free; kits that expired anywhere or are left where kits are used."""
    kit, told = problem.kit_types[at.lot.kit], tally(at, problem.horizon_days)
    rate = problem.costs.holding(at.node, kit.temp)
    yield Charge(Component.HOLDING, told.kit_days * rate, at.node.id, kit.temp)
    wasted = told.expired + (told.left if at.node.kind.uses_kits else 0)
    yield Charge(Component.WASTE, max(wasted, 0) * kit.unit_cost, at.node.id, kit.temp)


def _unmet_charges(problem: Problem, plan: Plan) -> list[Charge]:
    wanted: Counter[tuple[str, str]] = Counter()
    for row in problem.demand:
        wanted[row.site, row.kit] += row.kits
    for used in plan.dispensings:
        wanted[used.site, used.kit] -= used.kits
    return [
        Charge(Component.UNMET, kits * problem.costs.unmet_kit, site, problem.kit_types[kit].temp)
        for (site, kit), kits in sorted(wanted.items())
    ]


def total_cents(found: Iterable[Charge]) -> int:
    """The sum."""
    return sum(charge.cents for charge in found)
