"""Depots that are supplied as places are and supply other places: their stock is one, their own need stands apart.

Of one stock a depot serves its own sites and fills other depots. So the stock lies at the depot's node, whence it
goes on, and what it is to have for its own sites is kept at another one: no kit is in both.
"""

from collections.abc import Mapping

from irt.supply.planner import NetworkView, SiteView
from optimization.live.calendars import Days
from optimization.live.homes import EVERY_DAY
from optimization.problem import Lane, Node, NodeKind


def own_need(code: str) -> str:
    """What a depot is to have for those whom it serves itself."""
    return f"{code} for its own"


def sending_on(network: NetworkView) -> Mapping[str, SiteView]:
    """By code, the places that another place is supplied from, each with those alone whom it serves itself."""
    origins = {view.depot for place in network.sites for view in place.every_way}
    depots = [place for place in network.sites if place.number in network.depots]
    return {place.number: _own(place, network) for place in depots if place.number in origins}


def _own(place: SiteView, network: NetworkView) -> SiteView:
    further = {one.number for other in network.sites if other.depot == place.number for one in other.serves}
    left = tuple(one for one in place.serves if one.number not in further)
    own = place._replace(number=own_need(place.number))
    return own._replace(serves=left, in_screening=sum(one.in_screening for one in left)) if place.serves else own


def node_of_own(place: SiteView, days: Days, room: Mapping[str, int]) -> Node:
    """Where the own need of a depot is told."""
    return Node(place.number, NodeKind.KEPT, place.country, frozenset(range(days.first)), room)


def lane_to_own(code: str, temps: frozenset[str]) -> Lane:
    """Keeping costs nothing and takes no time."""
    return Lane(f"{code}>{own_need(code)}", code, own_need(code), 0, EVERY_DAY, 0, 0, temps)
