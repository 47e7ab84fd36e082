"""Each kit of a schedule, from its source to the site: which trip, by way of which arrival."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from optimization.engine.cluster import Cluster, ClusterSite, Placed, Trip
from optimization.engine.depot_stock import AT_DEPOT
from optimization.engine.needs import Want
from optimization.engine.schedule import Schedule
from optimization.engine.through import may_enter
from optimization.problem import Node, Supply


@dataclass(slots=True)
class Carried:
    """A kit on its way; without `want` it travels for the blind alone. `arrival`: at a depot, if it passes one."""

    kit: str
    site: Node
    trip: Trip
    ready: int
    want: Want | None
    arrival: Trip | None = None

    @property
    def legs(self) -> list[Trip]:
        """Its trips, in order."""
        return [*self.arrival.legs, self.trip] if self.arrival else [self.trip]

    @property
    def first_leg(self) -> Trip:
        """The trip that leaves the source."""
        return self.legs[0]

    @property
    def lasts_until(self) -> int:
        """The earliest day its lot may expire."""
        return self.want.lasts_until if self.want else self.trip.arrives + 1


def carried_kits(cluster: Cluster, schedule: Schedule) -> list[Carried]:
    """All kits of a schedule with their trips; those no arrival can bring are left out."""
    kits: list[Carried] = []
    for row, site in enumerate(cluster.sites):
        for option, trip in enumerate(site.trips):
            here = list(_sent(site, trip, _numbers(schedule, row, option)))
            kits += here + list(_for_the_blind(cluster, site, trip, here))
    by_depot = [one for one in kits if cluster.by_depot(one.trip)]
    direct = [one for one in kits if not cluster.by_depot(one.trip)]
    return direct + _through_depot(cluster, schedule, by_depot)


def _numbers(schedule: Schedule, row: int, option: int) -> list[tuple[int, int]]:
    """By kind, the first kit of the option and the one after its last."""
    before = schedule.sent[row, :option].sum(axis=0)
    now = schedule.sent[row, option]
    return [(int(before[kind]), int(before[kind] + now[kind])) for kind in range(len(now))]


def _sent(site: ClusterSite, trip: Trip, numbers: Sequence[tuple[int, int]]) -> Iterator[Carried]:
    for kits, (first, end) in zip(site.kits, numbers, strict=True):
        for one in kits[first:end]:
            yield _carried(site, trip, one)


def _carried(site: ClusterSite, trip: Trip, one: Placed) -> Carried:
    return Carried(one.want.kit, site.node, trip, one.ready, one.want)


def _for_the_blind(cluster: Cluster, site: ClusterSite, trip: Trip, here: Iterable[Carried]) -> Iterator[Carried]:
    """Kits added so that every type of a blind group that travels is there."""
    count = Counter(one.kit for one in here)
    for group in cluster.problem.blind_groups if site.node.kind.kept_blind else ():
        if any(count[kit] for kit in group):
            for kit in group:
                for _ in range(cluster.problem.blind_minimum_each - count[kit]):
                    yield Carried(kit, site.node, trip, 0, None)


def _through_depot(cluster: Cluster, schedule: Schedule, kits: Sequence[Carried]) -> list[Carried]:
    """Each kit by the last arrival that can bring it, then earlier ones where boxes have room for it.

    Where the depot has its own stock, kits for the blind that no arrival brings may be of it; where it has none
    that lasts, an arrival is added for them.
    """
    arrivals = [cluster.arrivals[one] for one in schedule.arrivals]
    at_depot = [one for one in kits if one.ready == AT_DEPOT]
    stocked = bool(at_depot)
    brought: dict[int, list[Carried]] = defaultdict(list)
    for one in sorted((one for one in kits if one.ready != AT_DEPOT), key=lambda one: one.trip.leaves):
        fit = [place for place, arrival in enumerate(arrivals) if _brings(cluster, arrival, one)]
        if fit:
            brought[fit[-1]].append(one)
        elif stocked and one.want is None:
            one.arrival = None if _lies_there(cluster, one, at_depot) else _added(cluster, one)
            at_depot.append(one)
    _fill_boxes(cluster, schedule, arrivals, brought)
    for place, some in brought.items():
        for one in some:
            one.arrival = arrivals[place]
    return at_depot + [one for place in sorted(brought) for one in brought[place]]


def _brings(cluster: Cluster, arrival: Trip, one: Carried) -> bool:
    if arrival.arrives > one.trip.leaves or arrival.leaves < one.ready:
        return False
    return may_enter(cluster.problem, arrival, one.kit)


def _lies_there(cluster: Cluster, one: Carried, taken: Sequence[Carried]) -> bool:
    """Whether the depot's stock has a kit for it beside those taken."""
    node = one.trip.lane.origin
    there = sum(
        row.kits for row in cluster.problem.supply if row.node == node and _lasts(cluster, row, one, one.trip)
    )
    return there > sum(other.kit == one.kit and other.arrival is None for other in taken)


def _lasts(cluster: Cluster, row: Supply, one: Carried, leg: Trip) -> bool:
    """Whether supply is there when the leg leaves, of a lot for the kit."""
    lot = cluster.problem.lots[row.lot]
    fits = lot.kit == one.kit and one.site.country in lot.countries
    return fits and row.day <= leg.leaves and lot.expiry_day >= one.lasts_until


def _added(cluster: Cluster, one: Carried) -> Trip | None:
    """The last arrival of all there are that can bring it, with a lot at its source."""
    problem, last = cluster.problem, None
    for arrival in cluster.arrivals:
        leg = arrival.legs[0]
        rows = (row for row in problem.supply if row.node == leg.lane.origin)
        if _brings(cluster, arrival, one) and any(_lasts(cluster, row, one, leg) for row in rows):
            last = arrival
    return last


def _fill_boxes(
    cluster: Cluster, schedule: Schedule, arrivals: Sequence[Trip], brought: dict[int, list[Carried]]
) -> None:
    """Brings kits of the next arrival forward until an arrival holds as many as the schedule says."""
    for place in range(len(arrivals) - 1):
        missing = int(schedule.inflow[place]) - len(brought[place])
        for one in list(brought[place + 1])[: max(0, missing)]:
            if _brings(cluster, arrivals[place], one):
                brought[place + 1].remove(one)
                brought[place].append(one)
