"""How a problem's places are supplied where a rule plans: each by one lane, on whose days, with which lots."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from irt.supply.calendar import DispatchCalendar
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.planner import SiteView
from optimization.problem import Demand, Lane, Node, Problem


@dataclass(frozen=True)
class Ways:
    """The lane of every place that is supplied: for most classes, with kits at its origin, then the cheapest.

    A rule of resupply knows one depot for each place; what other lanes could do is left to the optimizer.
    """

    problem: Problem

    @cached_property
    def lane_to(self) -> Mapping[str, Lane]:
        """Place -> the lane that supplies it."""
        found: dict[str, list[Lane]] = defaultdict(list)
        for lane in self.problem.lanes.values():
            found[lane.destination].append(lane)
        return {place: min(lanes, key=self._rank) for place, lanes in sorted(found.items())}

    @cached_property
    def sites(self) -> tuple[Node, ...]:
        """Places that use kits and are kept up by rules."""
        return tuple(node for node in self._supplied if node.kind.uses_kits and not node.kind.only_ready)

    @cached_property
    def homes(self) -> tuple[Node, ...]:
        """Homes, that are sent what is wanted there and nothing beside, and what is kept for them."""
        return tuple(node for node in self._supplied if node.kind.only_ready)

    @cached_property
    def depots(self) -> tuple[Node, ...]:
        """Depots that are supplied by others, those nearest to the sites first."""
        return tuple(
            sorted((node for node in self._supplied if not node.kind.uses_kits), key=self._steps, reverse=True)
        )

    @cached_property
    def origins(self) -> frozenset[str]:
        """Where anything leaves from."""
        return frozenset(lane.origin for lane in self.lane_to.values())

    @cached_property
    def wanted_at(self) -> Mapping[str, tuple[Demand, ...]]:
        """The demand of each site by day, and that of all sites behind each depot."""
        rows: dict[str, list[Demand]] = defaultdict(list)
        for row in sorted(self.problem.demand, key=lambda row: row.day):
            for place in self._upward(row.site):
                rows[place].append(row)
        return {place: tuple(found) for place, found in rows.items()}

    @cached_property
    def views(self) -> Mapping[str, SiteView]:
        """Each supplied place as planners see it, without stock."""
        return {node.id: self._view(node) for node in self._supplied}

    def day_of(self, number: int) -> date:
        """The date of a day."""
        return self.problem.start + timedelta(days=number)

    def boxes_fit(self, lane: Lane, temp: str) -> bool:
        """Whether a class may travel on a lane, and some box holds it for so long."""
        return temp in lane.temps and any(
            box.temp == temp and box.hold_days >= lane.transit_days and box.capacity > 0
            for box in self.problem.shippers.values()
        )

    @cached_property
    def _supplied(self) -> tuple[Node, ...]:
        return tuple(self.problem.nodes[place] for place in self.lane_to)

    @cached_property
    def _stocked(self) -> frozenset[str]:
        return frozenset(row.node for row in self.problem.supply)

    def _rank(self, lane: Lane) -> tuple[int, bool, int, str]:
        origin = self.problem.nodes[lane.origin]
        reached = lane.origin in self._stocked or any(
            other.destination == origin.id for other in self.problem.lanes.values()
        )
        return -len(lane.temps), not reached, lane.fixed_cost, lane.id

    def _upward(self, place: str) -> list[str]:
        """The place and all depots before it."""
        found = [place]
        while (lane := self.lane_to.get(found[-1])) is not None and lane.origin not in found:
            found.append(lane.origin)
        return found

    def _steps(self, node: Node) -> int:
        return len(self._upward(node.id))

    def _view(self, node: Node) -> SiteView:
        lane = self.lane_to[node.id]
        rows = self.wanted_at.get(node.id, ())
        last = {row.kit: max(row.dnd_days - 1, 0) for row in sorted(rows, key=lambda row: row.dnd_days)}
        released = frozenset(lot.id for lot in self.problem.lots.values() if node.country in lot.countries)
        uses = node.kind.uses_kits
        abroad = self.problem.nodes[lane.origin].country != node.country
        return SiteView(
            number=node.id,
            country=node.country,
            label_group=ANY_LABEL,
            depot=lane.origin,
            lead_time_days=lane.transit_days,
            calendar=DispatchCalendar(lane.weekdays, self._holidays(lane, node)),
            dnc_days=last if uses else {},
            dns_days=last,
            approved_lots=released if uses else None,
            import_keys={kit: import_key(node.country, kit) for kit in self.problem.kit_types} if abroad else {},
        )

    def _holidays(self, lane: Lane, node: Node) -> frozenset[date]:
        shut = self.problem.nodes[lane.origin].closed_days | {day - lane.transit_days for day in node.closed_days}
        return frozenset(self.day_of(day) for day in shut)


def import_key(country: str, kit: str) -> str:
    """Under which what a licence leaves is counted."""
    return f"{country}|{kit}"
