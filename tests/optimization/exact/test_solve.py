"""The exact model: its optimum is the checker's price, and no plan anybody finds is cheaper."""

import pytest

from optimization.check.check_plan import check_plan
from optimization.exact.data import data_of
from optimization.exact.solve import solve_exact
from tests.optimization.benchmark import benchmark_says, needs_benchmark
from tests.optimization.instances import Shape, network
from tests.optimization.plans import changed_plan

SHAPES = [
    Shape(),
    Shape(blind=1, seed=2),
    Shape(direct=True, seed=2),
    Shape(couriers=True, seed=2),
    Shape(licence_share=0.6, depots=2),
    Shape(supply_share=0.7),
    Shape(patients=1),
    Shape(classes=2),
    Shape(lots=3, weeks=3),
    Shape(classes=3, kits_per_class=1, weeks=3),
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_the_optimum_is_what_the_checker_prices(shape: Shape) -> None:
    """To the cent; and small changes that keep every rule cost at least as much."""
    problem = network(shape)
    exact = solve_exact(problem)
    assert exact.proven
    assert exact.verdict.accepted
    assert exact.bound == exact.verdict.cost.total
    for seed in range(60):
        other = check_plan(problem, changed_plan(exact.plan, seed))
        assert not other.accepted or other.cost.total >= exact.bound


@needs_benchmark
@pytest.mark.parametrize("shape", SHAPES[:4], ids=range(4))
def test_the_benchmark_accepts_the_optimum(shape: Shape) -> None:
    """At the same price."""
    problem = network(shape)
    exact = solve_exact(problem)
    said = benchmark_says(problem, exact.plan)
    assert (said["feasible"], said["total"]) == (True, exact.bound)


def test_stopped_early_it_proves_less() -> None:
    """The plan keeps every rule and the bound is below it, also when there was no time at all."""
    problem = network(Shape(sites=3, depots=2))
    exact = solve_exact(problem, seconds=0.0)
    assert not exact.proven
    assert exact.verdict.accepted
    assert 0 <= exact.bound <= exact.verdict.cost.total


def test_nothing_leaves_without_a_qualified_shipper() -> None:
    """A lane longer than every shipper holds is no choice."""
    problem = network(Shape())
    slow = {departure.lane.id for departure in data_of(problem).departures if departure.lane.transit_days > 4}
    assert slow == set()
    assert all(departure.lots and departure.shippers for departure in data_of(problem).departures)
