"""Clusters as arrays: what `site_plans`, `shared_arrivals` and `depot_inflow` compute on."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from optimization.engine.boxes import box_costs, in_whole_kits
from optimization.engine.cluster import Cluster, ClusterSite, Placed, Trip
from optimization.engine.depot_inflow import InflowTable
from optimization.engine.early_price import EarlyPrice
from optimization.engine.site_table import Amounts, Counts, SiteTable
from optimization.engine.spares import spare_price
from optimization.engine.waste import LotPrices

KINDS = 2


@dataclass(frozen=True)
class Tables:
    """A cluster's arrays; `early` (j,): the early price of a kit of each arrival."""

    sites: SiteTable
    inflow: InflowTable
    early: Amounts


def tables_of(cluster: Cluster, prices: LotPrices) -> Tables:
    """The arrays of a cluster, without early prices."""
    return Tables(_site_table(cluster, prices), _inflow_table(cluster), np.zeros(len(cluster.arrivals)))


def with_early_price(cluster: Cluster, tables: Tables, price: EarlyPrice) -> Tables:
    """The arrays of a cluster that have none yet, with early prices."""
    sites = tables.sites
    direct = np.where(sites.arrivals < 0, price.at(sites.leaves), 0.0)
    early = np.where(cluster.is_stock, 0.0, price.at(cluster.left_source))
    inflow = tables.inflow._replace(stock=_stock(cluster, tables.inflow.kits, sum(price.prices.values())))
    return Tables(sites._replace(price=sites.price + direct), inflow, early)


def _stock(cluster: Cluster, most: int, early: float) -> Amounts:
    """What stock costs by the kits that leave; more kits than there are of it are missed, at what that costs."""
    if not cluster.is_stock.any():
        return np.zeros((0, 0))
    missed = max(0.0, cluster.price_room - early)
    costs = np.full((len(cluster.stock), most + 1), -1.0)
    for row, some in enumerate(cluster.stock):
        if some:
            beyond = np.maximum(0, np.arange(most + 1) - (len(some) - 1))
            costs[row] = np.array(some)[np.minimum(np.arange(most + 1), len(some) - 1)] + missed * beyond
    return costs


def _site_table(cluster: Cluster, prices: LotPrices) -> SiteTable:
    sites, each = cluster.sites, cluster.kinds.each
    options = max((len(site.trips) for site in sites), default=0)
    kits_max = max((len(kits) for site in sites for kits in site.kits), default=0)
    transits = sorted({trip.lane.transit_days for site in sites for trip in site.trips})
    all_kits = max((sum(map(len, site.kits)) for site in sites), default=0) + sum(each)
    table = _empty(len(sites), options, kits_max, np.array(each, dtype=np.int64))
    boxes = [box_costs(cluster.boxes(transit), all_kits) for transit in transits]
    table = table._replace(box_cost=np.array(boxes).reshape(len(boxes), all_kits + 1))
    for row, site in enumerate(sites):
        _fill_kits(table, row, site, cluster.relaxed)
        for option, trip in enumerate(site.trips):
            _fill_option(cluster, prices, table, (row, option), site, trip)
            table.box_row[row, option] = transits.index(trip.lane.transit_days)
    return table


def _empty(sites: int, options: int, kits: int, each: np.ndarray) -> SiteTable:
    whole, money = np.int64, np.float64
    return SiteTable(
        wanted=np.zeros((sites, KINDS), whole),
        options=np.zeros(sites, whole),
        due=np.zeros((sites, options, KINDS), whole),
        open=np.zeros((sites, options, KINDS), whole),
        ready=np.zeros((sites, KINDS, kits), whole),
        room=np.zeros((sites, options), whole),
        arrivals=np.full((sites, options), -1, whole),
        leaves=np.zeros((sites, options), whole),
        fixed=np.zeros((sites, options), money),
        price=np.zeros((sites, options), money),
        box_row=np.zeros((sites, options), whole),
        box_cost=np.zeros((1, 1), money),
        spare=np.zeros((sites, options, KINDS), money),
        each=each,
        from_stock=np.zeros(KINDS, money),
    )


