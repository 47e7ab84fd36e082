"""Protocol versions: what each changed, which site goes by which, and a site's next version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound, Refusal
from irt.reads.blinded_activation import awaited_at
from irt.reads.blinded_versions import PREPARING, SiteOnVersion, VersionLine, sites_on_versions, versions_of
from irt.services.adopt_version import AdoptVersion, adopt_version
from irt.states.records import SiteStatus, VersionStatus
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import reason_in, whole_in
from web.forms import Fields

SITES_SHOWN = 50


@dataclass(frozen=True)
class VersionsView(BlindedView):
    """The versions of a study, newest first, and a page of its sites."""

    study_id: int
    versions: tuple[VersionLine, ...]
    sites: tuple[SiteOnVersion, ...]
    next: str
    newest: int
    may_adopt: bool


@dataclass(frozen=True)
class AdoptView(BlindedView):
    """A site and the later versions it can go on to, each with what it changed.

    `awaited`: by version, the approvals of its own that an open site still lacks.
    """

    study_id: int
    site: SiteOnVersion
    versions: tuple[VersionLine, ...]
    awaited: Mapping[int, tuple[str, ...]]
    command_key: str
    version: str = ""
    reason: str = ""
    refusal: str = ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The versions to choose from."""
        return [(str(one.number), f"Version {one.number}") for one in self.versions]


class VersionPages(Controller):
    """The versions of one study."""

    path = "/versions"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def choose(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The study chosen, or the only one."""
        study_id = study_of(desk, *PREPARING)
        return go("/switch" if study_id is None else f"/versions/{study_id}")

    @get("/{study_id:int}", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], after: FromQuery[str] = ""
    ) -> Response[str]:
        """Every version, and the sites by number."""
        actor = desk.who.actor
        with desk.store.reading() as connection:
            versions = versions_of(connection, actor, study_id)
            sites = sites_on_versions(connection, actor, study_id, after, SITES_SHOWN + 1)
        shown = sites[:SITES_SHOWN]
        view = VersionsView(
            study_id=study_id,
            versions=versions,
            sites=shown,
            next=f"/versions/{study_id}?after={shown[-1].site}" if len(sites) > SITES_SHOWN else "",
            newest=max((one.number for one in versions if one.status == VersionStatus.APPROVED), default=0),
            may_adopt=may(desk, Permission.ACTIVATE_SITE, study_id),
        )
        return desk.page(
            "versions/versions.html", view, "Protocol versions", door_of(desk, study_id), study_id=study_id
        )

    @get("/{study_id:int}/sites/{site:str}", sync_to_thread=True)
    def show_site(self, desk: NamedDependency[Desk], study_id: FromPath[int], site: FromPath[str]) -> Response[str]:
        """One site and the versions it can go on to."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        return _adopt_page(desk, study_id, site, {})

    @post("/{study_id:int}/sites/{site:str}", sync_to_thread=True)
    def adopt(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], site: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Puts a later version in force at the site."""
        desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
        try:
            version = whole_in(data.get("version", ""), "the version")
            ask = AdoptVersion(study_id=study_id, site=site, version=version, reason=reason_in(data))
            desk.press(adopt_version, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _adopt_page(desk, study_id, site, data, refusal)
        return go(f"/versions/{study_id}/sites/{site}")


def door_of(desk: Desk, study_id: int) -> str:
    """The word of the main navigation that leads here; whoever opens sites comes by the network."""
    return "Network" if may(desk, Permission.ACTIVATE_SITE, study_id) else "Versions"


def _adopt_page(
    desk: Desk, study_id: int, number: str, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        versions = versions_of(connection, desk.who.actor, study_id)
        sites = sites_on_versions(connection, desk.who.actor, study_id)
        site = next((one for one in sites if one.site == number), None)
        if site is None:
            raise NotFound(f"Site {number} is not a site of this study. Check the number.")
        approved = (one for one in versions if one.status == VersionStatus.APPROVED)
        later = tuple(one for one in approved if one.number > site.version and site.status != SiteStatus.CLOSED)
        awaited = awaited_at(connection, study_id, number, [one.number for one in later], desk.now)
    view = AdoptView(
        study_id=study_id,
        site=site,
        versions=later,
        awaited=awaited,
        command_key=desk.key(),
        version=typed.get("version", ""),
        reason=typed.get("reason", ""),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "versions/adopt.html",
        view,
        f"Version at site {number}",
        door_of(desk, study_id),
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
