"""A site that pays its shares of arrivals: what every way, with every arrival for each kit, says too."""

from collections.abc import Iterator
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


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kits", [(3, 0), (2, 1)])
def test_likely_arrivals_change_no_answer(seed: int, kits: tuple[int, int]) -> None:
    """A first plan by some of the arrivals only tells how far to look."""
    site = small_site(seed, kits, (1, 1) if kits[1] else (0, 0))
    price, opening = shares(seed, rising=False)
    value, _, _ = share_arrivals(site.table, LEFT, price, opening, NONE)
    for some in range(1, 8):
        likely = np.array([[some >> arrival & 1 for arrival in range(3)]])
        assert share_arrivals(site.table, LEFT, price, opening, likely)[0][0] == value[0]