def _fill_kits(table: SiteTable, row: int, site: ClusterSite, relaxed: bool) -> None:
    table.options[row] = len(site.trips)
    for kind, kits in enumerate(site.kits):
        table.wanted[row, kind] = len(kits)
        ready, opens, lasts = _in_order(kits, relaxed)
        table.ready[row, kind, : len(kits)] = ready
        for option, trip in enumerate(site.trips):
            table.due[row, option, kind] = bisect_left(lasts, option)
            table.open[row, option, kind] = bisect_right(opens, trip.arrives)


def _in_order(kits: Sequence[Placed], relaxed: bool) -> tuple[list[int], list[int], list[int]]:
    """First days, openings and last options that never fall along the kits.

    Exact: a kit waits for those before it. Relaxed: no kit is held back by another, so that no plan is lost.
    """
    ready, opens, lasts = ([getattr(one, name) for one in kits] for name in ("ready", "opens", "last_option"))
    if relaxed:
        return _from_behind(ready), _from_behind(opens), list(accumulate(lasts, max))
    return ready, list(accumulate(opens, max)), _from_behind(lasts)


def _from_behind(days: Sequence[int]) -> list[int]:
    return list(accumulate(reversed(days), min))[::-1]


def _fill_option(
    cluster: Cluster, prices: LotPrices, table: SiteTable, at: tuple[int, int], site: ClusterSite, trip: Trip
) -> None:
    by_depot = cluster.by_depot(trip)
    table.leaves[at], table.fixed[at] = trip.leaves, trip.lane.fixed_cost
    table.price[at] = trip.lane.kit_cost - cluster.site_holding * trip.arrives
    if by_depot:
        table.arrivals[at] = int(np.searchsorted(cluster.came, trip.leaves, side="right"))
        table.price[at] += cluster.depot_holding * trip.leaves
    table.room[at] = site.room[at[1]]
    for kit, kind in cluster.kinds.of.items():
        table.spare[(*at, kind)] = spare_price(prices, site.node, kit, trip)
        if by_depot:
            table.spare[(*at, kind)] += cluster.depot_holding * trip.leaves


def _inflow_table(cluster: Cluster) -> InflowTable:
    pairs = zip(cluster.arrivals, cluster.is_stock, strict=True)
    transits = {trip.lane.transit_days for trip, stock in pairs if not stock}
    most_spares = _most_spares(cluster)
    kits = cluster.kits + most_spares
    boxes = in_whole_kits(cluster.boxes(min(transits, default=0)), kits)
    due, most = _over_choices(cluster)
    return InflowTable(
        kits=kits,
        due=due,
        most=most + most_spares if cluster.relaxed else most,
        capacity=boxes.capacity,
        cost=boxes.cost,
        kit_volume=boxes.kit_volume,
        box_cost=box_costs(boxes, kits),
        stock=_stock(cluster, kits, 0.0),
    )


def _most_spares(cluster: Cluster) -> int:
    """Kits for the blind alone that pass the depot at the most: with each trip of each site."""
    trips = [sum(1 for trip in site.trips if cluster.by_depot(trip)) for site in cluster.sites]
    most = np.maximum.reduceat(trips, cluster.first_choices).sum() if trips else 0
    return sum(cluster.kinds.each) * int(most)


def _over_choices(cluster: Cluster) -> tuple[Counts, Counts]:
    """Kits that must have come before each arrival and that may have come with it, whatever the sites choose."""
    count = len(cluster.arrivals)
    due, most = np.zeros((len(cluster.sites), count), np.int64), np.zeros((len(cluster.sites), count), np.int64)
    for row, site in enumerate(cluster.sites):
        kits = [one for some in site.kits for one in some if one.ready >= 0]
        leaves = sorted(site.trips[one.last_option].leaves for one in kits)
        ready = sorted(one.ready for one in kits)
        due[row] = [bisect_left(leaves, trip.arrives) for trip in cluster.arrivals]
        most[row] = [bisect_right(ready, trip.leaves) for trip in cluster.arrivals]
    starts = cluster.first_choices
    if cluster.relaxed and not cluster.all_by_depot:
        return np.zeros(count, np.int64), np.full(count, cluster.kits, np.int64)
    return np.minimum.reduceat(due, starts).sum(axis=0), np.maximum.reduceat(most, starts).sum(axis=0)
