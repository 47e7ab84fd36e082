"""The sites of a cluster: by choice of need the trips by which kits may come, and the depot's stock they have."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from optimization.engine.cluster import ClusterSite, Kinds, Placed, Trip
from optimization.engine.depot_stock import AT_DEPOT, Ask, Lying, share_out
from optimization.engine.needs import Need, SiteNeeds, Want
from optimization.engine.network import Network
from optimization.engine.stores import own_volume
from optimization.engine.through import may_enter
from optimization.engine.trips import FOREVER, entry_days
from optimization.engine.windows import Way, Ways, Window
from optimization.problem import Node

Given = Sequence[Lying | None]
"""For each kit wanted, in order, the stock of the depot it is of."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A site's need with what it has of the stock."""

    site: str
    need: Need
    given: Given


@dataclass(frozen=True)
class Supplied:
    """A depot (or none) with what comes to it and what lies there, for the sites of one class.

    Relaxed, as in a bound, other depots' lanes bring kits too, and what lies `elsewhere` may be anywhere.
    """

    network: Network
    temp: str
    depot: str
    arrivals: Sequence[Trip]
    stock: Sequence[Lying]
    elsewhere: Sequence[Lying]
    kinds: Kinds
    relaxed: bool

    def ways(self, site: str) -> Ways:
        """The lanes that bring kits to a site."""
        network = self.network
        lanes = [
            lane
            for lane in network.usable(site, self.temp)
            if self.relaxed or lane.origin == self.depot or lane.origin in network.sources.nodes
        ]
        return Ways(
            network.problem.nodes[site],
            tuple(
                Way(lane, network.days_of(lane), entry_days(network.problem, lane), lane.origin != self.depot)
                for lane in lanes
            ),
        )

    def window(self, ways: Ways, want: Want, own_kits: bool) -> Window | None:
        """When a kit may come that is sent from a source; None where it cannot come in time."""
        loose = own_kits or any(one.lasts(want, ways.node.country) for one in self.elsewhere)
        ready = 0 if loose else self.network.sources.first_day(want, ways.node.country)
        at_depot = self._first_at_depot(want.kit, ready)
        lies = [one.row.day for one in self.stock if one.lasts(want, ways.node.country)] if self.relaxed else []
        return ways.window(want, 0, min(at_depot, *lies)) if lies else ways.window(want, ready, at_depot)

    def by_stock_alone(self, needs: Sequence[SiteNeeds]) -> int:
        """Kits that nothing but what lies at the depot brings in time, at the choices with most."""
        without = replace(self, stock=())
        found = 0
        for one in needs:
            ways = self.ways(one.site)
            alone = [
                sum(
                    without.window(ways, want, want.kit in need.own_kits) is None
                    and self.window(ways, want, want.kit in need.own_kits) is not None
                    for want in need.wants
                )
                for need in one.choices
            ]
            found += max(alone)
        return found

    def leaves_from(self, lying: Lying, want: Want, node: Node) -> tuple[int, int]:
        """The days from which a kit of the stock may leave the depot: not before what must travel beside it.

        With that being of stock that lasts or of an arrival; then with any stock, as long as it lasts.
        """
        problem, country = self.network.problem, node.country
        blind = problem.blind_groups if node.kind.kept_blind and problem.blind_minimum_each else ()
        groups = [group for group in blind if want.kit in group]
        beside = [kit for group in groups for kit in group if kit != want.kit]
        sure = [self._there_from(kit, Want(want.day, kit, want.day + 1), country) for kit in beside]
        soon = [self._there_from(kit, Want(want.day, kit, 0), country) for kit in beside]
        return max([lying.row.day, *sure]), max([lying.row.day, *soon])

    def _there_from(self, kit: str, some: Want, country: str) -> int:
        """The first day such a kit may be at the depot: of its stock, else of an arrival."""
        lies = [one.row.day for one in self.stock if one.lasts(some, country)]
        return min(lies) if lies else self._first_at_depot(kit, self.network.sources.first_day(some, country))

    def _first_at_depot(self, kit: str, ready: int) -> int:
        """The first arrival at the depot that may carry the kit."""
        place = bisect_left(self._leaves, ready) if ready < FOREVER else len(self.arrivals)
        for trip in self.arrivals[place:]:
            if may_enter(self.network.problem, trip, kit):
                return trip.arrives
        return FOREVER

    def room(self, node: Node, need: Need, trips: Sequence[Trip]) -> tuple[int, ...]:
        """Kits the store takes when each trip arrives, beside the own stock still there; relaxed: beside none."""
        problem = self.network.problem
        volumes = [problem.kit_types[kit].volume for kit in self.kinds.of]
        if self.relaxed:
            return (node.capacity[self.temp] // min(volumes),) * len(trips)
        own = [row for row in self.network.supplied.get(node.id, ()) if self._temp(row.lot) == self.temp]
        less = [
            own_volume(problem, own, need.from_own_stock, trip.arrives)
            + self.network.less[node.id, self.temp, trip.arrives]
            for trip in trips
        ]
        return tuple(max(0, node.capacity[self.temp] - volume) // max(volumes) for volume in less)

    def _temp(self, lot: str) -> str:
        return self.network.problem.kit_types[self.network.problem.lots[lot].kit].temp

    @cached_property
    def _leaves(self) -> list[int]:
        return [trip.leaves for trip in self.arrivals]

    @cached_property
    def left(self) -> float:
        """What the stock costs if all of it stays at the depot, in cents."""
        problem = self.network.problem
        if self.relaxed or not self.stock:
            return 0.0
        nights = problem.costs.holding(problem.nodes[self.depot], self.temp)
        return sum(one.row.kits * (one.left - nights * one.row.day) for one in self.stock)


def choices_of(supplied: Supplied, needs: Sequence[SiteNeeds]) -> list[Choice]:
    """All choices of all sites, one site after the other: of its needs, and of how much of the stock it takes.

    The stock is shared out over the sites' first needs; for others a site has what it has for its first.
    """
    if supplied.relaxed or not supplied.stock:
        return [Choice(one.site, need, [None] * len(need.wants)) for one in needs for need in one.choices]
    problem = supplied.network.problem
    asks = {one.site: _asks(supplied, one.site, one.choices[0]) for one in needs}
    shared = iter(share_out(problem, supplied.stock, [ask for some in asks.values() for ask in some]))
    found: list[Choice] = []
    for one in needs:
        first = [next(shared) for _ in asks[one.site]]
        found += _taking_less(one.site, one.choices[0], first, asks[one.site])
        count = Counter(lying.row for lying in first if lying)
        own = [replace(lying, row=replace(lying.row, kits=count[lying.row])) for lying in supplied.stock]
        for need in one.choices[1:]:
            others = _asks(supplied, one.site, need)
            found += _taking_less(one.site, need, share_out(problem, own, others), others)
    return found


def _taking_less(site: str, need: Need, given: Given, asks: Sequence[Ask]) -> Iterator[Choice]:
    """A site may leave stock where an arrival would do as well: all of it, half, or none of what is left."""
    optional = [place for place, ask in enumerate(asks) if given[place] and not ask.must]
    for kept in sorted({len(optional), len(optional) // 2, 0}, reverse=True):
        without = set(optional[kept:])
        yield Choice(site, need, [None if place in without else lying for place, lying in enumerate(given)])


def _asks(supplied: Supplied, site: str, need: Need) -> list[Ask]:
    ways = supplied.ways(site)
    can = {want: supplied.window(ways, want, False) is not None for want in set(need.wants)}
    return [Ask(ways, want, not can[want]) for want in need.wants]


def sites_of(supplied: Supplied, choices: Sequence[Choice]) -> list[ClusterSite]:
    """Each choice with its trips and its kits in order."""
    ways = {one.site: supplied.ways(one.site) for one in choices}
    sites = [_site(supplied, ways[one.site], one) for one in choices]
    # What all of the stock would cost if it stayed is told with the first site, for each of its choices.
    first = choices[0].site if choices else ""
    return [replace(one, apart=one.apart + supplied.left) if one.node.id == first else one for one in sites]


def spare_stock(supplied: Supplied, choices: Sequence[Choice]) -> tuple[int, int]:
    """Kits of the depot's stock by kind that no site has at its first choice."""
    spare = Counter(dict.fromkeys(range(2), 0))
    for one in supplied.stock:
        spare[supplied.kinds.of[one.lot.kit]] += one.row.kits
    for _, some in groupby(choices, key=lambda one: one.site):
        spare.subtract(supplied.kinds.of[one.lot.kit] for one in next(some).given if one)
    return spare[0], spare[1]


def _site(supplied: Supplied, ways: Ways, choice: Choice) -> ClusterSite:
    costs, kinds = supplied.network.problem.costs, supplied.kinds
    need, given = choice.need, choice.given
    windows = _windows(supplied, ways, need, given)
    trips = {trip for window in windows if window for trip in window.lasts}
    chosen = tuple(sorted(trips | _before_expiry(supplied, ways, trips), key=_order))
    room = supplied.room(ways.node, need, chosen)
    placed = _placed(need, windows, chosen, None if supplied.relaxed else room)
    kits: list[list[Placed]] = [[], []]
    for one in placed:
        if one:
            kits[kinds.of[one.want.kit]].append(one)
    missed = Counter(want.kit for want, one in zip(need.wants, placed, strict=True) if one is None)
    unserved = sum(max(0, count - need.own_kits.get(kit, 0)) for kit, count in missed.items())
    least = unserved * costs.unmet_kit - need.gain
    # Holding is counted from the day of use backwards; what lay at the depot is no longer left there.
    held = costs.site_holding[supplied.temp] * (need.own_kit_days + sum(one.want.day for one in placed if one))
    left = sum(lying.left for lying, one in zip(given, placed, strict=True) if lying and one)
    own, together = need.from_own_stock, tuple(map(tuple, kits))
    apart = least + held - left
    return ClusterSite(ways.node, chosen, together, own, apart, least, unserved, room, need.perishable)


def _windows(supplied: Supplied, ways: Ways, need: Need, given: Given) -> list[Window | None]:
    """When each kit wanted may come."""
    memo: dict[tuple[Want, tuple[int, int] | None], Window | None] = {}
    pairs = zip(need.wants, given, strict=True)
    keys = [(want, supplied.leaves_from(lying, want, ways.node) if lying else None) for want, lying in pairs]
    for want, days in set(keys):
        memo[want, days] = (
            supplied.window(ways, want, want.kit in need.own_kits)
            if days is None
            else ways.from_depot(want, AT_DEPOT, days[0]) or ways.from_depot(want, AT_DEPOT, days[1])
        )
    return [memo[key] for key in keys]


def _placed(
    need: Need, windows: Sequence[Window | None], chosen: Sequence[Trip], room: Sequence[int] | None
) -> list[Placed | None]:
    """Each kit with the last of the trips in time for it; None: none is, or the store has no room left then."""
    comes = [trip.arrives for trip in chosen]
    here = Counter[int]()
    found: list[Placed | None] = []
    for want, window in zip(need.wants, windows, strict=True):
        last = bisect_right(comes, window.closes) - 1 if window else -1
        fits = window is not None and (room is None or here[last] < room[last])
        here[last] += fits
        found.append(Placed(want, window.ready, last, window.opens) if window and fits else None)
    return found


def _before_expiry(supplied: Supplied, ways: Ways, trips: Iterable[Trip]) -> set[Trip]:
    """The last trips that bring a kit for the blind alone of a lot that will expire."""
    if not any(supplied.kinds.each):
        return set()
    until = max((trip.arrives for trip in trips), default=0)
    sources = supplied.network.sources
    expiries = {
        lot.expiry_day
        for kit in supplied.kinds.of
        for _, lot in (*sources.rows.get(kit, ()), *sources.at_depots.get(kit, ()))
        if lot.expiry_day <= until
    }
    return {trip for expiry in expiries for trip in ways.before(expiry)}


def _order(trip: Trip) -> tuple[int, int, str]:
    return trip.arrives, trip.leaves, trip.lane.id
