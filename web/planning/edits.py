"""What planners want of an earlier plan's consignments, worked into the next problem.

A consignment that is to stay takes its kits from the stock of its depot beforehand and brings them on its day; what
it costs on its way is added afterwards, to the bound as well: no plan that holds it costs less. On the day on which
a consignment that is to stay or to go arrives, nothing else is taken in there.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from irt.errors import BadInput
from irt.reads.unblinded_plans import ConsignmentShown, EditShown, plan_shown
from irt.states.plan import EditKind
from optimization.check.check_plan import check_plan
from optimization.live.network import LiveProblem
from optimization.plan import Consignment, ordered_plan
from optimization.problem import Problem, Supply
from optimization.result import Result


class KeptKitsGone(BadInput):
    """Kits of a consignment that is to stay as it is are not at its depot any more."""

    def __init__(self, lane: str, day: date) -> None:
        super().__init__(
            f"The consignment {lane} of {day} is to stay as it is, and its depot does not have these kits now. "
            "Nothing was calculated. Let go of it, and optimize again."
        )


@dataclass(frozen=True, slots=True)
class Wishes:
    """The problem that is left when wishes are met; `fixed` is added to its plan, `cost` is what that costs."""

    problem: Problem
    fixed: tuple[Consignment, ...]
    cost: int

    def merged(self, result: Result, live: LiveProblem) -> Result:
        """The plan with what was to stay, priced whole."""
        if not self.fixed:
            return result
        plan = ordered_plan((*result.plan.consignments, *self.fixed), result.plan.dispensings)
        cost = check_plan(live.problem, plan).cost
        return replace(result, plan=plan, cost=cost, bound=result.bound + self.cost)


def wishes_of(connection: Connection, study_id: int, parent: int | None, live: LiveProblem) -> Wishes:
    """Those of the plan that is built on, as far as their days are still to come."""
    if parent is None:
        return Wishes(live.problem, (), 0)
    shown = plan_shown(connection, study_id, parent)
    coming = [edit for edit in shown.edits if edit.dispatch_on >= live.days.today and edit.lane in live.places]
    legs = {(leg.lane, leg.storage, leg.dispatch_on): leg for leg in shown.consignments}
    kept = [legs[edit.lane, edit.storage, edit.dispatch_on] for edit in coming if edit.kind == EditKind.FIXED]
    return _left(live, coming, [leg for leg in kept if not leg.shipment])


def _left(live: LiveProblem, edits: Sequence[EditShown], kept: Sequence[ConsignmentShown]) -> Wishes:
    problem, fixed = live.problem, tuple(_consignment(live, leg) for leg in kept)
    closed: dict[str, set[int]] = defaultdict(set)
    for edit in edits:
        lane = problem.lanes[edit.lane]
        closed[lane.destination].add(live.days.of(edit.dispatch_on) + lane.transit_days)
    nodes = {
        node.id: replace(node, closed_days=node.closed_days | closed[node.id]) if node.id in closed else node
        for node in problem.nodes.values()
    }
    supply = _moved(live, fixed)
    cost = sum(_cost(problem, one) for one in fixed)
    return Wishes(replace(problem, nodes=nodes, supply=supply), fixed, cost)


def _consignment(live: LiveProblem, leg: ConsignmentShown) -> Consignment:
    """What was kept, in the words of the problem as it is today."""
    named = {(name.kit_type, name.lot, name.label): lot for lot, name in sorted(live.lots.items(), reverse=True)}
    lines: Counter[str] = Counter()
    for line in leg.lines:
        lot = named.get((line["kit_type"], line["lot"], line["label"]))
        if lot is None:
            raise KeptKitsGone(leg.lane, leg.dispatch_on)
        lines[lot] += line["kits"]
    day = live.days.of(leg.dispatch_on)
    return Consignment(leg.lane, leg.storage, day, leg.shippers, tuple(sorted(lines.items())))


def _moved(live: LiveProblem, fixed: Sequence[Consignment]) -> tuple[Supply, ...]:
    """The supply with the kits that stay planned taken out where they are and put in where they come to."""
    left: Counter[tuple[str, str, int]] = Counter()
    for row in live.problem.supply:
        left[row.node, row.lot, row.day] += row.kits
    for one in fixed:
        lane = live.problem.lanes[one.lane]
        arrives = one.dispatch_day + lane.transit_days
        for lot, kits in one.lines:
            there = [(node, own, day) for node, own, day in sorted(left, key=lambda key: key[2])
                     if (node, own) == (lane.origin, lot) and day <= one.dispatch_day]  # fmt: skip
            _take(left, there, kits, live, one)
            left[lane.destination, lot, arrives] += kits
    return tuple(Supply(node, lot, day, kits) for (node, lot, day), kits in sorted(left.items()) if kits)


def _take(
    left: Counter[tuple[str, str, int]],
    there: Sequence[tuple[str, str, int]],
    kits: int,
    live: LiveProblem,
    one: Consignment,
) -> None:
    for key in there:
        taken = min(left[key], kits)
        left[key] -= taken
        kits -= taken
    if kits:
        raise KeptKitsGone(one.lane, live.days.date_of(one.dispatch_day))


def _cost(problem: Problem, one: Consignment) -> int:
    lane = problem.lanes[one.lane]
    boxes: Mapping[str, int] = one.shippers
    on_the_way = lane.fixed_cost + lane.kit_cost * sum(kits for _, kits in one.lines)
    return on_the_way + sum(problem.shippers[box].cost * number for box, number in boxes.items())
