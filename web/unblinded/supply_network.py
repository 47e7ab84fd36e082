"""Sites and resupply levels in the supply manager's hands."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_explain import SiteReasons, site_reasons
from irt.reads.unblinded_level_set import ProposedSet, waiting_sets
from irt.reads.unblinded_levels import ProposedLevel, waiting_levels
from irt.reads.unblinded_network import SettingRow, SupplySiteLine, resupply_settings, supply_sites
from irt.services.activate_site import ChangeSite, change_site
from irt.services.propose_levels import ProposeLevels, propose_levels
from irt.states.records import SITE, SiteEvent
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

SITES_SHOWN = 50
_EVENT_WORDS = {
    SiteEvent.ACTIVATE: "Activate: it may screen, and supply sends kits",
    SiteEvent.HOLD: "Put on hold: no screening, no shipments",
    SiteEvent.RESUME: "Resume",
    SiteEvent.CLOSE: "Close for ever",
}


@dataclass(frozen=True)
class SitesView(UnblindedView):
    """A page of the network's sites."""

    study_id: int
    sites: tuple[SupplySiteLine, ...]
    total: int
    first: int
    search: str
    previous: str
    next: str


@dataclass(frozen=True)
class SiteView(UnblindedView):
    """One site, and what may happen to it now."""

    study_id: int
    site: SupplySiteLine
    reasons: SiteReasons
    events: tuple[tuple[str, str], ...]
    command_key: str
    event: str = ""
    reason: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class LevelsView(UnblindedView):
    """Settings in force and to come, and the form of a new one."""

    study_id: int
    rows: tuple[SettingRow, ...]
    waiting: tuple[ProposedLevel, ...]
    sets: tuple[ProposedSet, ...]
    kit_types: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    command_key: str
    today: date
    predictive: bool = False
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    done: str = ""


