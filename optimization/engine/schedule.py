"""When consignments arrive at a depot: a good schedule, found by moving, dropping and adding arrivals.

For given arrivals the sites' plans are exact, each kit drawn from the last arrival before it leaves; the kits are
then spread over the arrivals so that boxes are filled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from optimization.engine.cluster import Cluster
from optimization.engine.compiled import NEVER
from optimization.engine.depot_inflow import plan_inflow
from optimization.engine.depot_stock import own_kits
from optimization.engine.site_plans import plan_sites, travelling
from optimization.engine.site_table import Amounts, Counts
from optimization.engine.tables import Tables

STEPS = (1, 2, 3, 5, 8, 13)
NOT_USABLE, OWN_STOCK_ONLY = -2, -1
SPARE_RISES = (1_000.0, 4_000.0, 16_000.0, 64_000.0, 256_000.0)
"""Cents; prices of kits for the blind alone from the depot's own stock, while more are asked for than are there."""


@dataclass(frozen=True)
class Schedule:
    """Arrivals by number, what the cluster costs with them, kits sent (choice, o, k) and kits of each arrival.

    The cost holds the early prices paid, if there are any.
    """

    arrivals: tuple[int, ...]
    cost: float
    sent: Counts
    inflow: Counts
    choices: Counts


class Scheduling:
    """The schedules of one cluster that were tried."""

    def __init__(self, cluster: Cluster, tables: Tables, early: Amounts) -> None:
        self._cluster, self.tables, self._early = cluster, tables, early
        self._sites = np.arange(len(cluster.sites), dtype=np.int64)
        self._costs: dict[tuple[int, ...], float] = {}
        self.best: Schedule | None = None

    def consider(self, arrivals: Iterable[int]) -> float:
        """The cost with these arrivals; the best schedule is kept."""
        chosen = tuple(sorted(set(arrivals)))
        if chosen not in self._costs:
            found = self._planned(chosen)
            used = tuple(one for one, kits in zip(chosen, found.inflow, strict=True) if kits)
            fewer = self.consider(used) if found.cost < NEVER and used != chosen else NEVER
            if fewer < NEVER:
                self._costs[chosen] = fewer
            else:
                # Of other choices, kits may come earlier: an arrival may look empty and be needed.
                self._costs[chosen] = found.cost
                if self.best is None or found.cost < self.best.cost - 1e-6:
                    self.best = found
        return self._costs[chosen]

    def improve(self, tries: int) -> None:
        """Takes the first better neighbour of the best schedule, again and again, for so many tries at most."""
        while tries > 0 and self.best is not None:
            before = self.best
            for neighbour in _neighbours(before.arrivals, len(self._cluster.arrivals)):
                if neighbour in self._costs:
                    continue
                self.consider(neighbour)
                tries -= 1
                if self.best is not before or tries <= 0:
                    break
            if self.best is before:
                break

    def _planned(self, chosen: tuple[int, ...]) -> Schedule:
        cluster = self._cluster
        price, source_day = self._prices(chosen)
        value, sent = self._sites_planned(price, source_day)
        costs = value + cluster.apart
        best = cluster.best_choices(costs)
        least = float(costs[best].sum())
        if not least < NEVER / 2:
            return Schedule(chosen, NEVER, sent, np.zeros(len(chosen), dtype=np.int64), best)
        taken = np.zeros_like(sent)
        taken[best] = sent[best]
        cost, inflow = self._inflow(chosen, taken, price, source_day != OWN_STOCK_ONLY)
        return Schedule(chosen, least + cost, taken, inflow, best)

    def _sites_planned(self, price: np.ndarray, source_day: Counts) -> tuple[Amounts, Counts]:
        """The sites' plans, at such prices of kits for the blind from the depot's own stock that they suffice."""
        table, there = self.tables.sites, np.array(self._cluster.spare_stock)
        alone = np.where(there > 0, 0.0, float(self._cluster.problem.costs.unmet_kit))
        for rise in SPARE_RISES:
            priced = table._replace(from_stock=alone)
            value, sent = plan_sites(priced, self._sites, price, source_day)
            if not table.each.any():
                break
            best = self._cluster.best_choices(value + self._cluster.apart)
            taken = (
                np.maximum(0, table.each - sent) * (sent.any(axis=2) & (source_day == OWN_STOCK_ONLY))[:, :, None]
            )
            short = taken[best].sum(axis=(0, 1)) > there
            if not short.any():
                break
            alone = np.where(short, np.maximum(alone, rise), alone)
        return value, sent

    def _prices(self, chosen: tuple[int, ...]) -> tuple[np.ndarray, Counts]:
        """For each option the price of a kit of the last arrival before it, and when that left its source."""
        cluster, table = self._cluster, self.tables.sites
        last = np.full(len(cluster.arrivals) + 1, -1)
        for arrival in chosen:
            last[arrival + 1 :] = arrival
        by_depot = table.arrivals >= 0
        held = np.where(by_depot, last[np.maximum(table.arrivals, 0)], -1)
        price, left = (cluster.kit_costs + self._early), cluster.left_source
        drawn = held >= 0
        source_day = np.where(by_depot, OWN_STOCK_ONLY, table.leaves)
        if len(left):
            source_day = np.where(drawn, left[np.maximum(held, 0)], source_day)
            return np.where(drawn, price[np.maximum(held, 0)], 0.0), source_day
        return np.zeros(table.price.shape), source_day

    def _inflow(
        self, chosen: tuple[int, ...], sent: Counts, paid: np.ndarray, drawn_from: np.ndarray
    ) -> tuple[float, Counts]:
        """What arrivals cost beyond what the sites paid for their kits, at the best spread of kits over them.

        `drawn_from` (choice, o): whether kits that do not lie at the depot are of an arrival.
        """
        cluster, table, whole = self._cluster, self.tables.sites, self.tables.inflow
        own = own_kits(table, sent)
        by_arrival = (table.arrivals >= 0) & drawn_from
        kits = (travelling(table, sent) - own) * by_arrival
        drawn = np.zeros(len(cluster.arrivals) + 1, dtype=np.int64)
        np.add.at(drawn, np.maximum(table.arrivals, 0), kits)
        if not chosen:
            return 0.0, np.zeros(0, dtype=np.int64)
        total = np.cumsum(drawn)
        at = np.array(chosen)
        fixed = np.array([cluster.arrivals[one].lane.fixed_cost for one in chosen], dtype=np.float64)
        alone = int(kits.sum() - ((sent.sum(axis=2) - own) * by_arrival).sum())
        part = whole._replace(kits=int(total[-1]), due=total[at], most=whole.most[at] + alone)
        cost, inflow = plan_inflow(part, fixed, (cluster.kit_costs + self._early)[at], int(total[-1]))
        return cost - float((kits * paid).sum()), inflow


def _neighbours(arrivals: tuple[int, ...], count: int) -> Iterator[tuple[int, ...]]:
    """Schedules with one arrival dropped, moved or added; then with two in a row moved."""
    chosen = set(arrivals)
    for one in arrivals:
        yield tuple(sorted(chosen - {one}))
    for step in STEPS:
        for one in arrivals:
            for moved in (one - step, one + step):
                if 0 <= moved < count and moved not in chosen:
                    yield tuple(sorted(chosen - {one} | {moved}))
    for one in range(count):
        if one not in chosen:
            yield tuple(sorted(chosen | {one}))
    for one, other in pairwise(arrivals):
        for moved, too in product(_moved(one), _moved(other)):
            if 0 <= moved < too < count and not {moved, too} & (chosen - {one, other}):
                yield tuple(sorted(chosen - {one, other} | {moved, too}))


def _moved(arrival: int) -> list[int]:
    return [arrival + sign * step for step in STEPS for sign in (-1, 1)]
