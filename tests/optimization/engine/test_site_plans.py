"""The least-cost plan of a site: what every way of sending its kits, tried one by one, says too."""

from random import Random

import numpy as np
import pytest

from optimization.engine.compiled import NEVER
from optimization.engine.site_plans import as_overtaken, plan_sites
from tests.optimization.engine.site_tables import SmallSite, least_cost, small_site

KITS = [((5, 0), (0, 0)), ((3, 2), (1, 1)), ((2, 2), (2, 2))]
"""Kits of each kind, and how many of each travel at least."""


def planned(site: SmallSite) -> tuple[float, np.ndarray]:
    """The cost and the kits sent of a site that draws straight from its source."""
    alone = np.arange(1)
    value, sent = plan_sites(site.table, alone, np.zeros(site.table.price.shape), site.table.leaves)
    return float(value[0]), sent[0]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("kits", "each"), KITS)
@pytest.mark.parametrize("room", [2, 9])
def test_no_way_is_cheaper(seed: int, kits: tuple[int, int], each: tuple[int, int], room: int) -> None:
    """One kind and two with spares, in small stores and large: the exact least, and NEVER where nothing fits."""
    site = small_site(seed, kits, each, room)
    value, _ = planned(site)
    ways = site.ways([10 * option for option in range(4)])
    assert value == least_cost(site.trips_cost(loads) for _, loads in ways)


@pytest.mark.parametrize("seed", range(40))
def test_no_way_is_cheaper_where_later_kits_are_no_dearer(seed: int) -> None:
    """What follows kits that are not due comes in full boxes: the least all the same, and of one price too."""
    site = small_site(seed, (5, 0), room=(3, 9)[seed % 2], falling=True)
    if seed % 4 > 1:
        site.table.price[:] = 3.0
    value, sent = planned(site)
    ways = site.ways([10 * option for option in range(4)])
    assert value == least_cost(site.trips_cost(loads) for _, loads in ways)
    assert value == NEVER or sent.sum() == 5


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("kits", "each"), KITS)
def test_the_kits_sent_cost_what_is_said(seed: int, kits: tuple[int, int], each: tuple[int, int]) -> None:
    """Every kit comes once, and the consignments add up to the value."""
    site = small_site(seed, kits, each)
    value, sent = planned(site)
    loads = {option: (int(some[0]), int(some[1])) for option, some in enumerate(sent) if some.any()}
    if value < NEVER:
        assert tuple(sent.sum(axis=0)) == kits
        assert site.trips_cost(loads) == value
    else:
        assert not loads


def test_a_day_that_cannot_be_used_brings_nothing() -> None:
    """Where the source day of an option is -2, its kits come by others."""
    site = small_site(3, (4, 0))
    days = site.table.leaves.copy()
    days[0, 1] = -2
    _, sent = plan_sites(site.table, np.arange(1), np.zeros(site.table.price.shape), days)
    assert not sent[0, 1].any()


@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_no_way_is_cheaper_where_options_overtake_each_other(kits: tuple[int, int]) -> None:
    """Whatever day the kits of each option left their source, in whatever order: for bounds."""
    for seed in range(150):
        site, random = small_site(seed, kits), Random(seed)
        days = [random.choice((0, 10, 20)) for _ in range(4)]
        free, alone = np.zeros(site.table.price.shape), np.arange(1)
        value, _ = plan_sites(site.table, alone, free, as_overtaken(np.array([days])))
        assert value[0] <= least_cost(site.trips_cost(loads) for _, loads in site.ways(days))
