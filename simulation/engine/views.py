"""The network as planners see it, built from the state of a replication with the rules that the service uses."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from irt.study.course import KitsOf, Treated, VisitAhead
from irt.study.courses import dose_levels
from irt.study.delivery import kits_at_site
from irt.study.network import HOME, Lane
from irt.supply.calendar import EVERY_DAY, DispatchCalendar, calendar_of
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.level_rows import levels_at_depot, levels_at_site
from irt.supply.planner import (
    NOTHING,
    DepotView,
    EnrolledSoFar,
    Level,
    LotStock,
    NetworkView,
    OnTheWay,
    SiteView,
)
from irt.supply.regional import need_to_be_sent, served_through, windows_to_send_on
from irt.supply.visits_ahead import DueVisit, due_visits
from simulation.engine.stock import Stock
from simulation.engine.world import Consignment, Depot, OnTreatment, Site, World
from simulation.network import MINUTES_IN_DAY


class Views:
    """What does not change is looked up once; the rest is told anew each time."""

    def __init__(self, world: World) -> None:
        self._world, self._definition = world, world.definition
        self._resupply = world.definition.resupply
        self._lanes = {(lane.origin, lane.target): lane for lane in self._definition.lanes}
        self._calendars = {key: _calendar(lane) for key, lane in self._lanes.items()}
        self._cut_off_known: dict[tuple[str, str], tuple[int, bool]] = {}
        self._levels: dict[int, Mapping[str, Level]] = {}
        self._windows: dict[tuple[str, str], Mapping[str, int]] = {}
        self._ahead: dict[tuple[str, str | None, int], list[DueVisit]] = {}
        self._zones = {depot.code: ZoneInfo(depot.zone) for depot in self._definition.depots}
        self._visits = [visit for visit in self._definition.visits if visit.dispenses]
        self._approved = world.approved
        self._ways = {(one.depot, one.code): one.label_group for one in self._definition.countries}
        self._ways |= {(one.facts.depot, one.facts.country): one.facts.label_group for one in world.sites}
        self._days_ahead = self._longest_days()

    def of_sites(self, sites: Sequence[Site]) -> NetworkView:
        """The network with these sites as the places to be supplied."""
        return NetworkView(
            self._depots(),
            tuple(self._site(site) for site in sites if site.open and not site.shut),
            regional=bool(self._resupply.depots),
            homes=tuple(self._homes()) if self._days_ahead else (),
        )

    def of_depots(self, network: NetworkView) -> NetworkView:
        """The regional depots with levels of their own as the places, after the sites were supplied."""
        places = [
            self._regional(depot, network)
            for _, depot in sorted(self._world.depots.items())
            if depot.supplied_by is not None and self._resupply.depots.get(depot.code)
        ]
        return NetworkView(self._depots(), tuple(places))

    def _depots(self) -> dict[str, DepotView]:
        return {
            code: DepotView(code, tuple((ANY_LABEL, stock) for stock in self._stock(depot.stock)))
            for code, depot in sorted(self._world.depots.items())
        }

    def _site(self, site: Site) -> SiteView:
        facts, resupply = site.facts, self._resupply
        lane, calendar, past_cut_off = self._lane(facts.depot, facts.number, facts.country)
        return SiteView(
            number=facts.number,
            country=facts.country,
            label_group=facts.label_group,
            depot=facts.depot,
            lead_time_days=lane,
            calendar=calendar,
            past_cut_off=past_cut_off,
            stock=tuple(self._stock(site.stock)),
            on_the_way=tuple(self._coming(site.coming)),
            levels=self._levels_of(site),
            dnc_days=self._days_of(facts.country, "dnc_days"),
            dns_days=self._days_of(facts.country, "dns_days"),
            approved_lots=self._approved.get(facts.country),
            expected_need=self._need(site) if self._days_ahead else NOTHING,
            in_screening=site.in_screening,
            treated=self._treated(site) if resupply.method == "optimizer" else (),
            enrolled=EnrolledSoFar(site.randomized, self._world.day - site.opened_day),
            kits_of=kits_at_site(self._definition.delivery, facts.country),
            stops_on=resupply.stops.sites.get(facts.number) or resupply.stops.countries.get(facts.country),
        )

    def _homes(self) -> Iterator[SiteView]:
        """The homes that depots send kits to: those of a country and depot as one place, as services see them."""
        together: dict[tuple[str, str], list[Site]] = defaultdict(list)
        for site in self._world.sites:
            if kits_at_site(self._definition.delivery, site.facts.country) is KitsOf.AT_SITE:
                together[site.facts.country, site.facts.depot].append(site)
        for (country, depot), sites in together.items():
            need: dict[str, list[tuple[date, int]]] = defaultdict(list)
            for site in sites:
                for kit_type, dated in self._needed(site, KitsOf.AT_HOME).items():
                    need[kit_type] += dated
            lead_days, calendar, past_cut_off = self._lane(depot, HOME, HOME)
            fit = self._days_of(country, "dnd_days")
            home = SiteView(
                number=f"homes {country} from {depot}",
                country=country,
                label_group=sites[0].facts.label_group,
                depot=depot,
                lead_time_days=lead_days,
                calendar=calendar,
                past_cut_off=past_cut_off,
                dnc_days=fit,
                dns_days=fit,
                approved_lots=self._approved.get(country),
                expected_need={kit_type: sorted(dated) for kit_type, dated in need.items()},
                kits_of=KitsOf.AT_HOME,
            )
            yield home._replace(serves=tuple(self._home_of(site, home) for site in sites))

    def _home_of(self, site: Site, home: SiteView) -> SiteView:
        """One site's subjects among them."""
        return home._replace(
            number=f"homes {site.facts.number}",
            expected_need=NOTHING,
            in_screening=site.in_screening,
            treated=self._treated(site) if self._resupply.method == "optimizer" else (),
            enrolled=EnrolledSoFar(site.randomized, self._world.day - site.opened_day),
        )

    def _regional(self, depot: Depot, network: NetworkView) -> SiteView:
        supplier = depot.supplied_by or ""
        countries = {each.code: each.country for each in self._definition.depots}
        lane, calendar, past_cut_off = self._lane(supplier, depot.code, countries[depot.code])
        below = served_through(depot.code, self._children())
        ways = [way for way in self._ways if way[0] in below]
        windows = windows_to_send_on(
            ways,
            [kit_type.code for kit_type in self._definition.kit_types],
            lambda country: self._days_of(country, "dns_days"),
            lambda origin, country: self._lane(origin, country, country)[0],
        )
        served = [site for site in network.sites if site.depot in below]
        homes = [home for home in network.homes if home.depot in below]
        lots = [self._approved[country] for _, country in ways if country in self._approved]
        return SiteView(
            number=depot.code,
            country=countries[depot.code],
            label_group=ANY_LABEL,
            depot=supplier,
            lead_time_days=lane,
            calendar=calendar,
            past_cut_off=past_cut_off,
            stock=tuple(self._stock(depot.stock)),
            on_the_way=tuple(self._coming(depot.coming)),
            levels=levels_at_depot(self._resupply, depot.code),
            dnc_days=windows,
            dns_days=windows,
            approved_lots=frozenset().union(*lots) if lots else None,
            expected_need=need_to_be_sent([*served, *homes], self._world.date_of(self._world.day)),
            in_screening=sum(site.in_screening for site in served),
            serves=(*served, *(one for home in homes for one in home.serves)),
            labels=frozenset(label for way, label in self._ways.items() if way[0] in below),
        )

    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = defaultdict(list)
        for code, depot in sorted(self._world.depots.items()):
            if depot.supplied_by is not None:
                children[depot.supplied_by].append(code)
        return children

    def _lane(self, origin: str, target: str, country: str) -> tuple[int, DispatchCalendar, bool]:
        """Believed lead time, calendar, and whether an order given now misses today's dispatch."""
        key, now = self.way_of(origin, target, country), self._world.now
        if key is None:
            return 0, EVERY_DAY, False
        if self._cut_off_known.get(key, (-1, False))[0] != now:
            self._cut_off_known[key] = now, self.past_cut_off(key, now)
        return self._lanes[key].lead_time_days, self._calendars[key], self._cut_off_known[key][1]

    def way_of(self, origin: str, target: str, country: str) -> tuple[str, str] | None:
        """The lane that a place is supplied by: its own, or its country's."""
        return next((key for key in ((origin, target), (origin, country)) if key in self._lanes), None)

    def past_cut_off(self, way: tuple[str, str], minute: int) -> bool:
        """Whether an order of that minute misses the dispatch of its day; depots go by their own time."""
        day = self._world.date_of(minute // MINUTES_IN_DAY)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute % MINUTES_IN_DAY)
        return self._calendars[way].past_cut_off(day, moment.astimezone(self._zones[way[0]]))

    def _stock(self, stock: Stock) -> list[LotStock]:
        date_of = self._world.date_of
        return [LotStock(pile.kit_type, pile.lot, date_of(pile.expiry_day), kits) for pile, kits in stock]

    def _coming(self, coming: Mapping[int, Consignment]) -> list[OnTheWay]:
        date_of = self._world.date_of
        return [
            OnTheWay(pile.kit_type, pile.lot, date_of(pile.expiry_day), kits, date_of(one.due_day))
            for _, one in sorted(coming.items())
            for pile, kits in sorted(one.kits.items())
        ]

    def _levels_of(self, site: Site) -> Mapping[str, Level]:
        """The site's levels; what waits there counts as gone where the scenario says so."""
        if site.place not in self._levels:
            self._levels[site.place] = levels_at_site(self._resupply, site.facts.country, site.facts.number)
        levels = self._levels[site.place]
        if not site.waiting or not self._world.scenario.supply.shortage.counted:
            return levels
        waits: Counter[str] = Counter()
        for waiting in site.waiting:
            waits.update(dict(waiting.asked.kits))
        return {
            kit_type: Level(
                level.minimum + waits[kit_type],
                level.maximum + waits[kit_type],
                level.trigger_days,
                level.resupply_days,
            )
            for kit_type, level in levels.items()
        }

    def _days_of(self, country: str, window: str) -> Mapping[str, int]:
        if (country, window) not in self._windows:
            self._windows[country, window] = {
                kit_type.code: getattr(kit_type.windows_in(country), window)
                for kit_type in self._definition.kit_types
            }
        return self._windows[country, window]

    def _longest_days(self) -> int:
        """How far ahead the study's planner looks at subjects; 0 where it does not."""
        if self._resupply.method == "optimizer":
            return self._resupply.planning.horizon_days
        if self._resupply.method != "predictive":
            return 0
        levels = [
            levels_at_site(self._resupply, site.facts.country, site.facts.number) for site in self._world.sites
        ]
        levels += [levels_at_depot(self._resupply, code) for code in self._world.depots]
        return max(
            (
                days
                for some in levels
                for level in some.values()
                for days in (level.trigger_days, level.resupply_days)
            ),
            default=0,
        )

    def _need(self, site: Site) -> dict[str, list[tuple[date, int]]]:
        """The dated need of the site's subjects on treatment."""
        return self._needed(site, kits_at_site(self._definition.delivery, site.facts.country))

    def _needed(self, site: Site, kits_of: KitsOf) -> dict[str, list[tuple[date, int]]]:
        """Of these visits alone."""
        kits: Counter[tuple[str, int]] = Counter()
        for _, subject in sorted(site.treated.items()):
            for visit in self._still_due(subject):
                for kit_type, quantity in visit.kits if kits_of.has(home=visit.visit.home) else ():
                    kits[kit_type, self._world.day + visit.ahead_days] += quantity
        by_type: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for (kit_type, day), quantity in sorted(kits.items()):
            by_type[kit_type].append((self._world.date_of(day), quantity))
        return by_type

    def _treated(self, site: Site) -> tuple[Treated, ...]:
        """Subjects who are alike, for planners that reckon with chances."""
        levels = {level: number for number, level in enumerate(dose_levels(self._definition))}
        alike: Counter[tuple[int, tuple[VisitAhead, ...]]] = Counter()
        for _, subject in sorted(site.treated.items()):
            if due := self._still_due(subject):
                ahead = sorted((visit.visit for visit in due), key=lambda visit: visit.day)
                alike[levels.get(subject.level, 0), tuple(ahead)] += 1
        return tuple(Treated(many, *one) for one, many in alike.items())

    def _still_due(self, subject: OnTreatment) -> list[DueVisit]:
        return [visit for visit in self._ahead_of(subject) if visit.key not in subject.over]

    def _ahead_of(self, subject: OnTreatment) -> list[DueVisit]:
        key = subject.arm, subject.level, self._world.day - subject.first_day
        if key not in self._ahead:
            arm, level, since = key
            self._ahead[key] = [
                *due_visits(self._definition, self._visits, arm, level, "randomization", since, self._days_ahead)
            ]
        return self._ahead[key]


def _calendar(lane: Lane) -> DispatchCalendar:
    return calendar_of(lane.model_dump(mode="json", exclude={"origin", "target", "lead_time_days"}))
