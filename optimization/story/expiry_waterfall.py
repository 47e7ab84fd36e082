"""Kits by the month of their last usable day: used, wasted at sites, wasted at depots, still good at the end."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from optimization.plan import Plan
from optimization.problem import Problem
from optimization.story.stock_book import stock_book, tally


@dataclass(frozen=True, slots=True)
class ExpiryMonth:
    """Kits whose last usable day is in this month (its first day names it); each kit is told once.

    A kit left at a site at the end is wasted there, as the plan's cost counts it.
    """

    month: date
    used: int
    wasted_at_sites: int
    wasted_at_depots: int
    left_at_depots: int

    @property
    def wasted(self) -> int:
        """Kits of the month that nobody uses."""
        return self.wasted_at_sites + self.wasted_at_depots

    @property
    def kits(self) -> int:
        """All kits of the month."""
        return self.used + self.wasted + self.left_at_depots


def expiry_waterfall(problem: Problem, plan: Plan) -> tuple[ExpiryMonth, ...]:
    """The months in which lots of the problem expire, in order."""
    told: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for at in stock_book(problem, plan):
        kits = tally(at, problem.horizon_days)
        counts = told[_month(problem, at.lot.expiry_day)]
        counts[0] += kits.used
        if at.node.kind.uses_kits:
            counts[1] += kits.expired + kits.left
        else:
            counts[2] += kits.expired
            counts[3] += kits.left
    return tuple(ExpiryMonth(month, *counts) for month, counts in sorted(told.items()) if any(counts))


def _month(problem: Problem, expiry_day: int) -> date:
    return (problem.start + timedelta(days=expiry_day - 1)).replace(day=1)
