"""Sites and lanes: what holds today and from a day on, what is proposed, and the second person's decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound, Refusal
from irt.reads.blinded_network import ChangeLine, LaneLine, NetworkSite, change_line, changes_of, lanes_of
from irt.reads.blinded_network import network_sites as sites_of_network
from web.blinded.decision import DecisionPanel, decide, decision_panel
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.forms import Fields

SITES_SHOWN = 50
NAVIGATION = "Network"


@dataclass(frozen=True)
class NetworkView(BlindedView):
    """The network of a study: lanes, a page of its sites, changes that wait and those decided last."""

    study_id: int
    lanes: tuple[LaneLine, ...]
    sites: tuple[NetworkSite, ...]
    found: int
    first: int
    previous: str
    next: str
    search: str
    waiting: tuple[ChangeLine, ...]
    decided: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class ChangeView(BlindedView):
    """One change before its second person."""

    study_id: int
    change: ChangeLine
    panel: DecisionPanel


class NetworkPages(Controller):
    """The network of one study, and decisions on its changes."""

    path = "/network"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def choose(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The study chosen, or the only one."""
        study_id = study_of(desk, Permission.ACTIVATE_SITE)
        return go("/switch" if study_id is None else f"/network/{study_id}")

    @get("/{study_id:int}", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        after: FromQuery[str] = "",
        search: FromQuery[str] = "",
    ) -> Response[str]:
        """Lanes, sites by number, changes."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        view = _network(desk, study_id, search.strip(), after)
        return desk.page("network/network.html", view, "Sites and lanes", NAVIGATION, study_id=study_id)

    @get("/{study_id:int}/changes/{change_id:int}", sync_to_thread=True)
    def show_change(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int]
    ) -> Response[str]:
        """One change, with the panel to decide it."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _change_page(desk, study_id, change_id, {})

    @post("/{study_id:int}/changes/{change_id:int}", sync_to_thread=True)
    def decide_change(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Approves or refuses the change, signed."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            decide(desk, study_id, change_id, data)
        except Refusal as refusal:
            return _change_page(desk, study_id, change_id, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")


def _network(desk: Desk, study_id: int, search: str, after: str) -> NetworkView:
    with desk.store.reading() as connection:
        sites = sites_of_network(connection, study_id)
        lanes = lanes_of(connection, study_id, desk.now.date())
        waiting = changes_of(connection, study_id, waiting=True)
        decided = changes_of(connection, study_id, waiting=False, limit=20)
    wanted = search.casefold()
    found = [site for site in sites if wanted in f"{site.number} {site.name} {site.country}".casefold()]
    start = sum(site.number <= after for site in found)
    shown, earlier = found[start : start + SITES_SHOWN], start - SITES_SHOWN
    address = f"/network/{study_id}?search={search}&after="
    return NetworkView(
        study_id=study_id,
        lanes=lanes,
        sites=tuple(shown),
        found=len(found),
        first=start + 1 if shown else 0,
        previous="" if start == 0 else address + (found[earlier - 1].number if earlier > 0 else ""),
        next=address + shown[-1].number if start + SITES_SHOWN < len(found) else "",
        search=search,
        waiting=waiting,
        decided=decided,
    )


def _change_page(
    desk: Desk, study_id: int, change_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        change = change_line(connection, study_id, change_id)
    if change is None:
        raise NotFound("No such change in this study. Check its number.")
    view = ChangeView(study_id, change, decision_panel(desk, study_id, change.asked_by_id, typed, refusal))
    return desk.page(
        "network/change.html",
        view,
        f"Change of {change.record}",
        NAVIGATION,
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
