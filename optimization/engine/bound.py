"""The bound: what no plan of a cluster can fall below.

Every arrival at the depot is paid for by the sites that draw from it. Whatever the shares (none negative) and
whatever the price of a kit at the depot, the least cost of each site by itself plus the least cost of the depot by
itself is a bound (Lagrangian relaxation). Shares and prices that make it high are found by subgradient steps.
"""

from dataclasses import dataclass

import numpy as np

from optimization.engine.cluster import Cluster
from optimization.engine.compiled import NEVER
from optimization.engine.depot_inflow import plan_inflow
from optimization.engine.shared_arrivals import share_arrivals
from optimization.engine.site_plans import as_overtaken, plan_sites
from optimization.engine.site_table import Amounts, Counts
from optimization.engine.tables import Tables

PATIENCE, TURNS = 4, 15
"""Steps without a better bound before the steps get smaller, and steps after which long ones do in any case."""
SMALLER, LONG_STEP = 0.6, 0.1
REACHED = 1e-6


@dataclass(frozen=True)
class Shares:
    """What sites pay: a share of each arrival (s, j), and a price for each kit of it (j,)."""

    opening: Amounts
    kit: Amounts


@dataclass(frozen=True)
class Bound:
    """The best bound of a cluster so far, and the shares that gave it; `step` is the length of the next step.

    `last`: the shares to go on from, if not the best; `likely`: arrivals that were paid for at them.
    """

    value: float
    shares: Shares
    step: float = 1.0
    idle: int = 0
    turns: int = 0
    last: Shares | None = None
    likely: Counts | None = None
    final: bool = False


@dataclass(frozen=True)
class _Answer:
    """The bound that shares give, and where sites and depot disagree about arrivals and kits."""

    value: float
    openings: Amounts
    kits: Amounts
    paid: Counts


def first_bound(cluster: Cluster, tables: Tables, shares: Shares | None = None) -> Bound:
    """The bound with these shares; without any, when sites share each arrival by their number of kits.

    Where a visit may be cheaper left out, or a store cannot hold what is wanted, it is what is lost in any case.
    """
    if not cluster.worth_serving or not cluster.sites:
        return Bound(cluster.least if cluster.sites else 0.0, Shares(np.zeros((0, 0)), np.zeros(0)), final=True)
    if not cluster.arrivals:
        return Bound(
            _without_depot(cluster, tables), Shares(np.zeros((len(cluster.first_choices), 0)), np.zeros(0))
        )
    shares = shares or _first_shares(cluster, tables)
    value = _answer(cluster, tables, shares).value
    if value >= NEVER / 2:
        return Bound(cluster.least, shares, final=True)
    return Bound(value, shares)


def raise_bound(cluster: Cluster, tables: Tables, bound: Bound, cost: float, steps: int) -> Bound:
    """The bound after so many more steps; `cost` is that of the best plan known."""
    if not cluster.arrivals or bound.final or cost >= NEVER / 2:
        # Without a plan that serves every visit there is nothing to aim at: steps that far drown all sums.
        return bound
    best, best_shares, shares, likely = bound.value, bound.shares, bound.last or bound.shares, bound.likely
    step, idle, turns, best_answer = bound.step, bound.idle, bound.turns, None
    for _ in range(steps):
        answer = _answer(cluster, tables, shares, likely)
        likely = answer.paid
        if answer.value > best + REACHED * abs(best):
            best, best_shares, best_answer, idle = answer.value, shares, answer, 0
        else:
            idle += 1
        if best >= cost * (1 - REACHED) or not (answer.openings.any() or answer.kits.any()):
            break
        turns += 1
        if idle >= PATIENCE or (turns >= TURNS and step > LONG_STEP):
            step, idle, turns, shares = step * SMALLER, 0, 0, best_shares
            if best_answer is None:
                continue
            answer = best_answer
        shares = _stepped(cluster, tables, shares, answer, step * max(cost - answer.value, 1e-4 * cost))
    return Bound(best, best_shares, step, idle, turns, shares, likely)


