"""The network cut into clusters: each site with the depot that mostly supplies it, class by class."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimization.engine.boxes import boxes_for
from optimization.engine.cluster import Cluster, ClusterSite, Kinds, Placed, Trip
from optimization.engine.depot_stock import with_depot_stock
from optimization.engine.needs import Gain, Need, SiteNeeds, Want, needs_of
from optimization.engine.sources import Sources, sources_of
from optimization.engine.through import may_enter, through_trips
from optimization.engine.trips import FOREVER, dispatch_days, entry_days
from optimization.problem import Lane, Node, Problem, Supply


@dataclass(frozen=True)
class Network:
    """A problem's sources and usable lanes, looked up once."""

    problem: Problem
    sources: Sources
    lanes_to: Mapping[str, Sequence[Lane]]
    days: dict[str, list[int]] = field(default_factory=dict)
    firsts: dict[tuple[str, int, str, str], int] = field(default_factory=dict)
    usables: dict[tuple[str, str], list[Lane]] = field(default_factory=dict)

    def days_of(self, lane: Lane) -> list[int]:
        """The days on which the lane may be used."""
        if lane.id not in self.days:
            self.days[lane.id] = dispatch_days(self.problem, lane)
        return self.days[lane.id]

    def usable(self, node: str, temp: str) -> list[Lane]:
        """Lanes to a node that may carry a class in a box qualified for it."""
        if (node, temp) not in self.usables:
            self.usables[(node, temp)] = [
                lane
                for lane in self.lanes_to.get(node, ())
                if temp in lane.temps and boxes_for(self.problem, temp, lane.transit_days, 1).usable
            ]
        return self.usables[(node, temp)]

    def stock_at(self, depot: str, temp: str) -> list[Supply]:
        """What a depot that is no source has of its own, in a class."""
        if not depot or depot in self.sources.nodes:
            return []
        kits = self.problem.kit_types
        rows = [row for row in self.problem.supply if row.node == depot and row.kits]
        return [row for row in rows if kits[self.problem.lots[row.lot].kit].temp == temp]

    def first_arrival(self, row: Supply, site: str, kit: str) -> int:
        """The first day kits of a supply can be at a site, by any way; FOREVER where they cannot."""
        if row.node == site:
            return row.day
        if self.problem.nodes[row.node].kind.uses_kits:
            return FOREVER
        key = (row.node, row.day, site, kit)
        if key not in self.firsts:
            self.firsts[key] = self._first_arrival(row.node, row.day, site, kit, ())
        return self.firsts[key]

    def _first_arrival(self, start: str, day: int, node: str, kit: str, passed: tuple[str, ...]) -> int:
        """Backwards over the lanes: each origin's own first arrival, then the lane's next day."""
        if node == start:
            return day
        temp = self.problem.kit_types[kit].temp
        firsts = [FOREVER]
        for lane in self.usable(node, temp):
            if lane.origin not in passed:
                ready = self._first_arrival(start, day, lane.origin, kit, (*passed, node))
                opens, closes = entry_days(self.problem, lane)(kit)
                place = bisect_left(self.days_of(lane), max(ready, opens - lane.transit_days))
                if place < len(self.days_of(lane)):
                    arrives = self.days_of(lane)[place] + lane.transit_days
                    firsts.append(arrives if arrives <= closes else FOREVER)
        return min(firsts)


def network_of(problem: Problem) -> Network:
    """The network of a problem."""
    lanes: dict[str, list[Lane]] = defaultdict(list)
    for lane in problem.lanes.values():
        lanes[lane.destination].append(lane)
    return Network(problem, sources_of(problem), lanes)


def clusters_of(network: Network, temp: str, gain: Gain, relaxed: bool, bound_gain: Gain) -> Iterator[Cluster]:
    """The clusters of a class, in order of depot: exact for plans, relaxed for bounds.

    `gain` prices the choices; `bound_gain` is what bounds are compared at.
    """
    kinds = _kinds(network.problem, temp)
    by_depot: dict[str, list[SiteNeeds]] = defaultdict(list)
    for need in needs_of(network.problem, temp, gain, relaxed):
        by_depot[_depot_of(network, need.site, temp)].append(need)
    for depot in sorted(by_depot):
        cluster = _cluster(network, temp, depot, by_depot[depot], kinds, relaxed)
        yield cluster if relaxed else _comparable(cluster, by_depot[depot], gain, bound_gain)


def _comparable(cluster: Cluster, needs: Sequence[SiteNeeds], gain: Gain, bound_gain: Gain) -> Cluster:
    """The cluster with what each choice costs more at the prices of the bound."""
    more = [
        sum(gain(one.site, want) - bound_gain(one.site, want) for want in need.wants)
        for one in needs
        for need in one.choices
    ]
    return replace(cluster, more_at_bound=tuple(more))


