"""The stock of a place day by day under a plan, with its low point and the band that uncertain demand leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from optimization.plan import Plan
from optimization.problem import Problem
from optimization.story.stock_book import LotAtNode, lots_at, stock_book


@dataclass(frozen=True, slots=True)
class StockDay:
    """Kits that come, are used, leave and expire on a day, and those there at its end."""

    day: int
    arrived: int
    used: int
    sent: int
    expired: int
    stock: int


@dataclass(frozen=True, slots=True)
class DemandBand:
    """Kits wanted from day 0 to the end of each day: few (as the 5 % quantile) and many (as the 95 %)."""

    few: Sequence[int]
    many: Sequence[int]


@dataclass(frozen=True, slots=True)
class StockProjection:
    """Each day of the horizon; `low` and `high` are the stock with many and with few kits wanted, never below 0.

    Kits that the plan leaves unserved are not used in either: the stock itself lies in its band.
    """

    node: str
    kits: tuple[str, ...]
    days: tuple[StockDay, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def lowest(self) -> StockDay:
        """The first day with the least stock."""
        return min(self.days, key=lambda day: day.stock)

    @property
    def moving(self) -> tuple[StockDay, ...]:
        """The days on which anything happens."""
        return tuple(day for day in self.days if day.arrived or day.used or day.sent or day.expired)

    @property
    def deliveries(self) -> tuple[StockDay, ...]:
        """The days on which kits arrive."""
        return tuple(day for day in self.days if day.arrived)


def stock_projection(
    problem: Problem, plan: Plan, node: str, kits: Sequence[str], band: DemandBand | None = None
) -> StockProjection:
    """The stock of these kit types together at one place; without a band, low and high are the stock itself."""
    return projection_of(problem, stock_book(problem, plan), node, kits, band)


def projection_of(
    problem: Problem, book: Sequence[LotAtNode], node: str, kits: Sequence[str], band: DemandBand | None = None
) -> StockProjection:
    """The same from a book that is made already."""
    lots = lots_at(book, node, frozenset(kits))
    days = _days(lots, problem.horizon_days)
    stock = tuple(day.stock for day in days)
    if band is None:
        return StockProjection(node, tuple(kits), days, stock, stock)
    used = list(accumulate(day.used for day in days))
    low = tuple(max(have - max(most - u, 0), 0) for have, u, most in zip(stock, used, band.many, strict=True))
    high = tuple(have + max(u - least, 0) for have, u, least in zip(stock, used, band.few, strict=True))
    return StockProjection(node, tuple(kits), days, low, high)


def _days(lots: Sequence[LotAtNode], horizon_days: int) -> tuple[StockDay, ...]:
    """The lots together, day by day."""
    each = [[(0, 0, 0, 0, 0)] * horizon_days, *(_lot_days(at, horizon_days) for at in lots)]
    return tuple(
        StockDay(day, *(sum(kits) for kits in zip(*(lot[day] for lot in each), strict=True)))
        for day in range(horizon_days)
    )


def _lot_days(at: LotAtNode, horizon_days: int) -> list[tuple[int, int, int, int, int]]:
    """For each day what arrived, was used, sent, expired, and the stock at its end."""
    moves = {move.day: move for move in at.moves}
    told, stock = [], 0
    for day in range(horizon_days):
        _, arrived, used, sent = moves.get(day, (day, 0, 0, 0))
        expired = stock if day == at.lot.expiry_day else arrived if day > at.lot.expiry_day else 0
        if day == at.lot.expiry_day:
            expired += arrived
        stock = stock + arrived - used - sent - expired
        told.append((arrived, used, sent, expired, stock))
    return told
