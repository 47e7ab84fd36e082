"""The protocol versions of a study as blinded people may know them, and which site goes by which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, RowMapping, bindparam, func, select, true

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_directory import refuse_unreached
from irt.states.records import SiteStatus, VersionStatus
from irt.study.comparison import Change, blinded_changes
from irt.study.public_part import study_in
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Signature
from irt.tables.study import Site, SiteVersion, StudyVersion


@dataclass(frozen=True)
class VersionLine(BlindedView):
    """One version: its number, its dates and people, and what everybody may read of its difference."""

    number: int
    status: VersionStatus
    loaded_at: datetime
    loaded_by: str
    approved_at: datetime | None
    approved_by: str | None
    follows: int | None
    changes: tuple[Change, ...]
    sites: int

    @property
    def chip(self) -> str:
        """A retired version is a draft that was withdrawn."""
        return "withdrawn" if self.status == VersionStatus.RETIRED else str(self.status)


@dataclass(frozen=True)
class SiteOnVersion(BlindedView):
    """A site, the version in force there, and since when; None where it has not opened yet."""

    site: str
    name: str
    country: str
    status: SiteStatus
    version: int
    since: datetime | None


PREPARING = (
    *(Permission.CONFIGURE_STUDY, Permission.APPROVE_STUDY, Permission.ACTIVATE_SITE),
    Permission.VIEW_IMPACT_BY_TYPE,
)
"""Who sees drafts; everybody else sees what was approved."""
_VERSIONS, _ACCOUNTS, _SIGNATURES = table_of(StudyVersion), table_of(Account), table_of(Signature)
_SITES, _ADOPTED = table_of(Site), table_of(SiteVersion)
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL = (
    select(
        _VERSIONS.c.number,
        _VERSIONS.c.status,
        _VERSIONS.c.created_at,
        _VERSIONS.c.approved_at,
        _VERSIONS.c.public_part,
        _ACCOUNTS.c.printed_name.label("loaded_by"),
        _SIGNATURES.c.printed_name.label("approved_by"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _VERSIONS.c.loaded_by_id)
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _VERSIONS.c.signature_id)
    .where(_VERSIONS.c.study_id == _STUDY)
    .order_by(_VERSIONS.c.number)
)
_IN_FORCE = (
    select(_SITES.c.version_number, func.count().label("sites"))
    .where(_SITES.c.study_id == _STUDY, _SITES.c.status.in_((SiteStatus.ACTIVE, SiteStatus.ON_HOLD)))
    .group_by(_SITES.c.version_number)
)


def versions_of(connection: Connection, actor: Actor, study_id: int) -> tuple[VersionLine, ...]:
    """Every version this person may know of, the newest first; NotFound where the study is out of reach."""
    refuse_unreached(connection, actor, study_id)
    rows = connection.execute(_ALL, {"study_id": study_id}).mappings().all()
    counted = connection.execute(_IN_FORCE, {"study_id": study_id})
    sites = {row.version_number: row.sites for row in counted}
    drafts = any(actor.grant_for(permission, study_id, None) for permission in PREPARING)
    shown = [row for row in rows if drafts or row["status"] == VersionStatus.APPROVED]
    return tuple(_line(row, _before(rows, row), sites) for row in reversed(shown))


def _before(rows: Sequence[RowMapping], row: RowMapping) -> RowMapping | None:
    """The version that this one follows: the newest approved before it, else the first."""
    earlier = [one for one in rows if one["number"] < row["number"]]
    approved = [one for one in earlier if one["status"] == VersionStatus.APPROVED]
    followed = approved or earlier[:1]
    return followed[-1] if followed else None


def _line(row: RowMapping, before: RowMapping | None, sites: dict[int, int]) -> VersionLine:
    changes: tuple[Change, ...] = ()
    if before is not None:
        changes = blinded_changes(study_in(before["public_part"]), study_in(row["public_part"]))
    return VersionLine(
        number=row["number"],
        status=VersionStatus(row["status"]),
        loaded_at=row["created_at"],
        loaded_by=row["loaded_by"],
        approved_at=row["approved_at"],
        approved_by=row["approved_by"],
        follows=None if before is None else before["number"],
        changes=changes,
        sites=sites.get(row["number"], 0),
    )


def sites_on_versions(
    connection: Connection, actor: Actor, study_id: int, after: str = "", limit: int | None = None
) -> tuple[SiteOnVersion, ...]:
    """Sites that the person reaches, by number, those after one."""
    refuse_unreached(connection, actor, study_id)
    since = (
        select(_ADOPTED.c.site_id, _ADOPTED.c.version_number, func.min(_ADOPTED.c.activated_at).label("since"))
        .where(_ADOPTED.c.study_id == study_id)
        .group_by(_ADOPTED.c.site_id, _ADOPTED.c.version_number)
        .subquery()
    )
    statement = (
        select(_SITES, since.c.since)
        .outerjoin(since, (since.c.site_id == _SITES.c.id) & (since.c.version_number == _SITES.c.version_number))
        .where(_SITES.c.study_id == study_id, _SITES.c.number > after, _reached(actor, study_id))
        .order_by(_SITES.c.number)
        .limit(limit)
    )
    return tuple(_on_version(row) for row in connection.execute(statement).mappings())


def _on_version(row: RowMapping) -> SiteOnVersion:
    return SiteOnVersion(
        site=row["number"],
        name=row["name"],
        country=row["country"],
        status=SiteStatus(row["status"]),
        version=row["version_number"],
        since=row["since"],
    )


def _reached(actor: Actor, study_id: int) -> ColumnElement[bool]:
    sites = {grant.site_id for grant in actor.grants if grant.study_id in (None, study_id)}
    return true() if None in sites else _SITES.c.id.in_(sorted(each for each in sites if each is not None))
