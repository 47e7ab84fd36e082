"""How each lot moves at each place under a plan: what arrives, is used, is sent on, expires and is left.

Within a day kits expire first, then arrivals come, then kits are used, then consignments leave.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from optimization.plan import Plan
from optimization.problem import Lot, Node, Problem


class DayMoves(NamedTuple):
    """Kits that move on one day."""

    day: int
    arrived: int
    used: int
    sent: int


@dataclass(frozen=True, slots=True)
class LotAtNode:
    """One lot at one place, with the days on which anything moves, in order."""

    node: Node
    lot: Lot
    moves: tuple[DayMoves, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one lot at one place within the horizon; `kit_days` are those it was held."""

    used: int
    sent: int
    expired: int
    left: int
    kit_days: int


def stock_book(problem: Problem, plan: Plan) -> tuple[LotAtNode, ...]:
    """Every lot at every place it ever is, by place and lot."""
    moved: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for supply in problem.supply:
        moved[supply.node, supply.lot][supply.day][0] += supply.kits
    for consignment in plan.consignments:
        lane = problem.lanes[consignment.lane]
        for lot, kits in consignment.lines:
            moved[lane.destination, lot][consignment.dispatch_day + lane.transit_days][0] += kits
            moved[lane.origin, lot][consignment.dispatch_day][2] += kits
    for used in plan.dispensings:
        moved[used.site, used.lot][used.day][1] += used.kits
    return tuple(
        LotAtNode(
            problem.nodes[node],
            problem.lots[lot],
            tuple(DayMoves(day, *kits) for day, kits in sorted(days.items())),
        )
        for (node, lot), days in sorted(moved.items())
    )


def tally(at: LotAtNode, horizon_days: int) -> Tally:
    """What became of the kits: those there when the expiry day begins, or coming later, have expired."""
    expires = at.lot.expiry_day <= horizon_days
    end = min(at.lot.expiry_day, horizon_days)
    stock = expired = kit_days = last = 0
    for day, arrived, used, sent in at.moves:
        if expires and day >= at.lot.expiry_day:
            expired += arrived
            continue
        kit_days += max(stock, 0) * (min(day, end) - min(last, end))
        stock, last = stock + arrived - used - sent, day
    kit_days += max(stock, 0) * (end - min(last, end))
    return Tally(
        used=sum(move.used for move in at.moves),
        sent=sum(move.sent for move in at.moves),
        expired=expired + stock if expires else 0,
        left=0 if expires else stock,
        kit_days=kit_days,
    )


def lots_at(book: Iterable[LotAtNode], node: str, kits: frozenset[str]) -> tuple[LotAtNode, ...]:
    """The lots of some kit types at one place."""
    return tuple(at for at in book if at.node.id == node and at.lot.kit in kits)
