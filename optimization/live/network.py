"""A network as it stands on a day, as a problem: nodes, lanes, lots, stock, need and prices.

A kit may be used on its expiry date, so `expiry_day` is the day after it and `dnd_days` one more than the window.
For kits on the shelf the do-not-count window holds, for those still to be sent the do-not-ship window: need is
stated with the latter, and lots on the shelf are told to expire so much later.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from irt.study.course import Courses, KitsOf
from irt.study.planning import Planning
from irt.supply.imports import NO_LICENCE, ImportWindow
from irt.supply.kit_selection import ANY_LABEL, label_fits
from irt.supply.planner import NetworkView, SiteView
from optimization.demand.enrolment import Prior
from optimization.live.calendars import Days, closed_for_arrival, closed_for_leaving
from optimization.live.chains import lane_to_own, node_of_own, sending_on
from optimization.live.forecast import Forecast, Promise, study_demand
from optimization.live.homes import HomeParts, kept_for
from optimization.problem import (
    FREE_NODE,
    Costs,
    Demand,
    KitType,
    Lane,
    Licence,
    Lot,
    Node,
    NodeKind,
    Opening,
    Problem,
    Shipper,
    Supply,
)
from optimization.problem_rules import checked

ANY_NUMBER = 10**9
MONTH_DAYS = 30
HELD_DAYS = 365
"""A box that no lane names: the lane's own rule says what it may carry."""


class LotName(NamedTuple):
    """What a lot of the problem is in the network; without a label it lies at a site and is sent nowhere."""

    kit_type: str
    lot: str
    expiry: date
    label: str


@dataclass(frozen=True, slots=True)
class LiveProblem:
    """A problem, and what its names stand for: node -> place, lane -> place to be supplied, lot -> what it is."""

    problem: Problem
    days: Days
    codes: Mapping[str, str]
    places: Mapping[str, SiteView]
    lots: Mapping[str, LotName]


def live_problem(
    name: str, network: NetworkView, regional: NetworkView | None, day: date, settings: Mapping[str, Any]
) -> LiveProblem:
    """The problem of a network of sites, with the regional depots as places between where they are given.

    Settings: those of every planner, `planning`, and `storage`, kit type -> storage class.
    """
    ground = _Ground(network, regional, Days.ahead(day, settings["planning"].horizon_days), settings)
    problem = Problem(
        name=name,
        start=ground.days.start,
        horizon_days=ground.days.horizon,
        temps=tuple(sorted(set(ground.storage.values()))),
        kit_types={code: ground.kit_type(code) for code in sorted(ground.storage)},
        lots=ground.lots,
        nodes={node.id: node for node in ground.nodes()},
        lanes={lane.id: lane for lane in ground.lanes()},
        shippers={shipper.id: shipper for shipper in ground.shippers()},
        supply=tuple(ground.supply),
        licences={(one.country, one.kit): one for one in ground.licences()},
        demand=tuple(ground.wanted()),
        costs=ground.costs(),
        blind_groups=ground.blind_groups(),
        blind_minimum_each=ground.least_of_each,
    )
    places = {_lane_id(place): place for place in (*ground.places, *ground.homes)}
    places |= {one.id: view._replace(number=one.destination) for view, one in ground.kept_lanes()}
    codes = {ground.shelf_of(code): code for code in ground.shelves} | {
        site.number: site.number for site in network.sites
    }
    return LiveProblem(checked(problem), ground.days, codes, places, ground.names)


