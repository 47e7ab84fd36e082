"""A rule played through a problem day by day: stock is reviewed, sent for, arrives and is used as the problem says.

The rule is any planner of resupply. It sees what planners see: stock, what is on its way, need foreseen, lots that
may go where. What comes of it is a plan like any other, for the checker to judge.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from irt.supply.calendar import is_review_day
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.planner import DepotView, Level, NetworkView, OnTheWay, ProposedShipment, ResupplyPlanner, SiteView
from irt.supply.resupply import MinMax
from optimization.plan import Plan
from optimization.problem import Demand, Lane, Node, Problem
from optimization.rules.ways import Ways
from optimization.rules.whereabouts import Whereabouts

Levels = Mapping[str, Mapping[str, Level]]
NOT_LICENSED, NOT_QUALIFIED = "no import licence that day", "no qualified way"


@dataclass(frozen=True, slots=True)
class Rule:
    """A planner with its levels by place, reviewing stock every so many days."""

    planner: ResupplyPlanner
    levels: Levels
    review_days: int = 1


def played(ways: Ways, rule: Rule) -> Plan:
    """The plan that a rule comes to when the problem's need is what comes."""
    return _Play(ways, rule, Whereabouts(ways)).plan()


@dataclass(frozen=True)
class _Play:
    ways: Ways
    rule: Rule
    kits: Whereabouts

    @property
    def problem(self) -> Problem:
        return self.ways.problem

    def plan(self) -> Plan:
        wanted: dict[int, list[Demand]] = defaultdict(list)
        for row in self.problem.demand:
            wanted[row.day].append(row)
        self.kits.begin()
        for day in range(self.problem.horizon_days):
            self.kits.dawn(day)
            self._to_homes(day)
            for row in wanted[day]:
                self.kits.use(row)
            if is_review_day(self.ways.day_of(day), self.rule.review_days):
                self._review(day)
            self.kits.dusk(day)
        return self.kits.plan()

    def _review(self, day: int) -> None:
        """Sites first, then the depots behind them."""
        today = self.ways.day_of(day)
        for places in (self.ways.sites, self.ways.depots):
            if places:
                network = self._network(places, day)
                for shipment in self.rule.planner.plan(network, today, self._settings(places)):
                    self._send(shipment)

    def _to_homes(self, day: int) -> None:
        """Whatever the rule, parcels leave for the visits of the day, and of closed days to come."""
        if self.ways.homes:
            network = self._network(self.ways.homes, day)
            views = tuple(view._replace(levels=self._by_tomorrow(view, day)) for view in network.sites)
            for shipment in MinMax().plan(replace(network, sites=views), self.ways.day_of(day), {}):
                self._send(shipment)
            self.kits.arrive(day)

    def _by_tomorrow(self, view: SiteView, day: int) -> dict[str, Level]:
        """As much as is wanted before what leaves on the next open day arrives."""
        tomorrow = self.ways.day_of(day + 1)
        leaves = (view.calendar.dispatch_on(tomorrow) - self.problem.start).days
        wanted: Counter[str] = Counter()
        for row in self.ways.wanted_at.get(view.number, ()):
            if day <= row.day < leaves + view.lead_time_days:
                wanted[row.kit] += row.kits
        return {kit: Level(kits, kits) for kit, kits in wanted.items()}

    def _network(self, places: Sequence[Node], day: int) -> NetworkView:
        on_the_way = self.kits.on_the_way()
        depots = {
            origin: DepotView(origin, tuple((ANY_LABEL, pile) for pile in self.kits.piles(origin)))
            for origin in sorted(self.ways.origins)
        }
        import_left: dict[str, int] = {}
        views = tuple(self._seen(node, day, on_the_way, import_left) for node in places)
        none_left = dict.fromkeys((key for view in views for key in view.import_keys.values()), 0)
        return NetworkView(depots, views, import_left={**none_left, **import_left})

    def _settings(self, places: Sequence[Node]) -> dict[str, Any]:
        """Blind groups travel together to those who use them."""
        blind = self.problem.blind_groups if places[0].kind.kept_blind else ()
        return {
            "groups": {kit: " ".join(group) for group in blind for kit in group},
            "consolidate": bool(blind),
            "protection": "mixed_minimum",
            "least_kits": self.problem.blind_minimum_each,
            "review_days": self.rule.review_days,
        }

    def _seen(
        self, node: Node, day: int, on_the_way: Mapping[str, list[OnTheWay]], import_left: dict[str, int]
    ) -> SiteView:
        levels = self.rule.levels.get(node.id, {})
        return self.ways.views[node.id]._replace(
            stock=tuple(self.kits.piles(node.id)),
            on_the_way=tuple(on_the_way.get(node.id, ())),
            levels=levels,
            expected_need=self._foreseen(node.id, day, levels),
            barred=self._barred(node, day, import_left),
        )

    def _foreseen(self, place: str, day: int, levels: Mapping[str, Level]) -> dict[str, list[tuple[date, int]]]:
        """Need after today, as far as any window looks; nothing for rules without windows."""
        windows = [max(one.trigger_days, one.resupply_days) for one in levels.values()]
        until = day + max(windows, default=0)
        found: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for row in self.ways.wanted_at.get(place, ()) if until > day else ():
            if day < row.day <= until:
                found[row.kit].append((self.ways.day_of(row.day), row.kits))
        return found

    def _barred(self, node: Node, day: int, left: dict[str, int]) -> Mapping[str, str]:
        """Types that no box holds on the way, and those without a licence on the day they would arrive.

        `left` is told what the licences of the others still cover then: the least of the openings they arrive in.
        """
        lane, view, barred = self.ways.lane_to[node.id], self.ways.views[node.id], {}
        leaves = view.calendar.dispatch_on(self.ways.day_of(day))
        arrives = (leaves - self.problem.start).days + lane.transit_days
        for kit, known in self.problem.kit_types.items():
            licence = self.problem.licences.get((node.country, kit))
            if not self.ways.boxes_fit(lane, known.temp):
                barred[kit] = NOT_QUALIFIED
            elif (key := view.import_keys.get(kit)) and not (licence and licence.opening_on(arrives)):
                barred[kit] = NOT_LICENSED
            elif key and (kits := self.kits.entered.left(lane, kit, arrives)) is not None:
                left[key] = min(kits, left.get(key, kits))
        return barred

    def _send(self, shipment: ProposedShipment) -> None:
        """What is proposed leaves as far as it arrives in time, has room, and tells no arm."""
        lane = self.ways.lane_to[shipment.site]
        day = (shipment.dispatch_on - self.problem.start).days
        if day + lane.transit_days >= self.problem.horizon_days:
            return
        by_temp: dict[str, Counter[str]] = defaultdict(Counter)
        for line in shipment.lines:
            by_temp[self.problem.kit_types[line.kit_type].temp][line.lot] += line.kits
        for temp, lots in sorted(by_temp.items()):
            if fit := self._together(lane, self._with_room(lane, temp, lots)):
                self.kits.send(lane, temp, day, fit)

    def _with_room(self, lane: Lane, temp: str, lots: Counter[str]) -> Counter[str]:
        """No more than the store takes; the largest lines give way first."""
        room, left = self.kits.room(lane.destination, temp), Counter(lots)
        while left and self.kits.volume(left) > room:
            left[max(sorted(left), key=lambda lot: left[lot])] -= 1
            left = +left
        return left

    def _together(self, lane: Lane, lots: Counter[str]) -> Counter[str]:
        """Without the kits of blind groups of which some type is lacking."""
        if not self.problem.nodes[lane.destination].kind.kept_blind:
            return lots
        kits: Counter[str] = Counter()
        for lot, number in lots.items():
            kits[self.problem.lots[lot].kit] += number
        short = {
            kit
            for group in self.problem.blind_groups
            if min(kits[kit] for kit in group) < self.problem.blind_minimum_each
            for kit in group
        }
        return Counter({lot: number for lot, number in lots.items() if self.problem.lots[lot].kit not in short})
