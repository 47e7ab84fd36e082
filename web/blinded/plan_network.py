"""The network of a plan by blinding group: where depots and sites stand, and what travels on each lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.views import BlindedView
from irt.reads.blinded_network import NetworkDepot, NetworkSite, network_depots, network_sites
from irt.states.records import SiteStatus
from optimization.problem import NodeKind
from optimization.story.groups_sent import LaneSent, lanes_sent
from optimization.story.network_map import NetworkMap, Spot, Way, places_around
from web import charts
from web.blinded.desk import Desk, desk_of
from web.blinded.plan_opened import (
    BlindedPlanHead,
    OpenGroups,
    chosen_groups,
    head_of,
    plan_page,
    posted_groups,
    taken_away,
)
from web.forms import Fields

_HEADS = ("Lane", "From", "To", "Consignments", "Kits", "First leaves")


@dataclass(frozen=True)
class BlindedNetworkView(BlindedView):
    """The picture, and each lane in use."""

    head: BlindedPlanHead
    picture: str
    lanes: Sequence[LaneSent]


class BlindedPlanNetworkPages(Controller):
    """The network of a plan."""

    path = "/supply/plans/{number:int}/network"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """Depots, sites, and the lanes between them."""
        opened = chosen_groups(desk, number)
        lanes = lanes_sent(opened.sent)
        picture = charts.network_picture(f"Network of plan {number}", _network(desk, opened, lanes), None)
        return plan_page(desk, opened, "network", BlindedNetworkView(head_of(desk, opened), picture, lanes))

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The lanes as a file; that it was taken is written down."""
        opened = posted_groups(desk, data, number)
        return taken_away(desk, opened, data, "lanes", _HEADS, lanes_sent(opened.sent))


def _network(desk: Desk, opened: OpenGroups, lanes: Sequence[LaneSent]) -> NetworkMap:
    """Every depot, and the sites that are open or are sent something."""
    with desk.store.reading() as connection:
        depots = network_depots(connection, opened.study_id)
        sites = network_sites(connection, opened.study_id)
    sent = {lane.place for lane in lanes}
    shown = [site for site in sites if site.status is SiteStatus.ACTIVE or site.number in sent]
    served = {_depot(depot): [_site(site) for site in _behind(shown, depot)] for depot in depots}
    return NetworkMap(places_around(served), _ways(depots, shown, lanes))


def _behind(sites: Sequence[NetworkSite], depot: NetworkDepot) -> list[NetworkSite]:
    return sorted((one for one in sites if one.depot == depot.code), key=lambda one: (one.country, one.number))


def _depot(depot: NetworkDepot) -> Spot:
    return Spot(depot.code, NodeKind.REGIONAL if depot.supplied_by else NodeKind.CENTRAL, depot.country)


def _site(site: NetworkSite) -> Spot:
    return Spot(site.number, NodeKind.SITE, site.country)


def _ways(
    depots: Sequence[NetworkDepot], sites: Sequence[NetworkSite], lanes: Sequence[LaneSent]
) -> tuple[Way, ...]:
    """The lanes in use, and the ways from depots in charge on which nothing travels."""
    used = {(lane.origin, lane.place) for lane in lanes}
    others = [(site.depot, site.number) for site in sites]
    others += [(depot.supplied_by, depot.code) for depot in depots if depot.supplied_by]
    return (
        *(Way(lane.lane, lane.origin, lane.place, lane.consignments, lane.kits) for lane in lanes),
        *(Way(f"{origin}>{place}", origin, place, 0, 0) for origin, place in others if (origin, place) not in used),
    )
