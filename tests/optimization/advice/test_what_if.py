"""Cases planned beside a plan: what each costs, what is proven of the difference, plans that are kept."""

from typing import Any

import pytest

from optimization.advice.inputs import UnknownInput
from optimization.advice.what_if import Planned, WhatIf, case_of, planned_of, record_of, what_if
from optimization.check.check_plan import check_plan
from optimization.problem import Problem
from optimization.result import Goal, Result, Status, Watch
from optimization.story.carbon import CarbonFactors
from tests.optimization.instances import Shape, network
from tests.optimization.proofs import exact_of

PROBLEM = network(Shape(sites=2, weeks=3, seed=4))


def exactly(problem: Problem, goal: Goal, watch: Watch) -> Result:
    """The optimum, by the exact model."""
    exact = exact_of(problem)
    return Result(Status.PROVEN, exact.plan, exact.verdict.cost, exact.bound, 0.1)


@pytest.fixture(scope="module")
def base() -> Planned:
    """The optimum as it is."""
    return planned_of(PROBLEM, exactly(PROBLEM, Goal(), lambda _: True))


def asked(base: Planned, **cases: list[str]) -> WhatIf:
    """The cases worked out exactly."""
    named = [case_of(name, typed) for name, typed in cases.items()]
    return what_if(base, named, exactly, Goal(), lambda _: True)


def test_each_case_is_planned_and_checked(base: Planned) -> None:
    """Dearer journeys cost more, cheaper ones less; each plan passes the check of its own problem."""
    told = asked(base, dear=["lanes.*.fixed_cost*=3"], cheap=["lanes.fixed_cost=0", "lanes.kit_cost=0"])
    dear, cheap = told.cases
    for each in told.cases:
        verdict = check_plan(each.planned.problem, each.planned.plan)
        assert verdict.accepted
        assert verdict.cost.total == each.planned.cost
    assert cheap.planned.cost < base.cost < dear.planned.cost
    assert dear.planned.cost <= dear.kept_cost
    assert (dear.touched, cheap.touched) == ((3,), (3, 3))


def test_a_plan_that_still_holds_is_kept(base: Planned) -> None:
    """A change that makes nothing better leaves every consignment as it is."""
    told = asked(base, nothing=["lanes.*.fixed_cost*=1"])
    assert told.cases[0].changes == ()
    assert told.cases[0].planned.plan == base.plan


def test_rules_that_the_plan_would_break_are_named(base: Planned) -> None:
    """Longer ways: kits of the plan as it is would come too late."""
    told = asked(base, slow=["lanes.transit_days+=2"])
    assert {"STOCK"} <= set(told.cases[0].kept_broken)


def test_the_record_tells_what_is_proven(base: Planned) -> None:
    """With proven optima the difference lies between its two bounds, which are one number."""
    told: dict[str, Any] = record_of(asked(base, dear=["lanes.*.fixed_cost*=3"]), CarbonFactors())
    (case,) = told["cases"]
    assert case["at_least"] == case["difference"] == case["at_most"] > 0
    assert told["names"] == ["as it is", "dear"]
    total = next(row for row in told["measures"] if row["measure"] == "Total cost")
    assert total["values"] == (base.cost, case["cost"])
    assert len(case["consignments"]) == case["consignments_changed"]
    assert not any(kit in str(case["consignments"]) for kit in PROBLEM.kit_types)


def test_a_wrong_path_stops_everything_before_it_begins(base: Planned) -> None:
    """Nothing is planned."""

    def never(problem: Problem, goal: Goal, watch: Watch) -> Result:
        raise AssertionError

    cases = [case_of("good", ["horizon_days+=7"]), case_of("bad", ["lanez.fixed_cost=1"])]
    with pytest.raises(UnknownInput):
        what_if(base, cases, never, Goal(), lambda _: True)
