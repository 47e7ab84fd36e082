"""The one door of the checker: a plan held against every rule of its problem, and priced."""

from collections.abc import Sequence

from optimization.check.consignments import check_consignments
from optimization.check.dispensings import check_uses, not_used, uses_of
from optimization.check.movements import movements_of, with_uses
from optimization.check.stock import Stock, check_stock
from optimization.check.trip import Trip, not_trips, trips_of
from optimization.check.verdict import Verdict
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import CostSplit


def check_plan(problem: Problem, plan: Plan) -> Verdict:
    """Every violation of a plan and its cost in cents; what is not served is priced and never forbidden."""
    trips = trips_of(problem, plan.consignments)
    uses = uses_of(problem, plan.dispensings)
    stock = check_stock(problem, with_uses(problem, movements_of(problem, trips), uses.demand, uses.lot, uses.kits))
    violations = (
        *not_trips(problem, plan.consignments),
        *check_consignments(problem, trips),
        *not_used(problem, uses),
        *check_uses(problem, uses),
        *stock.violations,
    )
    kits, served = problem.kits_wanted, int(uses.kits.sum())
    cost = _cost(problem, trips, stock, kits - served)
    return Verdict(violations, cost, served / kits if kits else 1.0, kits - served, stock.wasted_kits)


def _cost(problem: Problem, trips: Sequence[Trip], stock: Stock, unmet_kits: int) -> CostSplit:
    return CostSplit(
        fixed=sum(trip.lane.fixed_cost for trip in trips),
        shippers=sum(shipper.cost * number for trip in trips for shipper, number in trip.shippers),
        kits=sum(trip.lane.kit_cost * kits for trip in trips for _, kits in trip.contents),
        holding=stock.holding,
        waste=stock.waste,
        unmet=unmet_kits * problem.costs.unmet_kit,
    )
