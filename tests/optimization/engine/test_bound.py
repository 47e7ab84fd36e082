"""Whatever shares and prices sites pay, the bound is not above the best plan."""

from dataclasses import replace

import numpy as np
import pytest

from optimization.engine.bound import Shares, first_bound
from optimization.engine.class_work import ClassWork, begin_class
from optimization.engine.network import network_of
from optimization.engine.waste import first_prices
from optimization.exact.solve import solve_exact
from optimization.problem import Costs, Demand, Problem
from tests.optimization.engine.small import LONG, small

LATE = 8


def two_lots() -> Problem:
    """A kit of the first lot is best sent early in a box with room, and kept at the depot for its visit."""
    supply = [("C0", "K1", 0, 9), ("C0", "L1", LATE, 9)]
    problem = small([("K1", LONG), ("L1", LONG)], supply, [(3, 1), (10, 1)], kits=("K", "L"))
    demand = (*problem.demand, Demand("S0", "L", 10, 4, 1))
    return replace(problem, demand=demand, costs=Costs({"2-8C": 100}, {"2-8C": 1}, 100_000))


def begun(problem: Problem) -> ClassWork:
    """The work on its one class and depot."""
    net = network_of(problem)
    return begin_class(net, "2-8C", first_prices(problem, net.sources, net.first_arrival), lambda _: True)


def bound_at(work: ClassWork, later_price: float) -> float:
    """The bound if the site pays for arrivals alone, and so much more for kits of the later lot's."""
    (cluster,) = work.clusters
    fixed = np.array([[float(trip.lane.fixed_cost) for trip in cluster.relaxed.arrivals]])
    kit = np.where(cluster.relaxed.left_source >= LATE, later_price, 0.0)
    cluster.bound = first_bound(cluster.relaxed, cluster.tables, Shares(fixed, kit))
    return work.bound


@pytest.mark.parametrize("later_price", [-500.0, -100.0, 0.0])
def test_prices_that_fall(later_price: float) -> None:
    """Kits of later arrivals are no dearer."""
    problem = two_lots()
    assert bound_at(begun(problem), later_price) <= solve_exact(problem).bound


def test_prices_that_rise() -> None:
    """Kits of later arrivals are dearer, and later lots ask for them."""
    problem = two_lots()
    work, optimum = begun(problem), solve_exact(problem).bound
    assert max(bound_at(work, price) for price in (50.0, 100.0, 200.0, 300.0)) <= optimum


@pytest.mark.parametrize("kits", [20, 25])
def test_a_store_too_small_for_its_visits(kits: int) -> None:
    """Where no plan serves every visit, what is told of plans that do says nothing."""
    problem = small([("K1", LONG)], [("C0", "K1", 0, 40)], [(10, kits), (20, 3)])
    site = replace(problem.nodes["S0"], capacity={"2-8C": 20})
    problem = replace(problem, nodes={**problem.nodes, "S0": site})
    work = begun(problem)
    (cluster,) = work.clusters
    cluster.cases.tell_apart(float("inf"), 20)
    assert work.bound <= solve_exact(problem).bound
