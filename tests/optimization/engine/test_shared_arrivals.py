"""A site that pays its shares of arrivals: what every way, with every arrival for each kit, says too."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

import numpy as np
import pytest

from optimization.engine.compiled import NEVER
from optimization.engine.shared_arrivals import share_arrivals
from tests.optimization.engine.site_tables import SmallSite, least_cost, small_site

LEFT = np.array([5, 12, 25])
NONE = np.zeros((1, 3), dtype=np.int64)
ARRIVALS_PAID = [some for count in range(4) for some in combinations(range(3), count)]


def shares(seed: int, rising: bool) -> tuple[np.ndarray, np.ndarray]:
    """Prices of a kit of each arrival, and the site's share of each."""
    random = Random(seed)
    price = sorted((float(random.randrange(8)) for _ in LEFT), reverse=not rising)
    return np.array(price), np.array([[float(random.randrange(9)) for _ in LEFT]])


def costs(site: SmallSite, price: np.ndarray, opening: np.ndarray) -> Iterator[float]:
    """Of every way and every arrival before it for each of its kits; spares come by the cheapest paid for."""
    ready = [one[2] for some in site.kits for one in some]
    for way, loads in site.ways([99] * 4):
        sources = [
            [j for j in range(site.table.arrivals[0, option]) if LEFT[j] >= first]
            for option, first in zip(way, ready, strict=True)
        ]
        trips, spares = site.trips_cost(loads), site.spares(loads)
        for drawn, paid in product(product(*sources), ARRIVALS_PAID):
            if set(drawn) <= set(paid):
                least = {o: min(float(price[j]) for j in paid if j < site.table.arrivals[0, o]) for o in loads}
                alone = sum(count * least[o] for o, count in spares.items())
                yield trips + alone + sum(float(price[j]) for j in drawn) + sum(float(opening[0, j]) for j in paid)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_no_way_is_cheaper(seed: int, kits: tuple[int, int]) -> None:
    """Whatever arrival each kit is drawn from, where kits of later ones are no dearer, as when holding is paid."""
    site = small_site(seed, kits, (1, 1) if kits[1] else (0, 0))
    price, opening = shares(seed, rising=False)
    value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
    assert value[0] == least_cost(costs(site, price, opening))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_no_way_is_cheaper_where_all_lots_are_there(seed: int, kits: tuple[int, int]) -> None:
    """Also where kits of later arrivals are dearer: nothing then asks for a later one."""
    site = small_site(seed, kits, (1, 1) if kits[1] else (0, 0), all_ready=True)
    price, opening = shares(seed, rising=True)
    value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
    assert value[0] == least_cost(costs(site, price, opening))


@pytest.mark.parametrize("seed", range(10))
def test_kits_are_drawn_from_arrivals_paid_for(seed: int) -> None:
    """All of them where every way passes the depot, and none where there is no way."""
    site = small_site(seed, (4, 0))
    value, paid, drawn = share_arrivals(site.table, LEFT, *shares(seed, False), NONE)
    assert not (drawn[0] > 0)[paid[0] == 0].any()
    assert drawn[0].sum() == (4 if value[0] < NEVER else 0)


@pytest.mark.parametrize("seed", range(20))
def test_no_way_is_cheaper_where_later_kits_are_no_dearer(seed: int) -> None:
    """What follows kits that are not due comes in full boxes: the least all the same."""
    site = small_site(seed, (4, 0), falling=True)
    price, opening = shares(seed, rising=False)
    value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
    assert value[0] == least_cost(costs(site, price, opening))


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_likely_arrivals_change_no_answer(seed: int, kits: tuple[int, int], falling: bool) -> None:
    """A first plan by some of the arrivals only tells how far to look."""
    site = small_site(seed, kits, (1, 1) if kits[1] else (0, 0), falling=falling)
    price, opening = shares(seed, rising=False)
    value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
    for some in range(1, 8):
        likely = np.array([[some >> arrival & 1 for arrival in range(3)]])
        assert share_arrivals(site.table, LEFT, price, opening, likely)[0][0] == value[0]


def overtaking(seed: int, kits: tuple[int, int]) -> SmallSite:
    """A site with options that leave in any order, some of them past the depot."""
    random, site = Random(seed), small_site(seed, kits)
    arrivals = np.array([[random.choice((-1, 1, 2, 3)) for _ in range(4)]])
    leaves = np.array([[random.choice((0, 10, 20, 30)) for _ in range(4)]])
    return replace(site, table=site.table._replace(arrivals=arrivals, leaves=leaves))


def overtaken_costs(site: SmallSite, price: np.ndarray, opening: np.ndarray) -> Iterator[float]:
    """Of every way and source of each of its kits: an arrival that came before it left, or none past the depot."""
    table, ready = site.table, [one[2] for some in site.kits for one in some]
    for way, loads in site.ways([99] * 4):
        sources = [
            [j for j in range(table.arrivals[0, option]) if LEFT[j] >= first]
            if table.arrivals[0, option] >= 0
            else [-1] * int(table.leaves[0, option] >= first)
            for option, first in zip(way, ready, strict=True)
        ]
        for drawn in product(*sources):
            paid = set(drawn) - {-1}
            shared = sum(float(opening[0, j]) for j in paid)
            yield site.trips_cost(loads) + shared + sum(float(price[j]) for j in drawn if j >= 0)


@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_no_way_is_cheaper_where_options_overtake_each_other(kits: tuple[int, int]) -> None:
    """Kits are counted in order, yet a later kit may come first; and likely arrivals change no answer."""
    for seed in range(60):
        site = overtaking(seed, kits)
        price, opening = shares(seed, rising=False)
        value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
        assert value[0] <= least_cost(overtaken_costs(site, price, opening)) + 1e-9
        for some in range(1, 8):
            likely = np.array([[some >> arrival & 1 for arrival in range(3)]])
            assert share_arrivals(site.table, LEFT, price, opening, likely)[0][0] == value[0]