class SupplySitePages(Controller):
    """The sites of a study."""

    path = "/supply/sites"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every site, by number, a page at a time."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        search, after = desk.request.query_params.get("search", ""), desk.request.query_params.get("after", "")
        with desk.store.reading() as connection:
            sites = supply_sites(connection, study_id)
        wanted = search.strip().casefold()
        found = [site for site in sites if wanted in f"{site.number} {site.name} {site.country}".casefold()]
        start = sum(site.number <= after for site in found)
        return secret_page(
            desk, "supply/sites.html", _sites_view(study_id, found, start, search), "Sites", "Supply", study_id
        )

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """One site, with what is to happen to it filled in where the address says so."""
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        return _site_page(desk, study_id, number, dict(desk.request.query_params))

    @post("/{study_id:int}/{number:str}", sync_to_thread=True)
    def change(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Activates, holds, resumes or closes the site."""
        require_unblinded(desk, Permission.ACTIVATE_SITE, study_id)
        try:
            ask = _change(study_id, number, data)
            desk.press(change_site, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _site_page(desk, study_id, number, data, refusal.sentence, refusal.status_code)
        return go(f"/supply/sites/{study_id}/{number}")


class ResupplyLevelPages(Controller):
    """Min and max by kit type."""

    path = "/supply/levels"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The settings in force and to come."""
        study_id = study_of(desk, Permission.RUN_RESUPPLY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        return _levels_page(desk, study_id, {}, done=desk.request.query_params.get("done", ""))

    @post("/", sync_to_thread=True)
    def change(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Proposes a setting from a day on; a second person approves it."""
        study_id = _number(data, "study")
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            desk.press(propose_levels, _setting(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _levels_page(desk, study_id, data, refusal=refusal.sentence, status_code=refusal.status_code)
        return go("/supply/levels?done=proposed")


def _number(data: dict[str, str], name: str) -> int:
    typed = data.get(name, "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise BadInput("Numbers are whole and not negative. Nothing was changed.")
    return int(typed)


def _setting(study_id: int, data: dict[str, str]) -> ProposeLevels:
    kind, _, where = data.get("scope", "study").partition(":")
    try:
        effective_from = date.fromisoformat(data.get("effective_from", ""))
    except ValueError:
        raise BadInput("Say from which day it holds. Nothing was changed.") from None
    maximum = _number(data, "maximum")
    if maximum == 0:
        raise BadInput("The maximum is at least 1. Nothing was changed.")
    return ProposeLevels(
        study_id=study_id,
        kit_type=data.get("kit_type", ""),
        minimum=_number(data, "minimum"),
        maximum=maximum,
        country=where if kind == "country" else None,
        site=data.get("site", "").strip() or None if kind == "site" else None,
        depot=where if kind == "depot" else None,
        trigger_days=_number(data, "trigger_days") if data.get("trigger_days", "").strip() else None,
        resupply_days=_number(data, "resupply_days") if data.get("resupply_days", "").strip() else None,
        effective_from=effective_from,
        reason=data.get("reason", ""),
    )


def _change(study_id: int, number: str, data: dict[str, str]) -> ChangeSite:
    event, reason = data.get("event", ""), data.get("reason", "").strip()
    if event not in list(SiteEvent):
        raise BadInput("Choose what happens to the site. Nothing was changed.")
    if not reason:
        raise BadInput("Give a reason. Nothing was changed.")
    return ChangeSite(study_id=study_id, site=number, event=SiteEvent(event), reason=reason)


def _sites_view(study_id: int, found: list[SupplySiteLine], start: int, search: str) -> SitesView:
    shown = found[start : start + SITES_SHOWN]
    earlier = start - SITES_SHOWN
    address = f"/supply/sites?search={search}&after="
    more = start + SITES_SHOWN < len(found)
    return SitesView(
        study_id=study_id,
        sites=tuple(shown),
        total=len(found),
        first=start + 1 if shown else 0,
        search=search,
        previous="" if start == 0 else address + (found[earlier - 1].number if earlier > 0 else ""),
        next=address + shown[-1].number if more else "",
    )


def _site_page(
    desk: Desk, study_id: int, number: str, data: dict[str, str], refusal: str = "", status_code: int = 200
) -> Response[str]:
    with desk.store.reading() as connection:
        site = next((one for one in supply_sites(connection, study_id) if one.number == number), None)
        if site is None:
            raise NotFound(f"Site {number} is not a site of this study. Check the number.")
        reasons = site_reasons(connection, study_id, number, desk.now)
    possible = [(str(event), words) for event, words in _EVENT_WORDS.items() if (site.status, event) in SITE]
    view = SiteView(
        study_id,
        site,
        reasons,
        tuple(possible),
        desk.key(),
        data.get("event", ""),
        data.get("reason", ""),
        refusal,
    )
    return secret_page(desk, "supply/site.html", view, f"Site {number}", "Supply", study_id, status_code)


def _levels_page(
    desk: Desk,
    study_id: int,
    data: dict[str, str],
    *,
    refusal: str = "",
    status_code: int = 200,
    done: str = "",
) -> Response[str]:
    with desk.store.reading() as connection:
        rows = resupply_settings(connection, study_id, desk.now)
        waiting, sets = waiting_levels(connection, study_id), waiting_sets(connection, study_id)
        definition = definition_in_force(connection, study_id)
    view = LevelsView(
        study_id=study_id,
        rows=rows,
        waiting=waiting,
        sets=sets,
        kit_types=tuple((kit_type.code, kit_type.name) for kit_type in definition.kit_types),
        countries=(
            *((f"country:{one.code}", one.name) for one in definition.countries),
            *((f"depot:{one.code}", f"Depot {one.name}") for one in definition.depots if one.supplied_by),
        ),
        predictive=definition.resupply.method == "predictive",
        command_key=desk.key(),
        today=desk.now.date(),
        typed=data,
        refusal=refusal,
        done=done,
    )
    return secret_page(desk, "supply/levels.html", view, "Resupply levels", "Supply", study_id, status_code)
