"""Proposals of a supply manager or an administrator: a lane, a new site, a site's details, its contact."""

from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.operational_data import contact_in_force, lane_in_force
from irt.services.apply_change import refuse_known_site
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.study_network import main_site
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study, site_numbered
from irt.services.work import Work
from irt.study.course import KitsOf
from irt.study.delivery import kits_at_site
from irt.study.network import HOME
from irt.study.network import Lane as LanePart
from irt.study.network import Site as SitePart
from irt.study.operations import ChangeKind, Contact, SiteDetails
from irt.tables.columns import table_of
from irt.tables.study import Depot, Site


class ProposeLane(SQLModel):
    """A lane as it shall be from a day on: a new one, or one that is there with another lead time or calendar."""

    study_id: int
    lane: LanePart
    effective_from: date
    reason: str


class ProposeSite(SQLModel):
    """A site to be added; its depot is its country's where none is named."""

    study_id: int
    site: SitePart
    depot: str | None = None
    reason: str


class ProposeSiteDetails(SQLModel):
    """A site's name, time zone or depot put right; what is left out stays."""

    study_id: int
    site: str
    name: str | None = Field(default=None, min_length=1, max_length=200)
    zone: str | None = None
    depot: str | None = None
    reason: str


class ProposeContact(SQLModel):
    """Where a site is reached from a day on."""

    study_id: int
    site: str
    contact: Contact
    effective_from: date
    reason: str


def propose_lane(work: Work, ask: ProposeLane) -> ChangeProposed:
    """Puts a lane forward; what is on its way already keeps its day."""
    study = _study(work, ask.study_id)
    lane = ask.lane
    before = lane_in_force(work.connection, study.id, lane.origin, lane.target, ask.effective_from)
    _require_way(work, study, lane, known=before is not None)
    proposal = Proposal(
        kind=ChangeKind.LANE,
        record=f"lane {lane.origin} to {lane.target}",
        facts=lane.model_dump(mode="json"),
        before=before,
        effective_from=ask.effective_from,
    )
    return put_forward(work, study, proposal, ask.reason)


def propose_site(work: Work, ask: ProposeSite) -> ChangeProposed:
    """Puts a new site forward; approved, it is planned, on the newest approved version."""
    study = _study(work, ask.study_id)
    site = ask.site
    country = next((one for one in study.definition.countries if one.code == site.country), None)
    if country is None:
        raise BadInput(
            f"{site.country} is not a country of this study. Nothing was proposed. A new country is an amendment."
        )
    refuse_known_site(work, study.id, site.number)
    if site.satellite_of is not None:
        main_site(work, study.id, site)
    depot, zone = ask.depot or site.depot or country.depot, site.zone or country.zone
    require_depot(work, study, depot)
    _require_way_home(work, study, depot, site.country)
    _require_zone(zone)
    proposal = Proposal(
        kind=ChangeKind.NEW_SITE,
        record=f"new site {site.number}",
        facts={**site.model_dump(mode="json"), "zone": zone, "depot": depot},
        before=None,
        effective_from=work.at.date(),
    )
    return put_forward(work, study, proposal, ask.reason)


def propose_site_details(work: Work, ask: ProposeSiteDetails) -> ChangeProposed:
    """Puts a site's name, zone or depot forward; approved, it holds at once, and what was booked stays."""
    study = _study(work, ask.study_id)
    site = site_numbered(work, study.id, ask.site)
    row = work.one("site", _DETAILS, site_id=site.id)
    before = _details(row)
    after = SiteDetails(name=ask.name or row["name"], zone=ask.zone or row["zone"], depot=ask.depot or row["depot"])
    require_depot(work, study, after.depot)
    _require_way_home(work, study, after.depot, row["country"])
    _require_zone(after.zone)
    proposal = Proposal(
        kind=ChangeKind.SITE_DETAILS,
        record=f"site {site.number}",
        facts=after.model_dump(mode="json"),
        before=before.model_dump(mode="json"),
        effective_from=work.at.date(),
        site=site,
    )
    return put_forward(work, study, proposal, ask.reason)


def propose_contact(work: Work, ask: ProposeContact) -> ChangeProposed:
    """Puts a site's contact and delivery address forward; parcels packed from that day on go there."""
    study = _study(work, ask.study_id)
    site = site_numbered(work, study.id, ask.site)
    before = contact_in_force(work.connection, site.id, ask.effective_from)
    proposal = Proposal(
        kind=ChangeKind.SITE_CONTACT,
        record=f"contact of site {site.number}",
        facts=ask.contact.model_dump(mode="json"),
        before=None if before is None else before.model_dump(mode="json"),
        effective_from=ask.effective_from,
        site=site,
    )
    return put_forward(work, study, proposal, ask.reason)


_SITES, _DEPOTS = table_of(Site), table_of(Depot)
_DETAILS = (
    select(_SITES.c.name, _SITES.c.zone, _SITES.c.country, _DEPOTS.c.code.label("depot"))
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.id == bindparam("site_id"))
)
_NUMBER = select(_SITES.c.id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)


def _study(work: Work, study_id: int) -> SupplyStudy:
    work.actor.require(Permission.ACTIVATE_SITE, study_id)
    return lock_study(work, study_id)


def _details(row: RowMapping) -> SiteDetails:
    return SiteDetails(name=row["name"], zone=row["zone"], depot=row["depot"])


def _require_way(work: Work, study: SupplyStudy, lane: LanePart, *, known: bool) -> None:
    """Both ends must be there. That kits go to subjects' homes at all is a matter of the protocol."""
    require_depot(work, study, lane.origin)
    if known:
        return
    if lane.target == HOME:
        raise BadInput("Whether kits go to subjects' homes is a matter of the protocol. Nothing was proposed.")
    require_target(work, study, lane.target)


def require_target(work: Work, study: SupplyStudy, target: str) -> None:
    """BadInput where goods cannot go there: it is no country, depot or site of the study."""
    ends = {country.code for country in study.definition.countries} | set(depot_ids(work, study.id))
    if target not in ends and work.row(_NUMBER, study_id=study.id, number=target) is None:
        raise BadInput(f"{target} is no country, depot or site of this study. Nothing was proposed.")


def require_depot(work: Work, study: SupplyStudy, depot: str) -> None:
    """BadInput where the study has no such depot."""
    if depot not in depot_ids(work, study.id):
        raise BadInput(f"{depot} is not a depot of this study. Nothing was proposed.")


def _require_way_home(work: Work, study: SupplyStudy, depot: str, country: str) -> None:
    """BadInput where depots send that country's kits to homes, and this one reaches none."""
    if kits_at_site(study.definition.delivery, country) is KitsOf.EVERY_VISIT:
        return
    if lane_in_force(work.connection, study.id, depot, HOME, work.at.date()) is None:
        raise BadInput(
            f"Subjects of this study are sent kits to their homes, and no lane leads there from {depot}. "
            "Nothing was proposed. Propose the lane first."
        )


def _require_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise BadInput(f"{zone} is no time zone. Nothing was proposed. Name it as Europe/Oslo.")
