"""Lists for other systems: the studies, sites and subjects that a token may see, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select, true

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.records import Mode, SiteStatus
from irt.states.subject import SubjectStatus
from irt.tables.columns import table_of
from irt.tables.study import Site, Study
from irt.tables.subject import Subject


@dataclass(frozen=True)
class StudyListed(BlindedView):
    """A study that the token reaches."""

    study_id: int
    protocol: str
    name: str
    mode: Mode


@dataclass(frozen=True)
class SiteListed(BlindedView):
    """A site that the token reaches, with the protocol version in force there."""

    study_id: int
    site: str
    name: str
    country: str
    zone: str
    status: SiteStatus
    version: int


@dataclass(frozen=True)
class SubjectListed(BlindedView):
    """A subject and where it stands."""

    study_id: int
    subject: str
    site: str
    status: SubjectStatus
    screened_on: date
    randomized_on: date | None
    code_broken: bool


_STUDIES, _SITES, _SUBJECTS = table_of(Study), table_of(Site), table_of(Subject)


def studies_listed(connection: Connection, actor: Actor, after_id: int, limit: int) -> tuple[StudyListed, ...]:
    """Studies by id, those after one."""
    statement = select(_STUDIES).where(_STUDIES.c.id > after_id, _studies_reached(actor)).order_by(_STUDIES.c.id)
    return tuple(
        StudyListed(row["id"], row["protocol"], row["name"], Mode(row["mode"]))
        for row in _rows(connection, statement, limit)
    )


def sites_listed(
    connection: Connection, actor: Actor, study_id: int, after: str, limit: int
) -> tuple[SiteListed, ...]:
    """Sites of a study by number, those after one; NotFound where the token does not reach the study."""
    refuse_unreached(connection, actor, study_id)
    statement = (
        select(_SITES)
        .where(_SITES.c.study_id == study_id, _SITES.c.number > after, _sites_reached(actor, study_id, None))
        .order_by(_SITES.c.number)
    )
    return tuple(
        SiteListed(
            study_id=study_id,
            site=row["number"],
            name=row["name"],
            country=row["country"],
            zone=row["zone"],
            status=SiteStatus(row["status"]),
            version=row["version_number"],
        )
        for row in _rows(connection, statement, limit)
    )


def subjects_listed(
    connection: Connection, actor: Actor, study_id: int, site: str, after: str, limit: int
) -> tuple[SubjectListed, ...]:
    """Subjects of a study, or of one site where it is named, by number, those after one."""
    refuse_unreached(connection, actor, study_id)
    statement = (
        select(_SUBJECTS, _SITES.c.number.label("site"))
        .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
        .where(
            _SUBJECTS.c.study_id == study_id,
            _SUBJECTS.c.number > after,
            _sites_reached(actor, study_id, Permission.VIEW_SUBJECTS),
            _SITES.c.number == site if site else true(),
        )
        .order_by(_SUBJECTS.c.number)
    )
    return tuple(
        SubjectListed(
            study_id=study_id,
            subject=row["number"],
            site=row["site"],
            status=SubjectStatus(row["status"]),
            screened_on=row["screened_on"],
            randomized_on=row["randomized_on"],
            code_broken=row["code_broken_at"] is not None,
        )
        for row in _rows(connection, statement, limit)
    )


def refuse_unreached(connection: Connection, actor: Actor, study_id: int) -> None:
    """NotFound for a study that does not exist and for one where the token's owner has no role."""
    known = select(_STUDIES.c.id).where(_STUDIES.c.id == study_id)
    if not actor.reaches(study_id, None) or connection.execute(known).first() is None:
        raise NotFound("No such study. Check the number, or ask the study coordinator.")


def _studies_reached(actor: Actor) -> ColumnElement[bool]:
    ids = {grant.study_id for grant in actor.grants}
    return true() if None in ids else _STUDIES.c.id.in_(sorted(each for each in ids if each is not None))


def _sites_reached(actor: Actor, study_id: int, permission: Permission | None) -> ColumnElement[bool]:
    grants = [
        grant
        for grant in actor.grants
        if grant.study_id in (None, study_id)
        and (permission is None or grant.covers(permission, study_id, grant.site_id))
    ]
    ids = {grant.site_id for grant in grants}
    return true() if None in ids else _SITES.c.id.in_(sorted(each for each in ids if each is not None))


def _rows(connection: Connection, statement: Select[Any], limit: int) -> Sequence[RowMapping]:
    return connection.execute(statement.limit(limit)).mappings().all()
