"""The work on one cluster: its bound rises, its best schedule falls, until they meet."""

from dataclasses import dataclass, replace

import numpy as np

from optimization.engine.bound import Bound, first_bound, raise_bound
from optimization.engine.branching import CONSIGNMENTS_MAX, Cases
from optimization.engine.cluster import Cluster
from optimization.engine.compiled import NEVER
from optimization.engine.early_price import NO_PRICE, EarlyPrice
from optimization.engine.schedule import Schedule, Scheduling
from optimization.engine.tables import Tables, tables_of, with_early_price
from optimization.engine.waste import LotPrices

SHORT_STEP = 0.002
"""A bound whose steps are shorter does not rise any more."""
FAR_BEHIND, SLOW_STEP = 3.0, 0.2
"""Shares so many times further from the plan than cases, at steps that are no longer than that, are given up."""
CASES, TRIAL_CASES, ALL_CASES = 16, 60, 48
"""In a round, for a trial, and in a round where cases alone can show that the plan is good enough."""
SPACINGS = (1, 2, 3, 4, 5, 6, 8, 10, 12)
"""Arrivals a year begun with, from which the search starts."""


@dataclass
class ClusterWork:
    """One cluster in its exact form, for plans, and its relaxed form, for the bound.

    Either form has early prices of its own; costs and bounds hold those of the bound.
    """

    exact: Cluster
    plain: Tables
    relaxed: Cluster
    plain_relaxed: Tables
    tables: Tables
    scheduling: Scheduling
    bound: Bound
    cases: Cases
    early: EarlyPrice = NO_PRICE
    bound_early: EarlyPrice = NO_PRICE

    @property
    def cost(self) -> float:
        """What the best schedule costs at the prices of the bound."""
        best = self.scheduling.best
        if best is None or best.cost >= NEVER / 2:
            return NEVER
        more = float(sum(self.exact.more_at_bound[choice] for choice in best.choices.tolist()))
        return self.unpriced + more + self.paid(self.bound_early)

    @property
    def unpriced(self) -> float:
        """What the best schedule costs without early prices."""
        return self.schedule.cost - self.paid(self.early)

    def paid(self, price: EarlyPrice) -> float:
        """What the kits of the best schedule pay at these prices."""
        if not price.prices:
            return 0.0
        left, sites = self.exact.left_source[list(self.schedule.arrivals)], self.plain.sites
        direct = (self.schedule.sent.sum(axis=2) * (sites.arrivals < 0) * price.at(sites.leaves)).sum()
        return float((self.schedule.inflow * price.at(left)).sum() + direct)

    @property
    def value(self) -> float:
        """The better of the two bounds: from shared arrivals, and by cases."""
        return max(self.bound.value, self.cases.bound)

    @property
    def gap(self) -> float:
        """How far the cost is above the bound, in cents."""
        return max(0.0, self.cost - self.value)

    @property
    def few(self) -> bool:
        """Whether so few consignments supply the depot that cases may tell more than shares."""
        return len(self.schedule.arrivals) < CONSIGNMENTS_MAX - 1

    def tell_apart(self, reach: float, cases: int) -> None:
        """Tells so many cases apart, where consignments are few."""
        if self.few:
            self.cases.tell_apart(reach, cases)

    @property
    def schedule(self) -> Schedule:
        """The best schedule."""
        if self.scheduling.best is None:
            raise RuntimeError("a cluster without a schedule")
        return self.scheduling.best


def begin(exact: Cluster, relaxed: Cluster, prices: LotPrices) -> ClusterWork:
    """The first bound and the first schedules of a cluster."""
    plain, tables = tables_of(exact, prices), tables_of(relaxed, prices)
    scheduling = Scheduling(exact, plain, plain.early)
    for start in _starts(plain):
        scheduling.consider(start)
    cases = Cases(relaxed, tables)
    return ClusterWork(exact, plain, relaxed, tables, tables, scheduling, first_bound(relaxed, tables), cases)


def resumed(old: ClusterWork, exact: Cluster, prices: LotPrices, tries: int) -> ClusterWork:
    """The same work with another exact form, begun with the arrivals of the best schedule."""
    plain = tables_of(exact, prices)
    tables = with_early_price(exact, plain, old.early)
    scheduling = Scheduling(exact, tables, tables.early)
    days = {old.exact.arrivals[one].leaves for one in old.schedule.arrivals}
    scheduling.consider(place for place, trip in enumerate(exact.arrivals) if trip.leaves in days)
    if scheduling.best is None:
        for start in _starts(plain):
            scheduling.consider(start)
    scheduling.improve(tries)
    return replace(old, exact=exact, plain=plain, scheduling=scheduling)


def change_price(work: ClusterWork, price: EarlyPrice, tries: int) -> ClusterWork:
    """The work at other early prices, for plan and bound, begun from the same schedule and shares."""
    return priced(planned_at_price(work, price, tries), price)


def planned_at_price(work: ClusterWork, price: EarlyPrice, tries: int, starts: bool = False) -> ClusterWork:
    """The work with its plan at other early prices; its bound stays. `starts`: first schedules are tried too."""
    plain = with_early_price(work.exact, work.plain, price)
    scheduling = Scheduling(work.exact, plain, plain.early)
    scheduling.consider(work.schedule.arrivals)
    for start in _starts(plain) if starts else ():
        scheduling.consider(start)
    scheduling.improve(tries)
    return replace(work, scheduling=scheduling, early=price)


def priced(work: ClusterWork, price: EarlyPrice, cases: int = 0) -> ClusterWork:
    """The work with its bounds at other early prices, from the same shares; so many cases are told apart."""
    tables = with_early_price(work.relaxed, work.plain_relaxed, price)
    bound = first_bound(work.relaxed, tables, work.bound.shares)
    new = replace(work, tables=tables, bound=bound, cases=Cases(work.relaxed, tables), bound_early=price)
    new.tell_apart(NEVER, cases)
    return new


def go_on(work: ClusterWork, gap: float, steps: int, tries: int) -> None:
    """Some more steps of the bound and tries of schedules, where they are further apart than the gap.

    Where cases bind better than shares, they alone are told apart further.
    """
    if work.gap > 0.5:
        work.scheduling.improve(tries)
    reach = work.cost - gap * max(work.cost, 0.0) - 0.5
    hopeful = work.few and work.cases.limit > work.bound.value
    if hopeful and work.value < reach:
        work.tell_apart(reach, ALL_CASES if work.cases.limit >= reach else CASES)
        days = {work.relaxed.arrivals[one].leaves for one in work.cases.lowest}
        work.scheduling.consider(place for place, one in enumerate(work.exact.arrivals) if one.leaves in days)
    ahead = work.cases.bound > work.bound.value and not work.cases.exhausted
    by_cases = hopeful and ahead and work.cases.limit >= reach
    behind = work.cost - work.bound.value > FAR_BEHIND * work.gap and work.bound.step <= SLOW_STEP
    if work.value < reach and work.bound.step > SHORT_STEP and not (by_cases or behind):
        work.bound = raise_bound(work.relaxed, work.tables, work.bound, work.cost, steps)


def _starts(tables: Tables) -> list[tuple[int, ...]]:
    """Arrivals when the first kit needs one, then evenly spaced; the shortest schedules first."""
    due = tables.inflow.due
    count = len(due)
    if not count:
        return [()]
    first = max(0, int(np.searchsorted(due, 1)) - 1)
    starts = [tuple(range(first, count, max(1, -(-(count - first) // many)))) for many in SPACINGS]
    return sorted({*starts, tuple(range(count))}, key=len)
