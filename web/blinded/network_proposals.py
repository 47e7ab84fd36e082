"""The forms by which a lane, a site, its details or its contact is proposed; another person decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_imports import shipper_lines
from irt.reads.blinded_network import ContactLine, NetworkSite, contacts_of, depots_of, network_sites
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.reads.operational_data import lane_in_force
from irt.services.propose_changes import (
    ProposeContact,
    ProposeLane,
    ProposeSite,
    ProposeSiteDetails,
    propose_contact,
    propose_lane,
    propose_site,
    propose_site_details,
)
from irt.study.network import Lane
from irt.study.network import Site as SitePart
from irt.study.operations import Contact
from irt.study.part import Part
from web.blinded.desk import Desk, desk_of, go
from web.blinded.network import NAVIGATION
from web.blinded.typed import day_in, reason_in
from web.forms import Fields

WEEKDAYS = (
    *(("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday")),
    *(("sat", "Saturday"), ("sun", "Sunday")),
)
_P = TypeVar("_P", bound=Part)


@dataclass(frozen=True)
class LaneForm(BlindedView):
    """A lane as typed, or as it holds."""

    study_id: int
    depots: tuple[tuple[str, str], ...]
    shippers: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    known: bool
    today: date
    command_key: str
    weekdays: tuple[tuple[str, str], ...] = WEEKDAYS
    refusal: str = ""


@dataclass(frozen=True)
class SiteForm(BlindedView):
    """A site to be added."""

    study_id: int
    countries: tuple[tuple[str, str], ...]
    depots: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True)
class SiteOfNetwork(BlindedView):
    """One site with its contacts, and the forms to change both."""

    study_id: int
    site: NetworkSite
    contacts: tuple[ContactLine, ...]
    depots: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def now(self) -> ContactLine | None:
        """The contact that holds today."""
        return next((line for line in self.contacts if not line.coming), None)


class NetworkProposalPages(Controller):
    """Proposals about the network of one study."""

    path = "/network/{study_id:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/lanes/change", sync_to_thread=True)
    def show_lane(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        origin: FromQuery[str] = "",
        target: FromQuery[str] = "",
    ) -> Response[str]:
        """The form of a lane: empty, or filled in with what holds today."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _lane_page(desk, study_id, {"origin": origin, "target": target}, fill=True)

    @post("/lanes/change", sync_to_thread=True)
    def change_lane(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes the lane."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            day = day_in(data.get("effective_from", ""), desk.now.date())
            ask = ProposeLane(study_id=study_id, lane=_lane(data), effective_from=day, reason=reason_in(data))
            change_id = desk.press(propose_lane, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _lane_page(desk, study_id, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")

    @get("/sites/new", sync_to_thread=True)
    def show_new_site(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """The form of a new site."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _new_site_page(desk, study_id, {})

    @post("/sites/new", sync_to_thread=True)
    def add_site(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes the site."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            facts = {name: text_in(data, name) for name in ("number", "name", "country")}
            site = part_in(SitePart, {**facts, "zone": text_in(data, "zone") or None})
            depot = text_in(data, "depot") or None
            ask = ProposeSite(study_id=study_id, site=site, depot=depot, reason=reason_in(data))
            change_id = desk.press(propose_site, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _new_site_page(desk, study_id, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")

    @get("/sites/{number:str}", sync_to_thread=True)
    def show_site(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[str]:
        """One site: where it is reached, and the forms to change that."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _site_page(desk, study_id, number, {})

    @post("/sites/{number:str}/details", sync_to_thread=True)
    def change_details(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Proposes name, zone or depot."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            facts = {name: text_in(data, name) or None for name in ("name", "zone", "depot")}
            ask = ProposeSiteDetails(study_id=study_id, site=number, reason=reason_in(data), **facts)
            change_id = desk.press(propose_site_details, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _site_page(desk, study_id, number, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")

    @post("/sites/{number:str}/contact", sync_to_thread=True)
    def change_contact(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Proposes where the site is reached."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            contact = part_in(Contact, {name: text_in(data, name) for name in Contact.model_fields})
            day = day_in(data.get("effective_from", ""), desk.now.date())
            ask = ProposeContact(
                study_id=study_id, site=number, contact=contact, effective_from=day, reason=reason_in(data)
            )
            change_id = desk.press(propose_contact, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _site_page(desk, study_id, number, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")


def text_in(data: Mapping[str, str], name: str) -> str:
    """What was typed into a field, without spaces around it."""
    return data.get(name, "").strip()


def part_in(kind: type[_P], facts: Mapping[str, Any]) -> _P:
    """The part, or BadInput that names the first field that cannot be."""
    try:
        return kind.model_validate(facts)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(next(iter(first["loc"]), "days")).replace("_", " ")
        raise BadInput(f"Look again at the {name}: {first['msg'].lower()}. Nothing was proposed.") from None


def _lane(data: Mapping[str, str]) -> Lane:
    facts: dict[str, Any] = {
        name: text_in(data, name) for name in ("origin", "target", "lead_time_days", "cut_off")
    }
    facts["dispatch_days"] = [code for code, _ in WEEKDAYS if data.get(f"on_{code}")]
    facts["holidays"] = text_in(data, "holidays").replace(",", " ").split()
    facts["hold_hours"] = text_in(data, "hold_hours") or None
    facts["shipper"] = text_in(data, "shipper") or None
    if not facts["dispatch_days"]:
        raise BadInput("Choose the days on which goods leave. Nothing was proposed.")
    return part_in(Lane, facts)


def _lane_page(
    desk: Desk,
    study_id: int,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
    *,
    fill: bool = False,
) -> Response[str]:
    origin, target = typed.get("origin", ""), typed.get("target", "")
    with desk.store.reading() as connection:
        depots = depots_of(connection, study_id)
        shippers = shipper_lines(connection, study_id, desk.now.date())
        holds = lane_in_force(connection, study_id, origin, target, desk.now.date())
    view = LaneForm(
        study_id=study_id,
        depots=depots,
        shippers=tuple((one.code, one.name) for one in shippers),
        typed=_filled(holds) if fill and holds else typed,
        known=holds is not None,
        today=desk.now.date(),
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    return _answer(desk, "network/lane.html", view, "Lane", study_id, refusal)


def _filled(lane: Mapping[str, Any]) -> dict[str, str]:
    """A lane as the fields of its form hold it."""
    days = {f"on_{code}": "yes" for code in lane["dispatch_days"]}
    facts = {name: str(lane[name]) for name in ("origin", "target", "lead_time_days")}
    hold_hours = "" if lane["hold_hours"] is None else str(lane["hold_hours"])
    return {
        **facts,
        **days,
        "cut_off": lane["cut_off"][:5],
        "holidays": " ".join(lane["holidays"]),
        "hold_hours": hold_hours,
        "shipper": lane.get("shipper") or "",
    }


def _new_site_page(
    desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        depots = depots_of(connection, study_id)
    view = SiteForm(
        study_id=study_id,
        countries=tuple((country.code, country.name) for country in study.countries),
        depots=depots,
        command_key=desk.key(),
        typed=typed,
        refusal=refusal.sentence if refusal else "",
    )
    return _answer(desk, "network/new_site.html", view, "New site", study_id, refusal)


def _site_page(
    desk: Desk, study_id: int, number: str, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    today = desk.now.date()
    with desk.store.reading() as connection:
        site = next((one for one in network_sites(connection, study_id) if one.number == number), None)
        contacts = contacts_of(connection, study_id, number, today)
        depots = depots_of(connection, study_id)
    if site is None:
        raise NotFound(f"Site {number} is not a site of this study. Check the number.")
    sentence = refusal.sentence if refusal else ""
    view = SiteOfNetwork(study_id, site, contacts, depots, today, desk.key(), typed, sentence)
    return _answer(desk, "network/site.html", view, f"Site {number}", study_id, refusal)


def _answer(
    desk: Desk, template: str, view: BlindedView, title: str, study_id: int, refusal: Refusal | None
) -> Response[str]:
    status_code = refusal.status_code if refusal else 200
    return desk.page(template, view, title, NAVIGATION, study_id=study_id, status_code=status_code)
