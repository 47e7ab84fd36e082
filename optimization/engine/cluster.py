"""A depot and the sites it supplies in one temperature class: the piece that is planned as a whole.

Without blinding across them, temperature classes share nothing, and depots share only the lots of the sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimization.engine.boxes import Boxes, box_costs, boxes_for
from optimization.engine.needs import Want
from optimization.engine.site_table import Amounts, Counts
from optimization.plan import Dispensing
from optimization.problem import Lane, Node, Problem


@dataclass(frozen=True, slots=True)
class Trip:
    """A day on which a lane may be used.

    By way of other depots, `lane` is from source to depot with the costs of all, and `parts` are its trips.
    """

    lane: Lane
    leaves: int
    arrives: int
    parts: tuple["Trip", ...] = ()

    @property
    def legs(self) -> tuple["Trip", ...]:
        """Its parts, or itself."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which kits are counted apart, and how many of each kind a consignment holds at least for the blind."""

    of: Mapping[str, int]
    each: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A kit wanted and when it may come: the first day at its source, and the last option in time for it."""

    want: Want
    ready: int
    last_option: int
    opens: int


@dataclass(frozen=True)
class ClusterSite:
    """A site with one choice of need: the trips by which kits may come, and kits wanted by kind in order of day.

    `apart`: what the choice costs whatever trips are taken, in cents; `least`: what it costs even if trips and
    holding were free; `unserved`: kits no trip can bring in time; `room`: kits the store takes when each trip
    arrives; `perishable`: kits by type that may be of a lot that would expire, at the most.
    """

    node: Node
    trips: tuple[Trip, ...]
    kits: tuple[tuple[Placed, ...], ...]
    own: tuple[Dispensing, ...]
    apart: float
    least: float
    unserved: int
    room: tuple[int, ...]
    perishable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cluster:
    """One depot (or none) and its sites in one class, each site as often as it has choices, one after the other.

    The `relaxed` form is what bounds are computed on: never dearer than any plan. `more_at_bound`: what each choice
    of the exact form costs more at the prices of the bound. `spare_stock`: kits by kind that lie at the depot and
    are not shared out. `stock`: by arrival, where it is what lies at the depot, its cost if 0, 1, 2, … kits leave;
    empty where it is an arrival. `by_stock_alone`: kits that nothing else brings in time. `combinations`: the
    choices that the sites may take together, each with the places of one of each site; empty: all of them.
    """

    problem: Problem
    temp: str
    depot: Node | None
    arrivals: tuple[Trip, ...]
    sites: tuple[ClusterSite, ...]
    kinds: Kinds
    relaxed: bool
    more_at_bound: tuple[float, ...] = ()
    spare_stock: tuple[int, int] = (0, 0)
    stock: tuple[tuple[float, ...], ...] = ()
    by_stock_alone: int = 0
    combinations: tuple[tuple[int, ...], ...] = ()
    boxes_memo: dict[int, Boxes] = field(default_factory=dict)

    @cached_property
    def first_choices(self) -> Counts:
        """Shape (sites,): the place of each site's first choice."""
        ids = [site.node.id for site in self.sites]
        return np.array([place for place, one in enumerate(ids) if place == 0 or ids[place - 1] != one], np.int64)

    @cached_property
    def site_of(self) -> Counts:
        """Shape (choices,): the number of each choice's site."""
        starts = np.zeros(len(self.sites), dtype=np.int64)
        starts[self.first_choices] = 1
        return np.cumsum(starts) - 1

    @cached_property
    def apart(self) -> Amounts:
        """Shape (choices,): what each choice costs apart from its trips."""
        return np.array([site.apart for site in self.sites], dtype=np.float64)

    def best_choices(self, costs: Amounts) -> Counts:
        """Shape (sites,): the place of each site's cheapest choice, the first of equal ones."""
        if self.combinations:
            return np.asarray(self._together[int(np.argmin(costs[self._together].sum(axis=1)))])
        best = np.minimum.reduceat(costs, self.first_choices)
        cheap = np.flatnonzero(costs <= best[self.site_of])
        return cheap[np.unique(self.site_of[cheap], return_index=True)[1]]

    @cached_property
    def _together(self) -> Counts:
        return np.array(self.combinations, dtype=np.int64)

    @cached_property
    def kit_volume(self) -> int:
        """The volume all kits of the class are planned with: the largest; the smallest where relaxed."""
        volumes = [kit.volume for kit in self.problem.kit_types.values() if kit.temp == self.temp]
        return min(volumes) if self.relaxed else max(volumes)

    def boxes(self, transit_days: int) -> Boxes:
        """The shippers of a transit."""
        if transit_days not in self.boxes_memo:
            self.boxes_memo[transit_days] = boxes_for(self.problem, self.temp, transit_days, self.kit_volume)
        return self.boxes_memo[transit_days]

    @cached_property
    def site_holding(self) -> int:
        """Cents for a kit and day at a site."""
        return self.problem.costs.site_holding[self.temp]

    @cached_property
    def depot_holding(self) -> int:
        """Cents for a kit and day at the depot."""
        return self.problem.costs.holding(self.depot, self.temp) if self.depot else 0

    @cached_property
    def kits(self) -> int:
        """Kits that are to come to the sites, at their first choices."""
        return sum(len(kits) for place in self.first_choices for kits in self.sites[place].kits)

    @cached_property
    def is_stock(self) -> NDArray[np.bool_]:
        """Shape (j,): whether the arrival is what lies at the depot."""
        return np.array([bool(some) for some in self.stock or ((),) * len(self.arrivals)], dtype=np.bool_)

    @cached_property
    def left_source(self) -> Counts:
        """Shape (j,): when each arrival left its source."""
        return np.array([trip.leaves for trip in self.arrivals], dtype=np.int64)

    @cached_property
    def came(self) -> Counts:
        """Shape (j,): when each arrival came."""
        return np.array([trip.arrives for trip in self.arrivals], dtype=np.int64)

    @cached_property
    def kit_costs(self) -> Amounts:
        """Shape (j,): a kit of each arrival: its cost on the lane, less holding at the depot before it came."""
        lane = np.array([trip.lane.kit_cost for trip in self.arrivals], dtype=np.float64)
        return lane - self.depot_holding * self.came

    @cached_property
    def least(self) -> float:
        """What the cluster costs even if trips and holding were free."""
        costs = np.array([site.least for site in self.sites], dtype=np.float64)
        return float(costs[self.best_choices(costs)].sum())

    @cached_property
    def all_by_depot(self) -> bool:
        """Whether every kit passes the depot."""
        return self.depot is not None and all(self.by_depot(trip) for site in self.sites for trip in site.trips)

    def by_depot(self, trip: Trip) -> bool:
        """Whether the trip leaves the depot."""
        return self.depot is not None and trip.lane.origin == self.depot.id

    @cached_property
    def worth_serving(self) -> bool:
        """Whether any kit is worth its way however few travel with it, and never better kept at the depot."""
        return self.price_room >= 0 and self.site_holding >= self.depot_holding

    @cached_property
    def price_room(self) -> float:
        """How high early prices may be and any kit still be worth its way; it may have to move one other."""
        return self.problem.costs.unmet_kit - 2 * self.alone

    @cached_property
    def alone(self) -> float:
        """What the way of one kit costs at the most that nothing else travels with, but what the blind asks for."""
        last = {trip.lane.id: trip for site in self.sites for trip in site.trips}
        inflow = {trip.lane.id: trip for trip in self.arrivals}
        dearest = max(kit.unit_cost for kit in self.problem.kit_types.values() if kit.temp == self.temp)
        spares = sum(self.kinds.each) * dearest
        by_depot = max((self._alone(trip, self.depot_holding) for trip in inflow.values()), default=0.0)
        return (
            by_depot + spares + max((self._alone(trip, self.site_holding) for trip in last.values()), default=0.0)
        )

    def _alone(self, trip: Trip, holding: int) -> float:
        kits = 1 + sum(self.kinds.each)
        boxes = float(box_costs(self.boxes(trip.lane.transit_days), kits)[kits])
        return trip.lane.fixed_cost + boxes + kits * (trip.lane.kit_cost + holding * self.problem.horizon_days)

    @cached_property
    def unserved(self) -> int:
        """Kits no trip can bring in time, at the choices with the fewest, and those that stock alone may bring."""
        counts = np.array([site.unserved for site in self.sites], dtype=np.float64)
        return (int(counts[self.best_choices(counts)].sum()) if self.sites else 0) + self.by_stock_alone