def _kinds(problem: Problem, temp: str) -> Kinds:
    """The two types of the class's only blind group; else one kind, and the blind is kept when kits are packed."""
    kits = sorted(kit.id for kit in problem.kit_types.values() if kit.temp == temp)
    groups = [group for group in problem.blind_groups if problem.kit_types[group[0]].temp == temp]
    each = problem.blind_minimum_each
    if each and len(groups) == 1 and sorted(groups[0]) == kits and len(kits) <= 2:
        return Kinds({kit: place for place, kit in enumerate(kits)}, (each, each if len(kits) == 2 else 0))
    return Kinds(dict.fromkeys(kits, 0), (0, 0))


def _depot_of(network: Network, site: str, temp: str) -> str:
    """The depot that anything can come to, with most lanes to the site; none where all come from a source."""
    lanes = [lane for lane in network.usable(site, temp) if lane.origin not in network.sources.nodes]
    origins = Counter(lane.origin for lane in lanes)
    cheapest = {one: min(lane.fixed_cost for lane in lanes if lane.origin == one) for one in origins}
    empty = {one: not _arrivals(network, one, temp) for one in origins} if len(origins) > 1 else {}
    return min(origins, key=lambda one: (empty.get(one), -origins[one], cheapest[one], one), default="")


def _cluster(
    network: Network, temp: str, depot: str, needs: Sequence[SiteNeeds], kinds: Kinds, relaxed: bool
) -> Cluster:
    stock = network.stock_at(depot, temp)
    stocked = relaxed and any(network.stock_at(one, temp) for one in _above(network, temp, depot, needs))
    if stocked:
        # A bound that lets kits of the depots' own stock leave them for nothing holds, whatever they have.
        depot = ""
    arrivals = _last_arrivals(network, depot, temp) if relaxed else _arrivals(network, depot, temp)
    sites = [
        _site(network, temp, (depot, arrivals), (one.site, need), kinds, (relaxed, stocked))
        for one in needs
        for need in one.choices
    ]
    if stock and not relaxed:
        sites = with_depot_stock(network.problem, sites, stock)
    node = network.problem.nodes[depot] if depot else None
    used = _useful(arrivals, sites)
    return Cluster(network.problem, temp, node, tuple(used), tuple(sites), kinds, relaxed)


def _above(network: Network, temp: str, depot: str, needs: Sequence[SiteNeeds]) -> set[str]:
    """The depots, sources apart, that kits may come by to the depot or to its sites."""
    found: set[str] = set()
    nodes = [depot, *(one.site for one in needs)]
    while nodes:
        node = nodes.pop()
        if node not in found:
            found.add(node)
            nodes += [lane.origin for lane in network.usable(node, temp)]
    return found - network.sources.nodes - {one.site for one in needs}


def _last_arrivals(network: Network, depot: str, temp: str) -> list[Trip]:
    """All arrivals at a depot, wherever they come from: a bound that leaves out the ways before holds."""
    lanes = network.usable(depot, temp)
    return sorted(
        (Trip(lane, day, day + lane.transit_days) for lane in lanes for day in network.days_of(lane)), key=_order
    )


def _arrivals(network: Network, depot: str, temp: str, passed: tuple[str, ...] = ()) -> list[Trip]:
    """All arrivals a depot can have from the sources, in order, some by way of other depots."""
    trips: list[Trip] = []
    for lane in network.usable(depot, temp):
        if lane.origin in network.sources.nodes:
            trips += [Trip(lane, day, day + lane.transit_days) for day in network.days_of(lane)]
        elif lane.origin not in passed:
            before = _arrivals(network, lane.origin, temp, (*passed, depot))
            trips += through_trips(lane, network.days_of(lane), before)
    return sorted(trips, key=_order)


def _useful(arrivals: Sequence[Trip], sites: Iterable[ClusterSite]) -> list[Trip]:
    """Arrivals after which a kit leaves before the next: the others come earlier for nothing."""
    leaves = sorted({trip.leaves for site in sites for trip in site.trips})
    kept = []
    for place, trip in enumerate(arrivals):
        later = [one for one in arrivals[place + 1 :] if one.lane.id == trip.lane.id][:1]
        until = later[0].arrives if later else FOREVER
        first = bisect_left(leaves, trip.arrives)
        if first < len(leaves) and leaves[first] < until:
            kept.append(trip)
    return kept


