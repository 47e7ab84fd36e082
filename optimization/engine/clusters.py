"""The network cut into clusters: each site with the depot that mostly supplies it, class by class."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from optimization.engine.cluster import Cluster, ClusterSite, Kinds, Trip
from optimization.engine.cluster_sites import Choice, Supplied, choices_of, sites_of, spare_stock
from optimization.engine.depot_stock import Lying, costs_of_staying, lying_at, serves_at_most
from optimization.engine.needs import Gain, SiteNeeds, needs_of
from optimization.engine.network import Network
from optimization.engine.through import through_trips
from optimization.engine.trips import FOREVER
from optimization.problem import Lane, Problem


def clusters_of(network: Network, temp: str, gain: Gain, relaxed: bool, bound_gain: Gain) -> Iterator[Cluster]:
    """The clusters of a class, in order of depot: exact for plans, relaxed for bounds.

    `gain` prices the choices; `bound_gain` is what bounds are compared at.
    """
    by_depot: dict[tuple[str, bool], list[SiteNeeds]] = defaultdict(list)
    for need in needs_of(network.problem, temp, gain, relaxed):
        depot = _depot_of(network, need.site, temp)
        # Without a depot places share nothing, and those that are kept blind are counted apart.
        by_depot[depot, depot == "" and not _kept_blind(network.problem, need)].append(need)
    for (depot, _), needs in sorted(by_depot.items()):
        kinds = _kinds(network.problem, temp, needs)
        cluster, choices = _cluster(network, temp, depot, needs, kinds, relaxed)
        yield cluster if relaxed else _comparable(cluster, choices, gain, bound_gain)


def _comparable(cluster: Cluster, choices: Sequence[Choice], gain: Gain, bound_gain: Gain) -> Cluster:
    """The cluster with what each choice costs more at the prices of the bound."""
    more = [sum(gain(one.site, want) - bound_gain(one.site, want) for want in one.need.wants) for one in choices]
    return replace(cluster, more_at_bound=tuple(more))


def _kept_blind(problem: Problem, need: SiteNeeds) -> bool:
    return problem.nodes[need.site].kind.kept_blind


def _kinds(problem: Problem, temp: str, needs: Sequence[SiteNeeds]) -> Kinds:
    """The two types of the class's only blind group; else one kind, and the blind is kept when kits are packed.

    Among homes, whose parcels need no company, it is one kind too.
    """
    kits = sorted(kit.id for kit in problem.kit_types.values() if kit.temp == temp)
    groups = [group for group in problem.blind_groups if problem.kit_types[group[0]].temp == temp]
    each = problem.blind_minimum_each
    blind = all(_kept_blind(problem, need) for need in needs)
    if each and blind and len(groups) == 1 and sorted(groups[0]) == kits and len(kits) <= 2:
        return Kinds({kit: place for place, kit in enumerate(kits)}, (each, each if len(kits) == 2 else 0))
    return Kinds(dict.fromkeys(kits, 0), (0, 0))


def _depot_of(network: Network, site: str, temp: str) -> str:
    """The depot that anything can come to, with most lanes to the site; none where all come from a source."""
    lanes = [lane for lane in network.usable(site, temp) if lane.origin not in network.sources.nodes]
    origins = Counter(lane.origin for lane in lanes)
    cheapest = {one: min(lane.fixed_cost for lane in lanes if lane.origin == one) for one in origins}
    empty = {
        one: len(origins) > 1 and not _arrivals(network, one, temp) and not network.stock_at(one, temp)
        for one in origins
    }
    return min(origins, key=lambda one: (empty[one], -origins[one], cheapest[one], one), default="")


def _cluster(
    network: Network, temp: str, depot: str, needs: Sequence[SiteNeeds], kinds: Kinds, relaxed: bool
) -> tuple[Cluster, Sequence[Choice]]:
    problem = network.problem
    node = problem.nodes[depot] if depot else None
    arrivals = _last_arrivals(network, depot, temp) if relaxed else _arrivals(network, depot, temp)
    lying = lying_at(problem, node, network.stock_at(depot, temp)) if node else []
    elsewhere = _elsewhere(network, temp, depot, needs) if relaxed else []
    supplied = Supplied(network, temp, depot, arrivals, lying, elsewhere, kinds, relaxed)
    choices = choices_of(supplied, needs)
    sites, spare = sites_of(supplied, choices), spare_stock(supplied, choices)
    used = _useful(arrivals, sites)
    cluster = Cluster(problem, temp, node, tuple(used), tuple(sites), kinds, relaxed, spare_stock=spare)
    if relaxed and lying:
        cluster = _with_stock(supplied, cluster, needs)
    if relaxed and depot and not cluster.worth_serving:
        # Kits that leave the depots for nothing are a bound too, and may be worth their way.
        return _cluster(network, temp, "", needs, kinds, relaxed)
    return cluster, choices


def _elsewhere(network: Network, temp: str, depot: str, needs: Sequence[SiteNeeds]) -> list[Lying]:
    """What lies at other depots that kits may come by."""
    nodes = sorted(_above(network, temp, depot, needs) - {depot})
    return [
        one
        for node in nodes
        for one in lying_at(network.problem, network.problem.nodes[node], network.stock_at(node, temp))
    ]


def _with_stock(supplied: Supplied, cluster: Cluster, needs: Sequence[SiteNeeds]) -> Cluster:
    """The relaxed cluster with what lies at the depot, day by day, as arrivals that cost nothing to bring."""
    network, problem = supplied.network, cluster.problem
    sites = {one.site for one in needs}
    told = _leaves_only_to(network, supplied.depot, cluster, sites)
    by_day: dict[int, list[tuple[Lying, int]]] = defaultdict(list)
    for one in supplied.stock:
        by_day[one.row.day].append((one, serves_at_most(problem, one, sites)))
    trips: list[tuple[Trip, tuple[float, ...]]] = [(trip, ()) for trip in cluster.arrivals]
    for day, some in by_day.items():
        costs = costs_of_staying(some, cluster.depot_holding, told)
        trips.append((Trip(_no_lane(supplied.depot, cluster.temp), day, day), tuple(costs)))
    trips.sort(key=lambda one: (one[0].arrives, not one[1], *_order(one[0])))
    return replace(
        cluster,
        arrivals=tuple(trip for trip, _ in trips),
        stock=tuple(costs for _, costs in trips),
        by_stock_alone=supplied.by_stock_alone(needs),
    )


def _leaves_only_to(network: Network, depot: str, cluster: Cluster, sites: Set[str]) -> bool:
    """Whether the depot's stock can only go to these sites, and nothing is gained by sending it away unasked."""
    lanes = [lane for lane in network.problem.lanes.values() if lane.origin == depot and cluster.temp in lane.temps]
    return all(
        lane.destination in sites and lane.kit_cost >= cluster.depot_holding * lane.transit_days for lane in lanes
    )


def _no_lane(depot: str, temp: str) -> Lane:
    return Lane(f"lying at {depot}", depot, depot, 0, frozenset(range(7)), 0, 0, frozenset({temp}))


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


def _order(trip: Trip) -> tuple[int, int, str]:
    return trip.arrives, trip.leaves, trip.lane.id