@dataclass(frozen=True)
class _Ground:
    """What a problem is made from."""

    network: NetworkView
    regional: NetworkView | None
    days: Days
    settings: Mapping[str, Any]

    @cached_property
    def planning(self) -> Planning:
        planning: Planning = self.settings["planning"]
        return planning

    @cached_property
    def storage(self) -> Mapping[str, str]:
        storage: Mapping[str, str] = self.settings["storage"]
        return storage

    @cached_property
    def depots(self) -> Sequence[SiteView]:
        """Regional depots as places to be supplied."""
        return self.regional.sites if self.regional else ()

    @cached_property
    def places(self) -> Sequence[SiteView]:
        """Everything that is supplied from a depot, by each of its ways."""
        return [view for place in (*self.network.sites, *self.depots) for view in place.every_way]

    @cached_property
    def homes(self) -> Sequence[SiteView]:
        """Homes whose kits leave one of the depots."""
        return [view for view in self.network.homes if view.depot in self.network.depots and view.has_lane]

    @cached_property
    def sending_on(self) -> Mapping[str, SiteView]:
        """Places that others are supplied from, with their own need."""
        return sending_on(self.network)

    @cached_property
    def at_home(self) -> HomeParts:
        return HomeParts(self.homes, self.days, self.planning, frozenset(self.storage.values()))

    @cached_property
    def forecast(self) -> Forecast:
        promise = promise_of(self.settings)
        return Forecast(self.days, promise, study_demand(self.network.sites, promise))

    @cached_property
    def supplied(self) -> frozenset[str]:
        """Depots that are kept up to levels as sites are: each is a place, with its stock on the place's shelf."""
        return frozenset(site.number for site in self.network.sites if site.number in self.network.depots)

    @cached_property
    def shelves(self) -> Sequence[str]:
        """Depots from which goods may leave; one that is a place itself only where it supplies another place."""
        leaves = {place.depot for place in (*self.places, *self.homes)}
        return [code for code in self.network.depots if code not in self.supplied or code in leaves]

    @cached_property
    def central(self) -> Sequence[str]:
        between = {place.number for place in self.depots} | self.supplied
        return [code for code in self.network.depots if code not in between]

    def shelf_of(self, code: str) -> str:
        """The node of a depot; what lies at the only central one costs nothing more there."""
        return FREE_NODE if [code] == self.central else code

    @property
    def least_of_each(self) -> int:
        mixed = self.settings.get("protection") == "mixed_minimum"
        return max(int(self.settings.get("least_kits", 0)), 1) if mixed else 1

    def kit_type(self, code: str) -> KitType:
        return KitType(code, self.storage[code], 1, self.planning.cents_of(code))

    def nodes(self) -> Iterator[Node]:
        room = dict.fromkeys(sorted(set(self.storage.values())), self._room)
        for code in self.shelves:
            served = [place for place in self.places if place.depot == code]
            between = next((place for place in (*self.depots, *self.network.sites) if place.number == code), None)
            closed = closed_for_leaving(self.days, served)
            kind, country = NodeKind.CENTRAL, _ABROAD
            if between is not None:
                kind, country = NodeKind.REGIONAL, between.country
                closed |= closed_for_arrival(self.days, between)
            yield Node(self.shelf_of(code), kind, country, closed, room)
        for site in self.network.sites:
            if own := self.sending_on.get(site.number):
                yield node_of_own(own, self.days, room)
            else:
                closed = closed_for_arrival(self.days, site)
                yield Node(site.number, NodeKind.SITE, site.country, closed, room)
        yield from self.at_home.nodes(room)

    @cached_property
    def _room(self) -> int:
        """Places as stored know no size: all there is fits."""
        return max(sum(row.kits for row in self.supply), 1)

    def lanes(self) -> Iterator[Lane]:
        for place in self.places:
            barred = any(reason.startswith(NO_LICENCE) for reason in place.barred.values())
            licensed = not barred or place.country in self.network.import_windows
            consignment, travel = _prices(place, self.planning)
            yield Lane(
                id=_lane_id(place),
                origin=self.shelf_of(place.depot),
                destination=self.shelf_of(place.number),
                transit_days=place.lead_time_days,
                weekdays=place.calendar.weekdays,
                fixed_cost=consignment,
                kit_cost=travel,
                temps=frozenset(self.storage.values()) if licensed else frozenset(),
            )
        for view in self.homes:
            kits = self.forecast.kits_a_visit(view, sorted(self.storage))
            yield self.at_home.lane(view, self.shelf_of(view.depot), kits)
        yield from (lane for _, lane in self.kept_lanes())

    def kept_lanes(self) -> Iterator[tuple[SiteView, Lane]]:
        """What is kept for homes, or for a depot's own sites, as if it left the depot for them."""
        for view in self.homes:
            yield view, self.at_home.kept(view, self.shelf_of(view.depot))
        for code, own in self.sending_on.items():
            yield own._replace(depot=code), lane_to_own(code, frozenset(self.storage.values()))

    def shippers(self) -> Iterator[Shipper]:
        planning = self.planning
        for storage in sorted(set(self.storage.values())):
            box = f"box {storage}"
            yield Shipper(box, storage, planning.shipper_kits, planning.shipper_cents, HELD_DAYS)
        if self.homes or self.sending_on:
            yield from self.at_home.shippers(self.places)

    @cached_property
    def names(self) -> Mapping[str, LotName]:
        return {lot_id: name for lot_id, (name, _, _) in self._known.items()}

    @cached_property
    def lots(self) -> Mapping[str, Lot]:
        return {
            lot_id: Lot(lot_id, name.kit_type, self.days.of(name.expiry) + 1 + longer, countries)
            for lot_id, (name, countries, longer) in sorted(self._known.items())
        }

    @cached_property
    def supply(self) -> Sequence[Supply]:
        return [
            Supply(node, lot_id, day, kits) for (node, lot_id, day), kits in sorted(self._stock.items()) if kits
        ]

    @cached_property
    def _stock(self) -> Counter[tuple[str, str, int]]:
        """Kits by node, lot and day; what has expired is left out."""
        found: Counter[tuple[str, str, int]] = Counter()
        for node, lot_id, _, _, day, kits in self._piles():
            found[node, lot_id, day] += kits
        return found

    @cached_property
    def _known(self) -> Mapping[str, tuple[LotName, frozenset[str], int]]:
        return {
            lot_id: (name, self._countries(name) if name.label else frozenset({country}), longer)
            for _, lot_id, (name, country), longer, _, _ in self._piles()
        }

    def _piles(self) -> Iterator[tuple[str, str, tuple[LotName, str], int, int, int]]:
        """(node, lot id, (name, country of the shelf), days longer, day, kits) of everything there or coming."""
        for code in self.shelves:
            for label, pile in self.network.depots[code].stock:
                yield from self._pile(self.shelf_of(code), LotName(*pile[:3], label), "", 0, 0, pile.kits)
        chained = [site for site in self.network.sites if site.number in self.sending_on]
        for place in (*self.depots, *chained):
            for coming in place.on_the_way:
                due = max(self.days.of(coming.due), self.days.first)
                name = LotName(*coming[:3], ANY_LABEL)
                yield from self._pile(self.shelf_of(place.number), name, "", 0, due, coming.kits)
        for site in self.network.sites:
            if site.number in self.sending_on:
                continue
            for pile in site.stock:
                yield from self._on_shelf(site, LotName(*pile[:3], ""), 0, pile.kits)
            for coming in site.on_the_way:
                due = max(self.days.of(coming.due), self.days.first)
                yield from self._on_shelf(site, LotName(*coming[:3], ""), due, coming.kits)

    def _on_shelf(
        self, site: SiteView, name: LotName, day: int, kits: int
    ) -> Iterator[tuple[str, str, tuple[LotName, str], int, int, int]]:
        longer = site.dns_days.get(name.kit_type, 0) - site.dnc_days.get(name.kit_type, 0)
        return self._pile(site.number, name, site.country, longer, day, kits)

    def _pile(
        self, node: str, name: LotName, country: str, longer: int, day: int, kits: int
    ) -> Iterator[tuple[str, str, tuple[LotName, str], int, int, int]]:
        if name.kit_type in self.storage and self.days.of(name.expiry) + 1 + min(longer, 0) > self.days.first:
            where = name.label or f"at {country}"
            lot_id = f"{name.lot}/{name.kit_type}/{name.expiry.isoformat()}/{where}"
            yield node, lot_id, (name, country), longer, day, kits

    def _countries(self, name: LotName) -> frozenset[str]:
        """Countries all of whose sites, and homes, may be sent the lot under that label."""
        found: dict[str, bool] = {}
        for site in (*self.network.sites, *self.homes):
            fits = name.label in site.labels or label_fits(name.label, site.label_group)
            approved = site.approved_lots is None or name.lot in site.approved_lots
            found[site.country] = found.get(site.country, True) and fits and approved
        return frozenset(country for country, may in found.items() if may)

    def licences(self) -> Iterator[Licence]:
        """One for each country and kit type, for a way from abroad; open where the network knows no limit."""
        groups = self.settings.get("groups", {})
        members = Counter(groups.get(code) for code in self.storage)
        for country in sorted({place.country for place in (*self.places, *self.homes)}):
            windows = self.network.import_windows.get(country)
            for code in self.storage:
                if windows is None:
                    yield Licence(country, code, 0, self.days.all.stop, ANY_NUMBER)
                    continue
                group = groups.get(code, "")
                first, *later = self._openings(country, windows, group, members[groups.get(code)])
                yield Licence(country, code, *first, tuple(later))

    def _openings(
        self, country: str, windows: Sequence[ImportWindow], group: str, members: int
    ) -> Sequence[Opening]:
        """Days on which what left within each window may arrive, however long its way takes; the kits it covers."""
        leads = [place.lead_time_days for place in self.places if place.country == country] or [0]
        found = []
        for window in windows:
            left = window.kits.get(group)
            kits = ANY_NUMBER if left is None else left // members
            first = max(self.days.of(window.first) + max(leads), 0)
            found.append(Opening(first, self.days.of(window.last) + min(leads), kits))
        return [one for one in found if one.from_day <= one.to_day] or found[:1]

    def wanted(self) -> Iterator[Demand]:
        sites = [self.sending_on.get(site.number, site) for site in self.network.sites]
        views = {site.number: site for site in sites}
        homes = [(view, self._filled_as(view)) for view in self.homes]
        views |= {name: view for view in self.homes for name in (view.number, kept_for(view.number))}
        rows: Counter[tuple[str, str, int]] = Counter()
        for one in self.forecast.wanted(sites, sorted(self.storage), homes):
            day = self.days.first + one.ahead_days
            if views[one.site].kits_of is KitsOf.AT_HOME:
                day = self._leaves_home(views[one.site], day)
            rows[one.site, one.kit_type, day] += one.kits
        for (place, kit_type, day), kits in rows.items():
            if day < self.days.horizon:
                yield Demand(place, kit_type, day, kits, views[place].dns_days.get(kit_type, 0) + 1)

    def _filled_as(self, view: SiteView) -> SiteView:
        """The place that homes wait for: their depot, where it is supplied in this problem; else nothing comes."""
        places = (*self.network.sites, *self.depots)
        return next((one for one in places if one.number == view.depot), view._replace(depot=""))

    def _leaves_home(self, view: SiteView, day: int) -> int:
        """The first day from that one on that the depot of homes is open."""
        closed = self._closed[self.shelf_of(view.depot)]
        return next(one for one in range(day, self.days.all.stop) if one not in closed)

    @cached_property
    def _closed(self) -> Mapping[str, frozenset[int]]:
        return {node.id: node.closed_days for node in self.nodes()}

    def costs(self) -> Costs:
        classes = sorted(set(self.storage.values()))
        at_site = dict.fromkeys(classes, self.planning.site_day_cents)
        # What lies where goods come in would cost the same anywhere: only depots in between are counted.
        at_depot = dict.fromkeys(classes, self.planning.depot_day_cents if self.depots else 0)
        return Costs(at_site, at_depot, self.planning.unmet_cents)

    def blind_groups(self) -> tuple[tuple[str, ...], ...]:
        """Types that look alike travel together, where orders are to tell no arm."""
        if not self.settings.get("consolidate"):
            return ()
        alike: dict[str, list[str]] = defaultdict(list)
        for code, group in sorted(self.settings.get("groups", {}).items()):
            if code in self.storage:
                alike[group].append(code)
        return tuple(tuple(codes) for _, codes in sorted(alike.items()) if len(codes) > 1)


_ABROAD = "-"
"""A depot above all others: every country is another one, and the places' own licences say what may go there."""


def _lane_id(place: SiteView) -> str:
    return f"{place.depot}>{place.number}" + (f" {place.way.code}" if place.way else "")


def promise_of(settings: Mapping[str, Any]) -> Promise:
    """What a study's settings promise, and how its sites are expected to enrol."""
    planning: Planning = settings["planning"]
    prior = prior_of(planning.subjects_per_month, planning.rate_shape)
    return Promise(planning.service, settings.get("courses", Courses()), settings.get("review_days", 1), prior)


def prior_of(subjects_per_month: Fraction, shape: Fraction) -> Prior | None:
    """How sites enrol before any did; None where nobody new is expected."""
    return Prior(float(shape), float(subjects_per_month) / MONTH_DAYS) if subjects_per_month else None


def _prices(place: SiteView, planning: Planning) -> tuple[int, int]:
    """Cents of a consignment and of a kit on its way: the way's own where it has some."""
    own = place.way
    consignment = own.consignment_cents if own else None
    travel = own.travel_cents if own else None
    return (
        planning.consignment_cents if consignment is None else consignment,
        planning.travel_cents if travel is None else travel,
    )
