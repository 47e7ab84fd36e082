"""The monitor's own page: her sites with what is new since her last visit, and the visit itself, signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import ValidationError

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_monitoring import NEW, OPEN, MonitoredSite, SiteMonitoring, monitored_sites, site_monitoring
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import WorkSite, not_found
from irt.services.record_monitoring import SAID_MAX, RecordMonitoring, record_monitoring
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, signing_in
from web.forms import Fields
from web.my_sites import SITES_AT_ONCE, sites_of

NAVIGATION = "Monitoring"
_MAY = Permission.RECORD_MONITORING
FIGURE_WORDS = {
    "to_verify": "Kits to verify",
    "for_site": "Kits that wait for the site",
    "expired": "Expired on the shelf",
    "deviations": "Deviations open",
    "excursions": "Excursions open",
    "issues": "Issues open",
    "delegations_ending": "Delegations that end soon",
    "subjects": "Subjects",
    "new_screened": "Subjects screened",
    "new_subjects": "Subjects with something new",
    "new_visits": "Visits recorded",
    "new_dispensings": "Dispensings",
    "new_deviations": "Deviations",
    "new_code_breaks": "Code breaks",
}


@dataclass(frozen=True)
class MonitoringView(BlindedView):
    """The sites of one monitor, those with most to do first."""

    sites: tuple[MonitoredSite, ...]
    more_sites: bool


@dataclass(frozen=True)
class SiteMonitoringView(BlindedView):
    """One site, with the panel that signs a visit; passwords are never given back."""

    found: SiteMonitoring
    role: str
    code_needed: bool
    today: str
    command_key: str
    words: Mapping[str, str] = field(default_factory=lambda: FIGURE_WORDS)
    new: tuple[str, ...] = NEW
    open: tuple[str, ...] = OPEN
    meaning: str = Meaning.MONITOR
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class MonitoringPages(Controller):
    """Sites of a monitor."""

    path = "/monitoring"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """A row for each site."""
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, _MAY)
            found = monitored_sites(connection, sites[:SITES_AT_ONCE], desk.now)
        busy = sorted(found, key=lambda one: -sum(one.figures[name] for name in (*OPEN, *NEW)))
        view = MonitoringView(tuple(busy), len(sites) > SITES_AT_ONCE)
        return desk.page("life/monitoring.html", view, "Monitoring", NAVIGATION)

    @get("/{site_id:int}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], site_id: FromPath[int]) -> Response[str]:
        """One site with its records and visits."""
        return _page(desk, site_id, {})

    @post("/{site_id:int}", sync_to_thread=True)
    def record(self, desk: NamedDependency[Desk], site_id: FromPath[int], data: Fields) -> Response[Any]:
        """Signs a visit; from then on something is new again."""
        try:
            desk.press(record_monitoring, _asked(desk, site_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, site_id, data, refusal)
        return go(f"/monitoring/{site_id}")


def _site(desk: Desk, site_id: int) -> WorkSite:
    with desk.store.reading() as connection:
        mine = sites_of(connection, desk.who, _MAY)
    site = next((one for one in mine if one.site_id == site_id), None)
    if site is None:
        raise not_found("site of yours")
    return site


def _asked(desk: Desk, site_id: int, data: Mapping[str, str]) -> RecordMonitoring:
    site = _site(desk, site_id)
    try:
        return RecordMonitoring(
            study_id=site.study_id,
            site_id=site_id,
            on_day=day_in(data.get("on_day", ""), site.today(desk.now)),
            verified=data.get("verified", "").strip(),
            signing=signing_in(data),
        )
    except ValidationError:
        raise BadInput(f"What was verified has at most {SAID_MAX} characters. Nothing was signed.") from None


def _page(desk: Desk, site_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    site, actor = _site(desk, site_id), desk.who.actor
    grant = actor.require(_MAY, site.study_id, site_id)
    with desk.store.reading() as connection:
        found = site_monitoring(connection, actor, site, desk.now)
        code_needed = code_will_be_needed(connection, actor, site.study_id)
    view = SiteMonitoringView(
        found=found,
        role=words(grant.role),
        code_needed=code_needed,
        today=site.today(desk.now).isoformat(),
        command_key=desk.key(),
        typed={name: value for name, value in typed.items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status, title = refusal.status_code if refusal else 200, f"Monitoring of site {site.site}"
    return desk.page(
        "life/monitored_site.html",
        view,
        title,
        NAVIGATION,
        study_id=site.study_id,
        site_id=site_id,
        status_code=status,
    )
