"""The optimizer: its plan passes the check, and its bound is never above what any plan costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimization.check.check_plan import check_plan
from optimization.problem import Costs, Problem
from optimization.result import Goal, Progress, Result, Status
from optimization.solve import optimize
from tests.optimization.benchmark import benchmark_says, instance, needs_benchmark
from tests.optimization.instances import Shape, network
from tests.optimization.proofs import BEST, exact_of

DEAR = 2_000_000
"""Cents for a kit that is missed: above what any way costs."""

SHAPES = st.builds(
    Shape,
    sites=st.integers(1, 2),
    weeks=st.integers(2, 3),
    depots=st.integers(1, 2),
    kits_per_class=st.integers(1, 2),
    lots=st.integers(1, 3),
    patients=st.integers(0, 1),
    blind=st.integers(0, 1),
    direct=st.booleans(),
    couriers=st.booleans(),
    licence_share=st.sampled_from([0.5, 1.0, 2.0]),
    supply_share=st.sampled_from([0.6, 1.0, 2.0]),
    seed=st.integers(0, 10_000),
)
FEW = settings(deadline=None, derandomize=True, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=250)

SOLVED = [
    Shape(weeks=3, kits_per_class=1, lots=1, seed=1),
    Shape(weeks=3, kits_per_class=1, lots=1, seed=6),
    Shape(weeks=3, direct=True, couriers=True, patients=1, seed=4),
    Shape(weeks=3, depots=2, supply_share=0.8, seed=5),
    Shape(weeks=3, kits_per_class=1, lots=1, couriers=True, seed=3),
]
"""Networks whose best plan is found and proven."""


def dear(shape: Shape, unmet_kit: int = DEAR) -> Problem:
    """The network of a shape, with another price of a missed kit."""
    problem = network(shape)
    return replace(problem, costs=replace(problem.costs, unmet_kit=unmet_kit))


def holds(problem: Problem, found: Result) -> bool:
    """The plan keeps every rule at the price told, and the bound is not above it."""
    verdict = check_plan(problem, found.plan)
    return verdict.accepted and verdict.cost == found.cost and 0 <= found.bound <= found.cost.total


def bound_holds(problem: Problem) -> None:
    """Against the plan of the exact model, and against the optimum where it is proven in seconds."""
    found, exact = optimize(problem, BEST), exact_of(problem)
    assert holds(problem, found)
    assert found.bound <= exact.verdict.cost.total
    if exact.proven:
        assert found.bound <= exact.bound <= found.cost.total


@FEW
@given(SHAPES, st.sampled_from([DEAR, 200_000]))
def test_the_bound_is_never_above_the_optimum(shape: Shape, unmet_kit: int) -> None:
    """Of any small network: blind, scarce, with licences too small, with couriers and ways past the depot."""
    bound_holds(dear(shape, unmet_kit))


@pytest.mark.slow
@MANY
@given(SHAPES, st.sampled_from([DEAR, 200_000, 20_000]))
def test_the_bound_is_never_above_the_optimum_of_many(shape: Shape, unmet_kit: int) -> None:
    """Also where many visits are cheaper missed than served."""
    bound_holds(dear(shape, unmet_kit))


@pytest.mark.parametrize("shape", SOLVED, ids=range(len(SOLVED)))
def test_easy_networks_are_solved(shape: Shape) -> None:
    """The plan is the exact optimum, and is told to be."""
    problem = dear(shape)
    found = optimize(problem, BEST)
    assert found.status is Status.PROVEN
    assert found.gap == 0.0
    assert found.cost.total == found.bound == exact_of(problem).bound


@pytest.mark.parametrize("shape", [SOLVED[2], Shape(weeks=3, blind=1, lots=3, depots=2)], ids=range(2))
def test_twice_the_same(shape: Shape) -> None:
    """Plan and bound of two runs are the same to the byte."""
    one, two = optimize(dear(shape), BEST), optimize(dear(shape), BEST)
    assert one.plan.hash == two.plan.hash
    assert (one.cost, one.bound, one.status) == (two.cost, two.bound, two.status)


def stops_after(steps: int) -> Callable[[Progress], bool]:
    """A watch that lets so many steps pass."""
    seen: list[Progress] = []

    def watch(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) <= steps

    return watch


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_cancelled_it_still_answers_a_checked_plan(steps: int) -> None:
    """At whatever step the watch says so."""
    problem = dear(Shape(weeks=3, blind=1, lots=3, depots=2))
    found = optimize(problem, BEST, stops_after(steps))
    assert found.status is Status.CANCELLED
    assert holds(problem, found)


def test_without_time_it_still_answers_a_checked_plan() -> None:
    """What is found in the first step."""
    problem = dear(Shape(weeks=3, blind=1, lots=3, depots=2))
    found = optimize(problem, Goal(gap=0.0, seconds=0.0))
    assert found.status is Status.STOPPED
    assert holds(problem, found)


@pytest.mark.parametrize("shape", [SOLVED[2], Shape(weeks=3, blind=1, lots=3, depots=2)], ids=range(2))
def test_the_best_plan_never_gets_dearer_while_it_works(shape: Shape) -> None:
    """And nothing told on the way is above the plan in the end."""
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return True

    found = optimize(dear(shape), BEST, watch)
    costs = [progress.cost for progress in told if progress.cost is not None]
    assert costs == sorted(costs, reverse=True)
    assert found.cost.total == costs[-1]
    assert max(progress.bound for progress in told) <= found.cost.total


def test_an_empty_problem_costs_nothing() -> None:
    """Nothing there, nothing wanted: proven at once."""
    nothing = Problem(
        "none", date(2026, 1, 5), 7, ("2-8C",), {}, {}, {}, {}, {}, (), {}, (), Costs({"2-8C": 1}, {"2-8C": 1}, 9)
    )
    found = optimize(nothing, BEST)
    assert (found.status, found.cost.total, found.bound, found.gap) == (Status.PROVEN, 0, 0, 0.0)
    assert not found.plan.consignments


@pytest.mark.parametrize("at", [("C0",), ("C0", "S0", "S1")], ids=["nothing-at-sites", "own-stock"])
def test_what_nobody_can_serve_is_priced(at: tuple[str, ...]) -> None:
    """Without a lane all kits but the sites' own are missed; where they have none, that is proven."""
    problem = dear(Shape(weeks=3, kits_per_class=1, lots=1))
    problem = replace(problem, lanes={}, supply=tuple(row for row in problem.supply if row.node in at))
    found = optimize(problem, BEST)
    assert holds(problem, found)
    assert not found.plan.consignments
    assert found.cost.total == exact_of(problem).bound
    assert found.cost.unmet > 0
    assert found.status is Status.PROVEN or len(at) > 1


@needs_benchmark
@pytest.mark.parametrize(("name", "cents"), [("p1-small-nb", 1_458_184), ("p3-small-dtp", 1_877_479)])
def test_small_problems_of_the_benchmark_are_solved(name: str, cents: int) -> None:
    """To the proven optimum, at the price of the benchmark's own checker."""
    problem = instance(name)
    found = optimize(problem, Goal(gap=0.0, seconds=60.0))
    said = benchmark_says(problem, found.plan)
    assert (found.status, found.bound, found.cost.total) == (Status.PROVEN, cents, cents)
    assert (said["feasible"], said["total"]) == (True, cents)
