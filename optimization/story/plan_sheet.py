"""A plan as rows of plain tables, to be taken away as files: consignments line by line, uses, costs, stock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Component
from optimization.story.comparison import MeasureRow, Unit
from optimization.story.cost_table import CostRow
from optimization.story.stock_projection import StockProjection

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Heads and rows; money is in cents."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def consignment_sheet(problem: Problem, plan: Plan) -> Sheet:
    """One row for each lot in each consignment; shippers stand with every line of theirs."""
    rows = [
        (*_journey(problem, one.lane, one.dispatch_day), one.temp, _boxes(one.shippers.items()), lot, kit, kits)
        for one in plan.consignments
        for lot, kits in one.lines
        for kit in [problem.lots[lot].kit]
    ]
    heads = ("Leaves", "Arrives", "Lane", "From", "To", "Class", "Shippers", "Lot", "Kit type", "Kits")
    return Sheet(heads, tuple(rows))


def cost_sheet(name: str, table: Iterable[CostRow]) -> Sheet:
    """A cost table: one column a component, then the total, in cents."""
    parts = tuple(component.value for component in Component)
    rows = [(row.name, *(getattr(row.split, part) for part in parts), row.split.total) for row in table]
    return Sheet((name, *(part.capitalize() for part in parts), "Total"), tuple(rows))


def stock_sheet(problem: Problem, told: Iterable[tuple[str, str, StockProjection]]) -> Sheet:
    """One row for each day on which kits move, at each place and under each name."""
    rows = [
        (place, name, day_of(problem, day.day), day.arrived, day.used, day.sent, day.expired, day.stock)
        for place, name, one in told
        for day in one.moving
    ]
    return Sheet(("Place", "Kits", "Day", "Arrived", "Used", "Sent", "Expired", "Stock"), tuple(rows))


def comparison_sheet(
    names: Sequence[str], rows: Iterable[MeasureRow], lanes: Iterable[tuple[str, Sequence[int]]]
) -> Sheet:
    """One row a measure, then grams of carbon by lane; one column a plan. Money is in cents, shares are of one."""
    told = [(row.group, row.measure, str(row.unit), *row.values) for row in rows]
    told += [("Carbon by lane", lane, str(Unit.GRAMS), *grams) for lane, grams in lanes]
    return Sheet(("Group", "Measure", "Unit", *names), tuple(told))


def day_of(problem: Problem, day: int) -> date:
    """The calendar day of a day of the horizon."""
    return problem.start + timedelta(days=day)


def _journey(problem: Problem, lane_id: str, day: int) -> tuple[Cell, ...]:
    lane = problem.lanes[lane_id]
    leaves, arrives = day_of(problem, day), day_of(problem, day + lane.transit_days)
    return leaves, arrives, lane.id, lane.origin, lane.destination


def _boxes(shippers: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} × {shipper}" for shipper, number in sorted(shippers) if number)
