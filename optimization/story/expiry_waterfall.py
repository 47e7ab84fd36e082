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


@dataclass(frozen=True, slots=True)
class LotWaste:
    """Kits of a lot that nobody will use: expired at sites or depots in a month, or left at sites at the end.

    `month` is that of its last usable day, or of the plan's last day where kits are left.
    """

    lot: str
    kit: str
    last_day: date
    month: date
    expired_at_sites: int
    expired_at_depots: int
    left_at_sites: int
    cents: int

    @property
    def kits(self) -> int:
        """All of them."""
        return self.expired_at_sites + self.expired_at_depots + self.left_at_sites


def waste_by_lot(problem: Problem, plan: Plan) -> tuple[LotWaste, ...]:
    """Every lot of which kits are wasted, by month and lot; their cents sum to the waste in the plan's cost."""
    told: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for at in stock_book(problem, plan):
        kits, uses = tally(at, problem.horizon_days), at.node.kind.uses_kits
        told[at.lot.id][0 if uses else 1] += max(kits.expired, 0)
        told[at.lot.id][2] += max(kits.left, 0) if uses else 0
    rows = [_lot_waste(problem, lot, counts) for lot, counts in told.items() if any(counts)]
    return tuple(sorted(rows, key=lambda row: (row.month, row.lot)))


def _lot_waste(problem: Problem, lot: str, counts: list[int]) -> LotWaste:
    known = problem.lots[lot]
    last = problem.start + timedelta(days=known.expiry_day - 1)
    end = problem.start + timedelta(days=problem.horizon_days - 1)
    cents = sum(counts) * problem.kit_types[known.kit].unit_cost
    at_sites, at_depots, left = counts
    month = min(last, end).replace(day=1)
    return LotWaste(lot, known.kit, last, month, at_sites, at_depots, left, cents)


def _month(problem: Problem, expiry_day: int) -> date:
    return (problem.start + timedelta(days=expiry_day - 1)).replace(day=1)
