"""A depot's own stock: which kits its sites want come from it, so that none is sent there for them.

Kits that nothing else can bring in time have it first, then those wanted first. What lies there costs its holding,
and its waste where it expires, until it leaves: a kit given out saves the rest of that.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from optimization.engine.needs import Want
from optimization.engine.site_table import Counts, SiteTable
from optimization.engine.windows import Ways
from optimization.problem import Lot, Node, Problem, Supply

AT_DEPOT = -1
"""The first day of a kit whose lot lies at the depot."""


@dataclass(frozen=True, slots=True)
class Lying:
    """Kits of one lot that lie at a depot, from the day of their row."""

    row: Supply
    lot: Lot
    left: float
    """What a kit costs that never leaves: each night from day 0 on, and its price if it expires."""
    waste: int
    """That price, or nothing."""

    def lasts(self, want: Want, country: str) -> bool:
        """Whether the lot may be used for the kit."""
        return (
            self.lot.kit == want.kit and self.lot.expiry_day >= want.lasts_until and country in self.lot.countries
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """A kit wanted of a depot; `must`: no arrival brings it in time."""

    ways: Ways
    want: Want
    must: bool


@dataclass(slots=True)
class _Left:
    lying: Lying
    kits: int


def lying_at(problem: Problem, depot: Node, rows: Iterable[Supply]) -> list[Lying]:
    """A depot's rows of supply with what a kit costs that stays; those that expire first come first."""
    found = []
    for row in rows:
        lot = problem.lots[row.lot]
        kit = problem.kit_types[lot.kit]
        nights = min(lot.expiry_day, problem.horizon_days)
        waste = kit.unit_cost if lot.expiry_day <= problem.horizon_days else 0
        found.append(Lying(row, lot, waste + nights * problem.costs.holding(depot, kit.temp), waste))
    return sorted(found, key=lambda one: (one.lot.expiry_day, one.row.day, one.lot.id))


def serves_at_most(problem: Problem, lying: Lying, sites: Collection[str]) -> int:
    """How many of the kits could be used at these sites, as far as their days and countries go."""
    wanted = sum(
        row.kits
        for row in problem.demand
        if row.site in sites
        and row.day >= lying.row.day
        and lying.lasts(Want(row.day, row.kit, row.day + max(1, row.dnd_days)), problem.nodes[row.site].country)
    )
    return min(lying.row.kits, wanted)


def costs_of_staying(some: Sequence[tuple[Lying, int]], nightly: int, told: bool) -> list[float]:
    """What kits of a day's stock cost that stay, if 0, 1, 2, … others leave: those that cost most leave first.

    With each row, how many of its kits could be used: beyond them, waste is not saved. `nightly`: cents of holding.
    Not told: nothing, for others may take them.
    """
    saved = []
    for lying, usable in some:
        nights = max(0.0, lying.left - lying.waste - nightly * lying.row.day)
        saved += [nights + lying.waste] * usable + [nights] * (lying.row.kits - usable)
    left = sum(saved) + sum(one.waste * (one.row.kits - usable) for one, usable in some)
    costs = [left - gone for gone in accumulate(sorted(saved, reverse=True), initial=0.0)]
    return costs if told else [0.0] * len(costs)


def share_out(problem: Problem, stock: Iterable[Lying], asks: Sequence[Ask]) -> list[Lying | None]:
    """For each kit asked for the stock it has; what the first need beside them for the blind is kept."""
    left = [_Left(one, one.row.kits) for one in stock]
    first, then = (
        sorted((place for place, ask in enumerate(asks) if ask.must is must), key=lambda one: asks[one].want.day)
        for must in (True, False)
    )
    found: list[Lying | None] = [None] * len(asks)
    for place in first:
        found[place] = _taken(left, asks[place])
    for ask in _beside(problem, [asks[place] for place in first if found[place]]):
        other = next((place for place in then if not found[place] and _alike(asks[place], ask)), None)
        taken = _taken(left, ask if other is None else asks[other])
        if other is not None:
            found[other] = taken
    for place in then:
        found[place] = found[place] or _taken(left, asks[place])
    return found


def _alike(one: Ask, other: Ask) -> bool:
    return (one.ways.node.id, one.want.kit) == (other.ways.node.id, other.want.kit)


def _taken(left: Iterable[_Left], ask: Ask) -> Lying | None:
    for some in left:
        if some.kits and _serves(some.lying, ask):
            some.kits -= 1
            return some.lying
    return None


def _beside(problem: Problem, asks: Iterable[Ask]) -> Iterator[Ask]:
    """What these kits need beside them for the blind, where nothing else comes so early."""
    together: dict[tuple[str, int], list[Ask]] = defaultdict(list)
    for ask in asks:
        together[ask.ways.node.id, ask.want.day].append(ask)
    for some in together.values():
        count = Counter(ask.want.kit for ask in some)
        for group in problem.blind_groups if some[0].ways.node.kind.kept_blind else ():
            if any(count[kit] for kit in group):
                ways, day = some[0].ways, some[0].want.day
                for kit in group:
                    want = Want(day, kit, day + 1)
                    yield from [Ask(ways, want, must=True)] * (problem.blind_minimum_each - count[kit])


def _serves(lying: Lying, ask: Ask) -> bool:
    lasts = lying.lasts(ask.want, ask.ways.node.country)
    return lasts and ask.ways.from_depot(ask.want, AT_DEPOT, lying.row.day) is not None


def own_kits(table: SiteTable, sent: Counts) -> Counts:
    """Shape (sites, options): how many kits of each consignment lay at the depot; of `sent` by kind."""
    lying = np.cumsum(table.ready < 0, axis=2)
    lying = np.concatenate((np.zeros((*lying.shape[:2], 1), dtype=np.int64), lying), axis=2)
    after = np.cumsum(sent, axis=1)
    found = np.zeros(sent.shape[:2], dtype=np.int64)
    for kind in range(sent.shape[2]):
        now = np.take_along_axis(lying[:, kind], after[:, :, kind], axis=1)
        found += np.diff(now, axis=1, prepend=0)
    return found