def _without_depot(cluster: Cluster, tables: Tables) -> float:
    sites = np.arange(len(cluster.sites), dtype=np.int64)
    if not len(sites):
        return 0.0
    days = as_overtaken(tables.sites.leaves)
    value, _ = plan_sites(tables.sites, sites, np.zeros_like(tables.sites.price), days)
    costs = value + cluster.apart
    whole = float(costs[cluster.best_choices(costs)].sum())
    return whole if whole < NEVER / 2 else cluster.least


def _fixed(cluster: Cluster) -> Amounts:
    return np.array([trip.lane.fixed_cost for trip in cluster.arrivals], dtype=np.float64)


def _slope(tables: Tables) -> float:
    """What one more kit costs in boxes, over the usual range of an arrival."""
    boxes = tables.inflow.box_cost
    few, many = min(len(boxes) - 1, 20), min(len(boxes) - 1, 200)
    return max(0.0, float(boxes[many] - boxes[few]) / (many - few)) if many > few else 0.0


def _first_shares(cluster: Cluster, tables: Tables) -> Shares:
    weight = tables.sites.wanted.sum(axis=1)[cluster.first_choices] / max(1, cluster.kits)
    kit = np.full(len(cluster.arrivals), _slope(tables))
    if cluster.is_stock.any():
        # Kits of the stock are worth what an arrival's cost: else later ones could not be dearer.
        kit[cluster.is_stock] += (cluster.kit_costs.max() - cluster.kit_costs)[cluster.is_stock]
    return Shares(np.outer(weight, _fixed(cluster)), kit)


def _answer(cluster: Cluster, tables: Tables, shares: Shares, likely: Counts | None = None) -> _Answer:
    """`likely` (choice, j): 1 for arrivals that were paid for at other shares."""
    base = cluster.kit_costs + tables.early
    # A site draws from the arrival it paid for last: so a later one's kits must never be dearer.
    shares = Shares(shares.opening, np.minimum.accumulate(base + shares.kit) - base)
    price = base + shares.kit
    opening = shares.opening[cluster.site_of]
    left = np.maximum.accumulate(cluster.left_source)
    if likely is None:
        likely = np.zeros(opening.shape, dtype=np.int64)
    value, paid, drawn = share_arrivals(tables.sites, left, price, opening, likely)
    costs = value + cluster.apart
    best = cluster.best_choices(costs)
    fixed = _fixed(cluster) - shares.opening.sum(axis=0)
    fewest = cluster.kits if cluster.all_by_depot else 0
    least, inflow = plan_inflow(tables.inflow, fixed, -shares.kit, fewest)
    whole = float(costs[best].sum()) + least
    openings = paid[best] - (inflow > 0).astype(np.float64)[None, :]
    openings[(shares.opening <= 0) & (openings < 0)] = 0.0
    openings[:, cluster.is_stock] = 0.0
    apart = (drawn[best].sum(axis=0) - inflow).astype(np.float64)
    return _Answer(min(whole, NEVER), openings, apart, paid)


def _stepped(cluster: Cluster, tables: Tables, shares: Shares, answer: _Answer, goal: float) -> Shares:
    """A step along the disagreement, so long that the bound would reach its goal if it were a plane.

    Shares are measured in fixed costs and prices in slopes of the box costs, so that neither drowns the other.
    """
    scale_opening = 0.02 * float(_fixed(cluster).mean()) ** 2
    scale_kit = 12.5 * (max(_slope(tables), 1.0) / max(1, cluster.kits)) ** 2
    length = scale_opening * float((answer.openings**2).sum()) + scale_kit * float((answer.kits**2).sum())
    if length <= 0:
        return shares
    step = goal / length
    return Shares(
        np.maximum(0.0, shares.opening + step * scale_opening * answer.openings),
        shares.kit + step * scale_kit * answer.kits,
    )
