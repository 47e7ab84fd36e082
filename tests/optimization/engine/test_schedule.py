"""Arrivals at a depot: what local search finds, against every schedule there is."""

from dataclasses import replace
from itertools import combinations

import pytest

from optimization.engine.class_work import begin_class
from optimization.engine.cluster_work import ClusterWork
from optimization.engine.compiled import NEVER
from optimization.engine.network import network_of
from optimization.engine.schedule import Scheduling
from optimization.engine.waste import first_prices
from tests.optimization.instances import Shape, network


def work_of(seed: int) -> ClusterWork:
    """The one depot of a small network, begun."""
    problem = network(Shape(sites=2, weeks=3, kits_per_class=1, lots=1, seed=seed))
    net = network_of(replace(problem, costs=replace(problem.costs, unmet_kit=2_000_000)))
    (work,) = begin_class(
        net, "2-8C", first_prices(problem, net.sources, net.first_arrival), lambda _: True
    ).clusters
    return work


@pytest.mark.parametrize("seed", [1, 2, 3, 6])
def test_no_schedule_is_cheaper(seed: int) -> None:
    """Of all sets of arrivals; and what it brings is what the sites draw."""
    work = work_of(seed)
    scheduling = Scheduling(work.exact, work.plain, work.plain.early)
    count = len(work.exact.arrivals)
    sets = [some for size in range(count + 1) for some in combinations(range(count), size)]
    assert len(sets) <= 512
    least = min(scheduling.consider(some) for some in sets)
    searched = Scheduling(work.exact, work.plain, work.plain.early)
    searched.consider(range(count))
    searched.improve(200)
    assert searched.best is not None
    assert searched.best.cost == pytest.approx(least)
    assert searched.best.inflow.sum() == searched.best.sent.sum() == work.exact.kits


def test_the_best_is_kept() -> None:
    """Whatever is considered after it; and a schedule that brings too little costs more than anything."""
    work = work_of(1)
    scheduling = Scheduling(work.exact, work.plain, work.plain.early)
    first = scheduling.consider(range(len(work.exact.arrivals)))
    assert scheduling.consider(()) == NEVER
    assert scheduling.best is not None
    assert scheduling.best.cost == first
