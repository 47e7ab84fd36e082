"""Small random tables of one site, and every way to send its kits, tried one by one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np

from optimization.engine.compiled import NEVER
from optimization.engine.site_table import SiteTable

Way = tuple[int, ...]
"""The option of each kit, those of kind 0 first."""


@dataclass(frozen=True)
class SmallSite:
    """A table with one site; by kind and kit, its first and last option and the day a lot is ready."""

    table: SiteTable
    kits: tuple[tuple[tuple[int, int, int], ...], ...]

    def ways(self, days: Sequence[int]) -> Iterator[tuple[Way, dict[int, tuple[int, int]]]]:
        """Every way each kit may come, with kits by option; `days`: when each option's kits left the source."""
        kits = [one for some in self.kits for one in some]
        allowed = [[o for o in range(first, last + 1) if ready <= days[o]] for first, last, ready in kits]
        for way in product(*allowed):
            loads = self._loads(way)
            if self._fits(loads):
                yield way, loads

    def _loads(self, way: Way) -> dict[int, tuple[int, int]]:
        some = Counter(way[: len(self.kits[0])]), Counter(way[len(self.kits[0]) :])
        return {option: (some[0][option], some[1][option]) for option in sorted(set(way))}

    def _fits(self, loads: dict[int, tuple[int, int]]) -> bool:
        came = 0
        for option, kits in loads.items():
            came += sum(kits)
            if came - int(self.table.due[0, option].sum()) > self.table.room[0, option]:
                return False
        return True

    def spares(self, loads: dict[int, tuple[int, int]]) -> dict[int, int]:
        """How many kits travel for the blind alone, by option."""
        each = self.table.each
        return {o: sum(max(0, int(each[kind]) - kits[kind]) for kind in (0, 1)) for o, kits in loads.items()}

    def trips_cost(self, loads: dict[int, tuple[int, int]]) -> float:
        """Consignments, boxes, kits and what travels for the blind alone."""
        table, cost = self.table, 0.0
        for option, kits in loads.items():
            spare = [max(0, int(table.each[kind]) - kits[kind]) for kind in (0, 1)]
            cost += table.fixed[0, option] + table.box_cost[table.box_row[0, option], sum(kits) + sum(spare)]
            cost += sum(spare[kind] * table.spare[0, option, kind] for kind in (0, 1))
            cost += sum(kits) * table.price[0, option]
        return float(cost)


def least_cost(costs: Iterator[float]) -> float:
    """The least of them; NEVER if there are none."""
    return min(costs, default=NEVER)


def small_site(
    seed: int,
    kits: tuple[int, int],
    each: tuple[int, int] = (0, 0),
    room: int = 9,
    all_ready: bool = False,
    falling: bool = False,
) -> SmallSite:
    """Four options, kits of two kinds, prices and windows drawn from a seed; falling: later kits are no dearer."""
    random = Random(seed)
    options = 4
    windows = [sorted((random.randrange(options), random.randrange(options))) for _ in range(sum(kits))]
    ready = (0,) if all_ready else (0, 0, 10, 20)
    groups = (windows[: kits[0]], windows[kits[0] :])
    kinds = tuple(_in_order(some, random, ready) for some in groups)
    prices = [float(random.randrange(9)) for _ in range(options)]
    table = SiteTable(
        wanted=np.array([kits]),
        options=np.array([options]),
        due=np.array([[[sum(last < o for _, last, _ in some) for some in kinds] for o in range(options)]]),
        open=np.array([[[sum(first <= o for first, _, _ in some) for some in kinds] for o in range(options)]]),
        ready=np.array([[[one[2] for one in some] + [0] * (max(kits) - len(some)) for some in kinds]]),
        room=np.full((1, options), room),
        arrivals=np.array([sorted(random.randrange(1, 4) for _ in range(options))]),
        leaves=np.array([[10 * o for o in range(options)]]),
        fixed=np.array([[float(random.randrange(20)) for _ in range(options)]]),
        price=np.array([sorted(prices, reverse=True) if falling else prices]),
        box_row=np.zeros((1, options), dtype=np.int64),
        box_cost=np.array([_box_costs(random, sum(kits) + sum(each))]),
        spare=np.array([[[float(random.randrange(6)) for _ in range(2)] for _ in range(options)]]),
        each=np.array(each),
        from_stock=np.zeros(2),
    )
    return SmallSite(table, kinds)


def _in_order(
    windows: Sequence[Sequence[int]], random: Random, days: Sequence[int]
) -> tuple[tuple[int, int, int], ...]:
    """Earlier kits open, last and are ready no later than those after them."""
    firsts, lasts = sorted(one[0] for one in windows), sorted(one[1] for one in windows)
    ready = sorted(random.choice(days) for _ in windows)
    return tuple(zip(firsts, lasts, ready, strict=True))


def _box_costs(random: Random, kits: int) -> list[float]:
    """Of 0, 1, 2, … kits: more cost no less, and together no more than apart."""
    costs = [0.0]
    for count in range(1, kits + 1):
        apart = [costs[some] + costs[count - some] for some in range(1, count)]
        costs.append(min([costs[-1] + float(random.randrange(7)), *apart]))
    return costs
