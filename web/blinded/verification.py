"""Verifying kits at the end of their use: the site's people sign first, then a monitor, who is somebody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from sqlalchemy import Connection

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import WorkSite, allowed, not_found, sites_reached
from irt.reads.blinded_verification import KitToVerify, SiteVerification, sites_to_verify, to_monitor, to_verify
from irt.services.verify_kits import KitsVerified, VerifyKits, monitor_returns, verify_returns
from irt.services.work import Work
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in, whole_in
from web.forms import Fields
from web.my_sites import SITES_AT_ONCE


@dataclass(frozen=True)
class Part:
    """One of the two who verify: what it needs, and the service that books it."""

    permission: Permission
    service: Callable[[Work, VerifyKits], KitsVerified]


PARTS = {
    "site": Part(Permission.TAKE_BACK, verify_returns),
    "monitor": Part(Permission.VERIFY_RETURNS, monitor_returns),
}


@dataclass(frozen=True)
class VerificationView(BlindedView):
    """What waits at each site for this person."""

    sites: tuple[SiteVerification, ...]
    account_id: int
    said: str = ""
    more_sites: bool = False


@dataclass(frozen=True)
class VerifyView(BlindedView):
    """The kits chosen at one site, with the panel that signs for them; passwords are never given back."""

    study_id: int
    site_id: int
    site: str
    part: str
    kits: tuple[KitToVerify, ...]
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.VERIFY_RETURNS
    refusal: str = ""

    @property
    def numbers(self) -> str:
        """The kit numbers as the form carries them."""
        return " ".join(kit.number for kit in self.kits)


class VerificationPages(Controller):
    """Kits to verify at the sites of one person."""

    path = "/returns/verify"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """What waits, site by site."""
        with desk.store.reading() as connection:
            own, monitored = (_sites(connection, desk, part.permission) for part in PARTS.values())
            if not own and not monitored:
                raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
            at_once = own[:SITES_AT_ONCE], monitored[:SITES_AT_ONCE]
            found = sites_to_verify(connection, *at_once, desk.now)
        more = max(len(own), len(monitored)) > SITES_AT_ONCE
        said = "The kits are verified" if done == "true" else ""
        view = VerificationView(found, desk.who.actor.account_id, said, more)
        return desk.page("returns/verification.html", view, "Verify returns", "Returns")

    @get("/sign", sync_to_thread=True)
    def ask(
        self, desk: NamedDependency[Desk], site: FromQuery[int], part: FromQuery[str], every: FromQuery[str] = ""
    ) -> Response[Any]:
        """The kits ticked, or all that wait, and the signature panel."""
        numbers = None if every == "true" else desk.request.query_params.getall("kit", [])
        return _page(desk, site, part, numbers)

    @post("/sign", sync_to_thread=True)
    def sign(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs for the kits; the password is checked in this very request."""
        site_id, part = whole_in(data.get("site", ""), "the site"), data.get("part", "")
        numbers = data.get("kits", "").split()
        try:
            service, ask = _asked(desk, site_id, part, numbers, data)
            desk.press(service, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, site_id, part, numbers, refusal)
        return go("/returns/verify?done=true")


def _asked(
    desk: Desk, site_id: int, part: str, numbers: list[str], data: Mapping[str, str]
) -> tuple[Callable[[Work, VerifyKits], KitsVerified], VerifyKits]:
    if not numbers:
        raise BadInput("No kit was chosen. Nothing was booked. Tick the kits first.")
    with desk.store.reading() as connection:
        here = _site(connection, desk, site_id, part)
    ask = VerifyKits(study_id=here.study_id, site=here.site, kits=numbers, signing=signing_in(data))
    return PARTS[part].service, ask


def _sites(connection: Connection, desk: Desk, permission: Permission) -> list[WorkSite]:
    """The person's sites within the place chosen."""
    who = desk.who
    return [
        site
        for site in sites_reached(connection, who.actor, permission)
        if who.study_id in (None, site.study_id) and who.site_id in (None, site.site_id)
    ]


def _site(connection: Connection, desk: Desk, site_id: int, part: str) -> WorkSite:
    """The site, where the person may play this part."""
    if part not in PARTS:
        raise not_found("page")
    reached = sites_reached(connection, desk.who.actor, PARTS[part].permission)
    site = next((one for one in reached if one.site_id == site_id), None)
    if site is None or not allowed(desk.who.actor, PARTS[part].permission, site):
        raise not_found("site of yours")
    return site


def _page(
    desk: Desk, site_id: int, part: str, numbers: list[str] | None, refusal: Refusal | None = None
) -> Response[Any]:
    actor = desk.who.actor
    with desk.store.reading() as connection:
        site = _site(connection, desk, site_id, part)
        waiting = to_verify(connection, site, desk.now) if part == "site" else to_monitor(connection, site)
        code_needed = code_will_be_needed(connection, actor, site.study_id)
    mine = actor.account_id if part == "monitor" else None
    every = tuple(kit for kit in waiting if mine is None or kit.verifier_id != mine)
    view = VerifyView(
        study_id=site.study_id,
        site_id=site_id,
        site=site.site,
        part=part,
        kits=every if numbers is None else tuple(kit for kit in waiting if kit.number in numbers),
        role=words(actor.require(PARTS[part].permission, site.study_id, site_id).role),
        code_needed=code_needed,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "returns/verify.html",
        view,
        "Verify returns",
        "Returns",
        study_id=site.study_id,
        site_id=site_id,
        status_code=status,
    )
