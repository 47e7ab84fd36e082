"""The optimizer behind the Protocol of every planner: of a plan for weeks, what leaves before the next review."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.supply.planned import Departures
from irt.supply.planner import NetworkView, ProposedShipment
from irt.supply.resupply import Formula
from optimization.check.passed import passed
from optimization.live.earlier import SolveAgain, earlier_of, nervousness_of
from optimization.live.leaving import Leg, legs
from optimization.live.network import LiveProblem, live_problem
from optimization.result import Goal, Result, Solve

RULE = "the first days of a plan at the least cost for the promised service; the rest is planned again"
NEXT_TOLD = 3


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Plans the whole network for the study's horizon and proposes what cannot wait for the next review.

    `again` goes on from a plan kept before, where the settings hold one: `earlier`, its problem and it as files.
    """

    solve: Solve
    again: SolveAgain | None = None
    name: str = "optimizer"

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Shipments to propose on `day`, in order of depot and place; IntegrityFault for a plan not clean."""
        live = live_problem(f"plan of {day}", network, None, day, settings)
        if not live.problem.demand:
            return []
        result = self._solved(live, settings)
        passed(live.problem, result)
        last = live.days.first + settings.get("review_days", 1)
        due = [leg for leg, one in zip(legs(live, result.plan), result.plan.consignments, strict=True)
               if one.dispatch_day < last and not leg.only_ready]  # fmt: skip
        departures, facts = Departures(network, day), _facts(live, result)
        proposals = [_proposal(departures, leg, facts, live) for leg in sorted(due, key=_order)]
        return [proposal for proposal in proposals if proposal is not None]

    def _solved(self, live: LiveProblem, settings: Mapping[str, Any]) -> Result:
        """From the plan kept earlier without a proof, for it takes a moment; else from nothing."""
        if self.again is None or "earlier" not in settings:
            return self.solve(live.problem, _goal(settings), lambda _: True)
        yesterday = earlier_of(live, *settings["earlier"])
        nervousness = nervousness_of(settings["planning"].earlier)
        return self.again(live.problem, yesterday, _goal(settings), lambda _: True, nervousness).result


def _goal(settings: Mapping[str, Any]) -> Goal:
    """Until the clock says so, or, where answers must be those of any machine, until all rounds are done."""
    planning = settings["planning"]
    seconds = math.inf if settings.get("by_rounds") else float(planning.seconds)
    return Goal(gap=float(planning.gap), seconds=seconds)


def _order(leg: Leg) -> tuple[str, str, str]:
    return leg.dispatch.depot, leg.dispatch.place, leg.storage


def _proposal(
    departures: Departures, leg: Leg, facts: Mapping[str, Any], live: LiveProblem
) -> ProposedShipment | None:
    """The consignment, with other lots where a rule that no plan knows keeps its own."""
    planned, told = leg.dispatch, {**facts, **_need(live, leg)}
    if leg.not_fefo:
        told["not_fefo"] = leg.not_fefo
    if why := departures.why_not(planned):
        planned, told = departures.refitted(planned), {**told, "lots_changed": why}
        if not planned.kits or departures.why_not(planned):
            return None
    return departures.propose(planned, Formula(Optimizer.__name__.lower(), RULE), told)


def _facts(live: LiveProblem, result: Result) -> dict[str, Any]:
    """What is told of the plan with each shipment of it; a bound only where one is proven."""
    return {
        "plan_hash": result.plan.hash,
        "plan_cost": result.cost.total,
        **({"plan_bound": result.bound} if result.bound else {}),
        "horizon_days": live.days.horizon - live.days.first,
    }


def _need(live: LiveProblem, leg: Leg) -> dict[str, Any]:
    """The next days by which the place is to have had more, by kit type: why something leaves now."""
    found: dict[str, list[list[Any]]] = {}
    node = live.problem.lanes[leg.lane].destination
    carried = {line.kit_type for line in leg.dispatch.kits}
    arrives = live.days.of(leg.expected_on)
    for row in live.problem.demand:
        if row.site == node and row.kit in carried and row.day >= arrives:
            found.setdefault(row.kit, []).append([live.days.date_of(row.day).isoformat(), row.kits])
    return {"wanted_by": {kit: rows[:NEXT_TOLD] for kit, rows in sorted(found.items())}}
