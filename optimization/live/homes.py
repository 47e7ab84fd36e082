"""The homes of a live study in its problem: parcels that leave a depot, and what it keeps for more homes.

A parcel is the way of its own kits: it leaves on the day of its visit, costs what it costs, and waits for no other.
So it leaves the depot and is gone on one day, in a box that no consignment can take. What is kept for homes leaves
the stock in the same way, for nothing else may use it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from irt.study.planning import Planning
from irt.supply.planner import SiteView
from optimization.live.calendars import Days
from optimization.problem import Lane, Node, NodeKind, Shipper

EVERY_DAY = frozenset(range(7))
KITS_MAX = 10**6


def kept_for(homes: str) -> str:
    """What is kept at a depot for more homes than are expected."""
    return f"{homes} kept"


@dataclass(frozen=True, slots=True)
class HomeParts:
    """Nodes, lanes and boxes of homes, for kits of these temperature classes."""

    homes: Sequence[SiteView]
    days: Days
    planning: Planning
    temps: frozenset[str]

    def nodes(self, room: Mapping[str, int]) -> Iterator[Node]:
        """The homes of each country, and what is kept for them."""
        gone_by = frozenset(range(self.days.first))
        for view in self.homes:
            yield Node(view.number, NodeKind.HOMES, view.country, gone_by, room)
            yield Node(kept_for(view.number), NodeKind.KEPT, view.country, gone_by, room)

    def lane(self, view: SiteView, origin: str, kits_a_visit: float) -> Lane:
        """The parcels: each costs what a consignment and a box do, shared out over its kits."""
        parcel = self.planning.consignment_cents + self.planning.shipper_cents
        each = self.planning.travel_cents + round(parcel / max(kits_a_visit, 1.0))
        return self._lane(view, view.number, origin, each)

    def kept(self, view: SiteView, origin: str) -> Lane:
        """What is kept costs nothing: it stays where it is."""
        return self._lane(view, kept_for(view.number), origin, 0)

    def _lane(self, view: SiteView, name: str, origin: str, each: int) -> Lane:
        return Lane(f"{view.depot}>{name}", origin, name, 0, EVERY_DAY, 0, each, self.temps)

    def shippers(self, places: Sequence[SiteView]) -> Iterator[Shipper]:
        """The box of a parcel, paid with it. It holds for no day, so that consignments do not travel in it.

        None where some place is reached within the day: parcels are then charged a box as consignments are.
        """
        if all(place.lead_time_days for place in places):
            for temp in sorted(self.temps):
                yield Shipper(f"parcel {temp}", temp, KITS_MAX, 0, 0)
