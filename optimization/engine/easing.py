"""Early prices given back: few clusters need to wait for later lots, and one price for all makes all of them wait.

Each cluster is planned again at a part of the price. Those plans are taken that together still find a lot for
every kit: halves of the clusters are tried, then halves of halves, the cheapest way to take early lots first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from optimization.engine.carried import Carried, carried_kits
from optimization.engine.cluster_work import ClusterWork, planned_at_price
from optimization.engine.lots import allot
from optimization.problem import Problem

PARTS = (0.0, 0.3, 0.6)
"""Of the price; the least first."""


@dataclass
class _Easing:
    """The clusters as they are planned now, and their kits."""

    problem: Problem
    works: list[ClusterWork]
    kits: list[list[Carried]] = field(default_factory=list)
    without: int = 0

    def begin(self) -> None:
        self.kits = [carried_kits(work.exact, work.schedule) for work in self.works]
        self.without = self._without(self.kits)

    def take(self, offers: Sequence[tuple[int, ClusterWork]]) -> None:
        """Takes as many of these clusters, by place, as find lots together with the others."""
        if not offers:
            return
        kits = list(self.kits)
        for place, work in offers:
            kits[place] = carried_kits(work.exact, work.schedule)
        if self._without(kits) <= self.without:
            self.kits = kits
            for place, work in offers:
                self.works[place] = work
        elif len(offers) > 1:
            self.take(offers[: len(offers) // 2])
            self.take(offers[len(offers) // 2 :])

    def _without(self, kits: Sequence[Sequence[Carried]]) -> int:
        return len(allot(self.problem, [replace(one) for some in kits for one in some])[1])


def eased(problem: Problem, works: Sequence[ClusterWork], tries: int) -> list[ClusterWork]:
    """The clusters, those at lower early prices that can be, each with a plan that costs less."""
    easing = _Easing(problem, list(works))
    easing.begin()
    for part in PARTS:
        offers = []
        for place, work in enumerate(easing.works):
            if work.exact.arrivals and work.early == works[place].early:
                less = planned_at_price(work, work.early.times(part), tries, starts=True)
                saved = work.unpriced - less.unpriced
                more = less.paid(work.early) - work.paid(work.early)
                if saved > 1:
                    offers.append((-saved / max(1.0, more), place, less))
        easing.take([(place, less) for _, place, less in sorted(offers, key=lambda one: one[:2])])
    return easing.works
