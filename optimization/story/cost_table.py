"""What a plan costs, split by component and told by lane, by depot, by place or by temperature class."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Component, CostSplit
from optimization.story.charges import Charge, charges

NO_LANE = "not on a lane"
"""Where costs by lane tell what stands or is missing at places."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """One lane, depot, place or class with its costs in cents."""

    name: str
    split: CostSplit


def cost_split(found: Iterable[Charge]) -> CostSplit:
    """The sum by component."""
    cents: Counter[Component] = Counter()
    for charge in found:
        cents[charge.component] += charge.cents
    return CostSplit(**{component.value: number for component, number in cents.items()})


def costs_by_lane(problem: Problem, plan: Plan) -> tuple[CostRow, ...]:
    """By lane, by their names; what is paid at places stands together."""
    return _table(charges(problem, plan), lambda charge: charge.lane or NO_LANE)


def costs_by_class(problem: Problem, plan: Plan) -> tuple[CostRow, ...]:
    """By temperature class."""
    return _table(charges(problem, plan), lambda charge: charge.temp)


def costs_by_place(problem: Problem, plan: Plan) -> tuple[CostRow, ...]:
    """By place: what it costs to send there, to keep there, and what is wasted or missing there."""
    return _table(charges(problem, plan), lambda charge: charge.place)


def costs_by_depot(problem: Problem, plan: Plan) -> tuple[CostRow, ...]:
    """By depot, with the sites it serves: a site belongs to the depot that sends it most of its kits."""
    depots = depot_of_each(problem, plan)
    return _table(charges(problem, plan), lambda charge: depots[charge.place])


def depot_of_each(problem: Problem, plan: Plan) -> dict[str, str]:
    """The depot behind each place: its own name for a depot; without kits sent, where its first lane begins."""
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for lane in sorted(problem.lanes.values(), key=lambda lane: lane.id):
        sent[lane.destination][lane.origin] += 0
    for one in plan.consignments:
        lane = problem.lanes[one.lane]
        sent[lane.destination][lane.origin] += sum(kits for _, kits in one.lines)
    return {
        node.id: sent[node.id].most_common(1)[0][0] if node.kind.uses_kits and sent[node.id] else node.id
        for node in problem.nodes.values()
    }


def _table(found: Iterable[Charge], name_of: Callable[[Charge], str]) -> tuple[CostRow, ...]:
    groups: dict[str, list[Charge]] = defaultdict(list)
    for charge in found:
        groups[name_of(charge)].append(charge)
    return tuple(CostRow(name, cost_split(group)) for name, group in sorted(groups.items()))
