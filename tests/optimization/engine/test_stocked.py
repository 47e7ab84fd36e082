"""Plans of networks with stock at depots, as live studies are: what only that stock can serve is served."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimization.check.check_plan import check_plan
from optimization.problem import Problem
from optimization.solve import optimize
from tests.optimization.engine.small import LONG, small
from tests.optimization.instances import Shape
from tests.optimization.proofs import BEST, exact_of
from tests.optimization.stocked import Stocked, stocked

STOCKED = st.builds(
    Stocked,
    shape=st.builds(
        Shape,
        sites=st.integers(1, 3),
        weeks=st.integers(2, 3),
        depots=st.integers(1, 2),
        kits_per_class=st.integers(1, 2),
        lots=st.integers(1, 2),
        blind=st.integers(0, 1),
        direct=st.booleans(),
        couriers=st.booleans(),
        supply_share=st.sampled_from([0.6, 1.0, 2.0]),
        seed=st.integers(0, 10_000),
    ),
    cover=st.sampled_from([0.2, 0.5, 1.0, 1.5]),
    soon=st.booleans(),
    coming=st.booleans(),
    bare=st.booleans(),
    unmet_kit=st.sampled_from([2_000_000, 200_000]),
)
FEW = settings(deadline=None, derandomize=True, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=300)


def keeps_its_word(problem: Problem) -> None:
    """The plan keeps all rules at the price told; the bound is not above the exact optimum."""
    found, exact = optimize(problem, BEST), exact_of(problem)
    verdict = check_plan(problem, found.plan)
    assert verdict.accepted
    assert verdict.cost == found.cost
    assert found.bound <= found.cost.total
    if exact.proven:
        assert found.bound <= exact.bound <= found.cost.total


@FEW
@given(STOCKED)
def test_bounds_hold_with_stock_at_depots(of: Stocked) -> None:
    """Of any small network, blind or not, with stock that expires and stock that is still to come."""
    keeps_its_word(stocked(of))


@pytest.mark.slow
@MANY
@given(STOCKED)
def test_bounds_hold_with_stock_at_depots_of_many(of: Stocked) -> None:
    """The same, many times."""
    keeps_its_word(stocked(of))


def cost_and_least(problem: Problem) -> tuple[int, int]:
    """What the plan costs, and what the best one does."""
    return optimize(problem, BEST).cost.total, exact_of(problem).bound


@pytest.mark.parametrize("expiry", [LONG, 9])
def test_a_visit_that_only_the_depots_stock_reaches(expiry: int) -> None:
    """Nothing that leaves the source is there in time; the kit that lies at the depot is, alone or with others."""
    supply = [("R0", "K1", 0, 2), ("C0", "K2", 6, 9)]
    problem = small([("K1", expiry), ("K2", LONG)], supply, [(2, 1), (3, 1), (20, 2)])
    cost, least = cost_and_least(problem)
    assert cost == least
    assert cost < problem.costs.unmet_kit


def test_kits_on_their_way_to_the_depot_serve_as_stock() -> None:
    """What comes to the depot on the fourth day serves the visit on the sixth."""
    problem = small([("K1", LONG)], [("R0", "K1", 4, 1)], [(6, 1)])
    cost, least = cost_and_least(problem)
    assert cost == least
    assert cost < problem.costs.unmet_kit


EASY = [
    Stocked(Shape(sites=1 + seed % 3, weeks=3, depots=1 + seed % 2, kits_per_class=1 + seed % 2, seed=seed), cover)
    for seed, cover in ((2, 0.5), (3, 0.5), (10, 0.5), (19, 1.5))
]


@pytest.mark.parametrize("of", EASY, ids=range(len(EASY)))
def test_plans_with_stock_are_as_good_as_can_be(of: Stocked) -> None:
    """Nothing is missed that could be served, and the plan costs at most a hundredth more than the best."""
    problem = stocked(of)
    cost, least = cost_and_least(problem)
    assert least <= cost <= 1.01 * least


def varied(seed: int) -> Stocked:
    """A small network in which much depends on its seed."""
    shape = Shape(
        sites=1 + seed % 3,
        weeks=2 + seed % 2,
        depots=1 + seed % 2,
        kits_per_class=1 + seed // 2 % 2,
        lots=1 + seed % 2,
        blind=seed // 4 % 2,
        direct=seed % 5 == 0,
        couriers=seed % 7 == 0,
        seed=seed,
    )
    cover = (0.2, 0.5, 1.0, 1.5)[seed % 4]
    return Stocked(shape, cover, seed % 3 > 0, seed % 4 == 1, seed % 5 > 0, (2_000_000, 200_000)[seed % 6 == 0])


def misses_no_more_than_the_exact(seed: int) -> None:
    """The plan leaves as many kits unserved as the best one."""
    problem = stocked(varied(seed))
    exact = exact_of(problem)
    assert optimize(problem, BEST).cost.unmet <= exact.verdict.cost.unmet or not exact.proven


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(159, id="what travels beside it for the blind comes later than it lies there"),
        pytest.param(94, id="what travels beside it for the blind expires before the visit"),
        pytest.param(161, id="the lots of the source are used up by others"),
        pytest.param(321, id="an arrival that looks empty is needed"),
        pytest.param(329, id="a slower lane would leave before the stock is there"),
    ],
)
def test_nothing_is_missed_that_stock_and_arrivals_serve_together(seed: int) -> None:
    """Stock of the depot leaves as soon as it and what must travel with it are there."""
    misses_no_more_than_the_exact(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 400, 50))
def test_nothing_is_missed_that_could_be_served_of_many(first: int) -> None:
    """The same of four hundred networks."""
    for seed in range(first, first + 50):
        misses_no_more_than_the_exact(seed)


def test_a_store_with_own_stock_in_it_is_not_overfilled() -> None:
    """Four kits lie there until day 9 and six fit: the other four come in two."""
    supply = [("S0", "K1", 0, 4), ("R0", "K1", 0, 9)]
    problem = small([("K1", LONG)], supply, [(9, 6), (10, 2)])
    site = replace(problem.nodes["S0"], capacity={"2-8C": 6})
    cost, least = cost_and_least(replace(problem, nodes={**problem.nodes, "S0": site}))
    assert cost == least
    assert cost < problem.costs.unmet_kit
