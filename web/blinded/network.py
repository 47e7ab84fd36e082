"""Sites and lanes: what holds today and from a day on, what is proposed, and the second person's decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_network import ChangeLine, LaneLine, NetworkSite, change_line, changes_of, lanes_of
from irt.reads.blinded_network import network_sites as sites_of_network
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.operational_changes import DecideChange, decide_change
from web.blinded.desk import Desk, desk_of, go
from web.blinded.study_choice import study_chosen
from web.blinded.typed import signing_in
from web.forms import Fields

SITES_SHOWN = 50
NAVIGATION = "Network"
MEANINGS = (("approve", "I approve this change"), ("reject", "I refuse this change"))


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
    own: bool
    printed_role: str
    code_needed: bool
    command_key: str
    meanings: tuple[tuple[str, str], ...] = MEANINGS
    meaning: str = ""
    reason: str = ""
    refusal: str = ""


class NetworkPages(Controller):
    """The network of one study, and decisions on its changes."""

    path = "/network"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def choose(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The study chosen, or the only one."""
        study_id = study_chosen(desk, (Permission.ACTIVATE_SITE,))
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
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Approves or refuses the change, signed."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            desk.press(decide_change, decision_in(study_id, change_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _change_page(desk, study_id, change_id, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")


def decision_in(study_id: int, change_id: int, data: Mapping[str, str]) -> DecideChange:
    """The decision as the signature panel sends it."""
    seen, meaning = data.get("digest", ""), data.get("meaning", "")
    if meaning not in dict(MEANINGS) or len(seen) != 64:
        raise BadInput("Say whether you approve the change or refuse it. Nothing was decided.")
    return DecideChange(
        study_id=study_id,
        change_id=change_id,
        granted=meaning == "approve",
        seen=seen,
        reason=data.get("reason", "").strip() or None,
        signing=signing_in(data),
    )


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
    actor = desk.who.actor
    with desk.store.reading() as connection:
        change = change_line(connection, study_id, change_id)
        code_needed = code_will_be_needed(connection, actor, study_id)
    if change is None:
        raise NotFound("No such change in this study. Check its number.")
    grant = actor.require(Permission.ACTIVATE_SITE, study_id)
    view = ChangeView(
        study_id=study_id,
        change=change,
        own=change.asked_by_id == actor.account_id,
        printed_role=grant.role.replace("_", " "),
        code_needed=code_needed,
        command_key=desk.key(),
        meaning=typed.get("meaning", ""),
        reason=typed.get("reason", ""),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "network/change.html",
        view,
        f"Change of {change.record}",
        NAVIGATION,
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
