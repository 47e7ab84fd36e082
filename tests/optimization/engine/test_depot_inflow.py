"""The arrivals at a depot: the least cost that every way of spreading its kits over them, tried one by one, has."""

from collections.abc import Iterator
from itertools import product
from random import Random

import numpy as np
import pytest

from optimization.engine.boxes import Boxes, box_costs
from optimization.engine.compiled import NEVER
from optimization.engine.depot_inflow import InflowTable, plan_inflow
from tests.optimization.engine.site_tables import least_cost

ARRIVALS, KITS = 4, 5


def inflow(seed: int) -> tuple[InflowTable, np.ndarray, np.ndarray]:
    """A table of arrivals, their fixed costs, and prices of a kit: of either sign, as in a bound."""
    random = Random(seed)
    boxes = Boxes(
        ("S", "L"), np.array([3, 7]), np.array([4.0, random.choice([6.0, 9.0])]), random.choice([1, 2, 3])
    )
    table = InflowTable(
        stock=np.zeros((0, 0)),
        kits=KITS,
        due=np.array(sorted(random.choice((0, 0, 1, 2, 4)) for _ in range(ARRIVALS))),
        most=np.array(sorted(random.choice((2, 4, KITS, KITS)) for _ in range(ARRIVALS))),
        capacity=boxes.capacity,
        cost=boxes.cost,
        kit_volume=boxes.kit_volume,
        box_cost=box_costs(boxes, KITS),
    )
    fixed = np.array([float(random.randrange(12)) for _ in range(ARRIVALS)])
    return table, fixed, np.array([float(random.randrange(-6, 5)) for _ in range(ARRIVALS)])


def price_of(table: InflowTable, fixed: np.ndarray, price: np.ndarray, spread: tuple[int, ...]) -> float:
    """What these kits of each arrival cost."""
    return float(sum(fixed[j] + table.box_cost[n] + n * price[j] for j, n in enumerate(spread) if n))


def spreads(table: InflowTable, fewest: int) -> Iterator[tuple[int, ...]]:
    """Kits of each arrival, nothing late and nothing before it is there."""
    for spread in product(range(KITS + 1), repeat=ARRIVALS):
        came = np.concatenate([[0], np.cumsum(spread)])
        enough = fewest <= came[-1] <= KITS
        soon = all(came[j] >= table.due[j] for j in range(ARRIVALS))
        if enough and soon and all(came[j + 1] <= table.most[j] for j, n in enumerate(spread) if n):
            yield spread


@pytest.mark.parametrize("fewest", [0, 2, KITS])
@pytest.mark.parametrize("seed", range(15))
def test_no_spread_is_cheaper(seed: int, fewest: int) -> None:
    """The least is exact, NEVER where kits would be late, and the kits told cost as much."""
    table, fixed, price = inflow(seed)
    value, taken = plan_inflow(table, fixed, price, fewest)
    assert value == least_cost(price_of(table, fixed, price, spread) for spread in spreads(table, fewest))
    if value < NEVER:
        assert price_of(table, fixed, price, tuple(map(int, taken))) == value