@dataclass(frozen=True, slots=True)
class _Way:
    """A lane into a site: its days, and when kits of a type may come over it."""

    lane: Lane
    days: Sequence[int]
    entry: Callable[[str], tuple[int, int]]
    direct: bool

    def trip(self, place: int) -> Trip:
        return Trip(self.lane, self.days[place], self.days[place] + self.lane.transit_days)

    def between(self, want: Want, leaves_from: int) -> tuple[int, int]:
        """Places of the first and last day by which the kit may come; the first is after the last if none."""
        opens, closes = self.entry(want.kit)
        transit = self.lane.transit_days
        first = bisect_left(self.days, max(leaves_from, opens - transit))
        return first, bisect_right(self.days, min(closes, want.day) - transit) - 1


@dataclass(frozen=True, slots=True)
class _Window:
    """When a kit may come to its site."""

    ready: int
    opens: int
    closes: int
    lasts: tuple[Trip, ...]


def _site(
    network: Network,
    temp: str,
    depot: tuple[str, Sequence[Trip]],
    choice: tuple[str, Need],
    kinds: Kinds,
    free: tuple[bool, bool],
) -> ClusterSite:
    """`free`: whether other depots' lanes bring kits too, as in a bound, and whether any lot is there on day 0."""
    relaxed, stocked = free
    node, need, problem = network.problem.nodes[choice[0]], choice[1], network.problem
    ways = [
        _Way(lane, network.days_of(lane), entry_days(problem, lane), lane.origin != depot[0])
        for lane in network.usable(node.id, temp)
        if relaxed or lane.origin == depot[0] or lane.origin in network.sources.nodes
    ]
    memo: dict[Want, _Window | None] = {}
    for want in need.wants:
        if want not in memo:
            loose = stocked or want.kit in need.own_kits
            memo[want] = _window(network, node, ways, depot[1], want, loose)
    trips = {trip for window in memo.values() if window for trip in window.lasts}
    chosen = sorted(trips | _before_expiry(network, ways, kinds, trips), key=_order)
    comes = [trip.arrives for trip in chosen]
    kits: list[list[Placed]] = [[], []]
    for want in need.wants:
        window = memo[want]
        if window:
            last = bisect_right(comes, window.closes) - 1
            kits[kinds.of[want.kit]].append(Placed(want, window.ready, last, window.opens))
    placed = [one.want.day for some in kits for one in some]
    missed = Counter(want.kit for want in need.wants if memo[want] is None)
    unserved = sum(max(0, count - need.own_kits.get(kit, 0)) for kit, count in missed.items())
    least = unserved * problem.costs.unmet_kit - need.gain
    # Holding is counted from the day of use backwards.
    apart = least + problem.costs.site_holding[temp] * (need.own_kit_days + sum(placed))
    return ClusterSite(node, tuple(chosen), tuple(map(tuple, kits)), need.from_own_stock, apart, least, unserved)


def _before_expiry(network: Network, ways: Sequence[_Way], kinds: Kinds, trips: Iterable[Trip]) -> set[Trip]:
    """The last trips that bring a kit for the blind alone of a lot that will expire."""
    if not any(kinds.each):
        return set()
    until = max((trip.arrives for trip in trips), default=0)
    expiries = {
        lot.expiry_day
        for kit in kinds.of
        for _, lot in network.sources.rows.get(kit, ())
        if lot.expiry_day <= until
    }
    lasts = {
        (ways.index(way), bisect_left(way.days, expiry - way.lane.transit_days) - 1)
        for way in ways
        for expiry in expiries
    }
    return {ways[number].trip(place) for number, place in lasts if place >= 0}


def _order(trip: Trip) -> tuple[int, int, str]:
    return trip.arrives, trip.leaves, trip.lane.id


def _window(
    network: Network, node: Node, ways: Sequence[_Way], arrivals: Sequence[Trip], want: Want, loose: bool
) -> _Window | None:
    """When the kit may come, over all lanes; None where it cannot come in time. Loose: of any lot, from day 0."""
    ready = 0 if loose else network.sources.first_day(want, node.country)
    at_depot = _first_at_depot(network, arrivals, want.kit, ready)
    lasts, opens, closes = [], FOREVER, -1
    for way in ways:
        first, last = way.between(want, ready if way.direct else at_depot)
        if first <= last:
            lasts.append(way.trip(last))
            opens, closes = min(opens, way.trip(first).arrives), max(closes, way.trip(last).arrives)
    return _Window(ready, opens, closes, tuple(lasts)) if lasts else None


def _first_at_depot(network: Network, arrivals: Sequence[Trip], kit: str, ready: int) -> int:
    """The first arrival at the depot that may carry the kit."""
    place = bisect_left([trip.leaves for trip in arrivals], ready) if ready < FOREVER else len(arrivals)
    for trip in arrivals[place:]:
        if may_enter(network.problem, trip, kit):
            return trip.arrives
    return FOREVER
