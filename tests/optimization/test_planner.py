"""The optimizer behind the planners' Protocol: what leaves today, and what waits; solved exactly on two sites."""

import math
from dataclasses import replace
from datetime import date

import pytest

from irt.errors import IntegrityFault
from irt.supply.planner import ResupplyPlanner
from optimization.plan import ordered_plan
from optimization.planner import Optimizer
from optimization.problem import Problem
from optimization.result import Goal, Result, Watch
from tests.optimization.live.world import (
    EARLY,
    WEDNESDAY,
    a_network,
    a_pile,
    a_site,
    coming,
    exactly,
    in_days,
    told,
)

OPTIMIZER: ResupplyPlanner = Optimizer(exactly)


def both_pens(*days: int) -> dict[str, list[tuple[date, int]]]:
    """A visit on each of these days, with one of each pen."""
    return {pen: [(in_days(ahead), 1) for ahead in days] for pen in ("PEN-A", "PEN-P")}


def test_what_is_needed_leaves_in_one_consignment_of_both_pens() -> None:
    """Two visits with one of each pen: one box is the least cost; the trace tells by when they are wanted."""
    (shipment,) = OPTIMIZER.plan(a_network(a_site(expected_need=both_pens(3, 17))), WEDNESDAY, told())
    assert {(line.kit_type, line.kits) for line in shipment.lines} == {("PEN-A", 2), ("PEN-P", 2)}
    assert shipment.dispatch_on == WEDNESDAY
    assert shipment.trace["planner"] == "optimizer"
    assert shipment.trace["plan_bound"] == shipment.trace["plan_cost"]
    assert shipment.trace["wanted_by"]["PEN-A"][0] == ["2026-03-06", 1]


@pytest.mark.parametrize("visit_in_days", [14, 20])
def test_what_can_wait_waits(visit_in_days: int) -> None:
    """A visit weeks away is sent later: holding at a site costs more than at the depot."""
    site = a_site(expected_need=both_pens(visit_in_days))
    assert OPTIMIZER.plan(a_network(site), WEDNESDAY, told()) == []


@pytest.mark.parametrize(("asked", "seconds"), [({}, 30.0), ({"by_rounds": True}, math.inf)])
def test_a_simulated_night_is_not_ended_by_a_clock(asked: dict[str, bool], seconds: float) -> None:
    """In production the clock ends a night; a replication must be the same on any machine."""
    goals = []

    def noting(problem: Problem, goal: Goal, watch: Watch) -> Result:
        goals.append(goal)
        return exactly(problem, replace(goal, seconds=30.0), watch)

    assert Optimizer(noting).plan(a_network(a_site(expected_need=both_pens(3))), WEDNESDAY, told(**asked))
    assert [goal.seconds for goal in goals] == [seconds]


def test_a_weekly_review_sends_what_leaves_within_the_week() -> None:
    """What the next review would be too late for is asked for now, with its own day."""
    site = a_site(expected_need=both_pens(8))
    (shipment,) = OPTIMIZER.plan(a_network(site), WEDNESDAY, told(review_days=7))
    assert WEDNESDAY <= shipment.dispatch_on < in_days(7)


def test_enough_stock_sends_nothing() -> None:
    """On the shelf and on the way count."""
    site = a_site(
        stock=(a_pile(kits=1), a_pile("PEN-P", kits=1)),
        on_the_way=(coming("PEN-A", 1, in_days(2)), coming("PEN-P", 1, in_days(2))),
    )
    assert OPTIMIZER.plan(a_network(site), WEDNESDAY, told()) == []
    assert OPTIMIZER.plan(a_network(a_site(expected_need={})), WEDNESDAY, told()) == []


def test_a_lot_that_would_be_refused_at_the_door_stays() -> None:
    """A spare of a lot within its window to ship is replaced by another lot, and the trace says why."""
    stock = (("EN", a_pile(expiry=in_days(10), lot="L2")), ("EN", a_pile()), ("EN", a_pile("PEN-P", expiry=EARLY)))
    visits = {"PEN-P": [(in_days(3), 1)]}
    site = a_site(expected_need=visits, dns_days={"PEN-A": 20})

    def with_the_early_lot(problem: Problem, goal: Goal, watch: Watch) -> Result:
        found = exactly(problem, goal, watch)
        (one,) = found.plan.consignments
        early = [lot for lot in problem.lots if lot.startswith("L2/PEN-A")]
        lines = tuple((early[0] if "PEN-A" in lot else lot, kits) for lot, kits in one.lines)
        return replace(found, plan=ordered_plan([replace(one, lines=lines)], found.plan.dispensings))

    (shipment,) = Optimizer(with_the_early_lot).plan(a_network(site, stock=stock), WEDNESDAY, told())
    assert {(line.kit_type, line.lot) for line in shipment.lines} == {("PEN-A", "L1"), ("PEN-P", "L1")}
    assert shipment.trace["lots_changed"] == "do not ship"


def test_a_plan_that_is_not_clean_sends_nothing() -> None:
    """The check is asked before anything is proposed."""

    def twice(problem: Problem, goal: Goal, watch: Watch) -> Result:
        found = exactly(problem, goal, watch)
        return replace(found, plan=ordered_plan(found.plan.consignments * 2, found.plan.dispensings))

    with pytest.raises(IntegrityFault, match="breaks rules"):
        Optimizer(twice).plan(a_network(), WEDNESDAY, told())
