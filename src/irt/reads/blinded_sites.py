"""Where a person works: the sites their roles reach, and each study as blinded people may read it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, false, or_, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import IntegrityFault, NotFound
from irt.study.blinded import BlindedStudy
from irt.study.public_part import study_in
from irt.tables.columns import table_of
from irt.tables.study import Site, Study, StudyVersion


@dataclass(frozen=True, slots=True)
class WorkSite:
    """One site of one study, where a person works."""

    site_id: int
    site: str
    name: str
    zone: str
    country: str
    study_id: int
    sponsor_id: int
    study: str
    protocol: str
    version: int

    def today(self, now: datetime) -> date:
        """The calendar day at the site."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment at the site."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


_SITES, _STUDIES, _VERSIONS = table_of(Site), table_of(Study), table_of(StudyVersion)
WORK_SITE_COLUMNS = (
    _SITES.c.id.label("site_id"),
    _SITES.c.number.label("site"),
    _SITES.c.name.label("site_name"),
    _SITES.c.zone,
    _SITES.c.country,
    _SITES.c.study_id,
    _SITES.c.sponsor_id,
    _SITES.c.version_number.label("version"),
    _STUDIES.c.name.label("study"),
    _STUDIES.c.protocol,
)
_WORK_SITES = (
    select(*WORK_SITE_COLUMNS)
    .join(_STUDIES, _STUDIES.c.id == _SITES.c.study_id)
    .order_by(_STUDIES.c.name, _SITES.c.study_id, _SITES.c.number)
)


def work_site(row: RowMapping) -> WorkSite:
    """WORK_SITE_COLUMNS as a value."""
    return WorkSite(
        site_id=row["site_id"],
        site=row["site"],
        name=row["site_name"],
        zone=row["zone"],
        country=row["country"],
        study_id=row["study_id"],
        sponsor_id=row["sponsor_id"],
        study=row["study"],
        protocol=row["protocol"],
        version=row["version"],
    )


def sites_reached(
    connection: Connection, actor: Actor, permission: Permission = Permission.VIEW_SUBJECTS
) -> tuple[WorkSite, ...]:
    """The sites where the person may do this, by study and number."""
    grants = [grant for grant in actor.grants if grant.covers(permission, grant.study_id, grant.site_id)]
    sites = {grant.site_id for grant in grants if grant.site_id is not None}
    studies = {grant.study_id for grant in grants if grant.site_id is None and grant.study_id is not None}
    everywhere = any(grant.site_id is None and grant.study_id is None for grant in grants)
    reached = or_(
        _SITES.c.id.in_(sorted(sites)) if sites else false(),
        _SITES.c.study_id.in_(sorted(studies)) if studies else false(),
    )
    statement = _WORK_SITES if everywhere else _WORK_SITES.where(reached)
    return tuple(work_site(row) for row in connection.execute(statement).mappings())


def allowed(actor: Actor, permission: Permission, site: WorkSite) -> bool:
    """Whether the person may do this at the site."""
    in_scope = actor.scopes is None or permission in actor.scopes
    return in_scope and actor.grant_for(permission, site.study_id, site.site_id) is not None


def not_found(what: str) -> NotFound:
    """The one answer for a record that is missing and for one that is another site's."""
    return NotFound(f"No such {what}. Check the number, or ask the study coordinator.")


_DIGEST = select(_VERSIONS.c.salted_digest).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("number")
)
_PART = select(_VERSIONS.c.public_part).where(_VERSIONS.c.salted_digest == bindparam("digest"))
_KNOWN_MAX = 256
_known: dict[str, BlindedStudy] = {}


def study_at(connection: Connection, study_id: int, version: int) -> BlindedStudy:
    """A protocol version as blinded people may read it. Versions never change, so each is parsed once."""
    digest = connection.execute(_DIGEST, {"study_id": study_id, "number": version}).scalar()
    if digest is None:
        raise IntegrityFault(f"study {study_id} has no version {version}")
    known = _known.get(digest)
    if known is None:
        part = connection.execute(_PART, {"digest": digest}).scalar_one()
        if len(_known) >= _KNOWN_MAX:
            _known.clear()
        known = _known[digest] = study_in(part)
    return known
