"""A depot's own stock: which kits its sites want first come from it, so that none is sent there for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimization.engine.cluster import ClusterSite, Placed
from optimization.problem import Lot, Problem, Supply

AT_DEPOT = -1
"""The first day of a kit whose lot lies at the depot."""


@dataclass(slots=True)
class _Left:
    row: Supply
    lot: Lot
    kits: int


def with_depot_stock(problem: Problem, sites: Sequence[ClusterSite], stock: Iterable[Supply]) -> list[ClusterSite]:
    """The sites, with the kits marked that come from the depot's stock: those wanted first, of a lot that fits."""
    left = [_Left(row, problem.lots[row.lot], row.kits) for row in stock]
    wanted = sorted(
        (one.want.day, place, kind, number)
        for place, site in enumerate(sites)
        for kind, kits in enumerate(site.kits)
        for number, one in enumerate(kits)
    )
    kits = [[list(some) for some in site.kits] for site in sites]
    for _, place, kind, number in wanted:
        one = kits[place][kind][number]
        fit = [some for some in left if _serves(some, sites[place], one)]
        if fit:
            min(fit, key=lambda some: (some.lot.expiry_day, some.lot.id)).kits -= 1
            kits[place][kind][number] = replace(one, ready=AT_DEPOT, opens=0)
    return [replace(site, kits=tuple(tuple(some) for some in now)) for site, now in zip(sites, kits, strict=True)]


def _serves(some: _Left, site: ClusterSite, one: Placed) -> bool:
    return (
        some.kits > 0
        and some.lot.kit == one.want.kit
        and some.lot.expiry_day >= one.want.lasts_until
        and site.node.country in some.lot.countries
        and some.row.day <= site.trips[one.last_option].leaves
        and site.trips[one.last_option].lane.origin == some.row.node
    )
