"""Kits kept back for a lot that expires are counted: plan and bound meet where the lot's price leaves a gap."""

from dataclasses import replace
from random import Random

import pytest

from optimization.engine.by_numbers import by_numbers
from optimization.engine.class_work import ClassWork, begin_class
from optimization.engine.network import network_of
from optimization.engine.waste import first_prices
from optimization.problem import Costs, Problem
from optimization.solve import optimize
from tests.optimization.engine.small import LONG, small
from tests.optimization.proofs import BEST, exact_of

Visits = tuple[tuple[int, int], ...]
GAPS: list[tuple[int, int, int, Visits, int, int]] = [
    (24, 4, 1, ((21, 2), (27, 1), (32, 1), (33, 2), (34, 1)), 1_000, 50),
    (28, 4, 3, ((9, 1), (13, 1), (19, 2), (20, 2), (36, 2)), 5_000, 20),
]
"""The arguments of `keeping_back`."""


def keeping_back(expires: int, own: int, kits: int, visits: Visits, unit: int, holding: int) -> Problem:
    """A site with own kits of a lasting lot, which may wait so that kits of the lot that expires are used."""
    supply = [("C0", "K1", 0, kits), ("C0", "K2", 0, 30), ("S0", "K2", 0, own)]
    problem = small([("K1", expires), ("K2", LONG)], supply, visits)
    kit = replace(problem.kit_types["K"], unit_cost=unit)
    return replace(problem, kit_types={"K": kit}, costs=Costs({"2-8C": holding}, {"2-8C": 1}, 100_000))


def begun(problem: Problem) -> ClassWork:
    """The work on its one class, with the lots' prices that bind best."""
    net = network_of(problem)
    return begin_class(net, "2-8C", first_prices(problem, net.sources, net.first_arrival), lambda _: True)


@pytest.mark.parametrize("gap", GAPS, ids=range(len(GAPS)))
def test_counting_closes_the_gap_that_prices_leave(gap: tuple[int, int, int, Visits, int, int]) -> None:
    """The optimum of the exact model is found and proven, above what the price of the lot proves."""
    problem = keeping_back(*gap)
    work, optimum = begun(problem), exact_of(problem).bound
    counted = by_numbers(work, lambda _: True)
    assert counted is not None
    assert work.bound < counted.tell_apart() - 1 <= optimum - 1
    found = optimize(problem, BEST)
    assert found.bound == found.cost.total == optimum


def test_a_class_with_kits_for_the_blind_is_not_counted() -> None:
    """Its kits of lots that expire may travel for the blind alone."""
    problem = keeping_back(*GAPS[0])
    blind = replace(problem, blind_groups=(("K",),), blind_minimum_each=1)
    assert by_numbers(begun(blind), lambda _: True) is None


@pytest.mark.slow
def test_counting_never_tells_more_than_the_optimum() -> None:
    """Nor more than the exact model's plan, of many sites with own stock and a lot that expires."""
    counted = 0
    for seed in range(40):
        random = Random(seed)
        visits = tuple((day, random.randrange(1, 3)) for day in sorted(random.sample(range(2, 38), 5)))
        kits = [random.randrange(*span) for span in ((12, 30), (1, 5), (1, 5))]
        problem = keeping_back(kits[0], kits[1], kits[2], visits, random.choice((1_000, 5_000)), 2)
        told = by_numbers(begun(problem), lambda _: True)
        if told is not None:
            counted += 1
            assert told.tell_apart() <= exact_of(problem).verdict.cost.total + 0.5
    assert counted > 25
