"""Code breaks as blinded people know them: that, when, by whom and in which category; never what was shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.code_break import practice_site, review_due
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import not_found
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Site, Study
from irt.tables.subject import CodeBreak, Subject


@dataclass(frozen=True)
class BreakRecord(BlindedView):
    """One code break, without its result."""

    id: int
    study_id: int
    study: str
    site_id: int
    site: str
    zone: str
    subject: str
    person: str
    own: bool
    reason: str
    at: datetime
    narrative: str
    review_due_at: datetime | None
    reviewed_at: datetime | None


@dataclass(frozen=True)
class BreakableSubject(BlindedView):
    """A subject whose code the person may break, and the breaks so far, newest first."""

    study_id: int
    study: str
    site_id: int
    site: str
    zone: str
    subject: str
    breaks: tuple[BreakRecord, ...]
    practice: bool = False


_SUBJECTS, _SITES, _STUDIES = table_of(Subject), table_of(Site), table_of(Study)
_BREAKS, _ACCOUNTS = table_of(CodeBreak), table_of(Account)
_WHERE = (
    _SITES.c.id.label("site_id"),
    _SITES.c.number.label("site"),
    _SITES.c.zone,
    _STUDIES.c.name.label("study"),
    _SUBJECTS.c.number.label("subject"),
)
_SUBJECT = (
    select(_SUBJECTS.c.id, *_WHERE)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_STUDIES, _STUDIES.c.id == _SUBJECTS.c.study_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number == bindparam("number"))
)
_PRACTICE = (
    select(
        _SITES.c.id.label("site_id"),
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _STUDIES.c.name.label("study"),
    )
    .join(_STUDIES, _STUDIES.c.id == _SITES.c.study_id)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number"))
)
_RECORDS = (
    select(_BREAKS, *_WHERE, _ACCOUNTS.c.printed_name)
    .join(_SUBJECTS, _SUBJECTS.c.id == _BREAKS.c.subject_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_STUDIES, _STUDIES.c.id == _SUBJECTS.c.study_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _BREAKS.c.account_id)
    .order_by(_BREAKS.c.id.desc())
)


def breakable_subject(connection: Connection, actor: Actor, study_id: int, number: str) -> BreakableSubject:
    """The subject; NotFound where there is none or where the person may not break its code.

    A practice subject stands for its site.
    """
    if (site := practice_site(number)) is not None:
        return _practice_subject(connection, actor, study_id, site, number)
    row = connection.execute(_SUBJECT, {"study_id": study_id, "number": number}).mappings().first()
    if row is None or not _may(actor, study_id, row["site_id"]):
        raise not_found("subject")
    found = connection.execute(_RECORDS.where(_BREAKS.c.subject_id == row["id"])).mappings()
    return BreakableSubject(
        study_id,
        row["study"],
        row["site_id"],
        row["site"],
        row["zone"],
        row["subject"],
        tuple(_record(one, actor) for one in found),
    )


def _practice_subject(
    connection: Connection, actor: Actor, study_id: int, site: str, number: str
) -> BreakableSubject:
    row = connection.execute(_PRACTICE, {"study_id": study_id, "number": site}).mappings().first()
    if row is None or not _may(actor, study_id, row["site_id"]):
        raise not_found("subject")
    where = (row["site_id"], row["site"], row["zone"])
    return BreakableSubject(study_id, row["study"], *where, number, (), practice=True)


def break_record(connection: Connection, actor: Actor, code_break_id: int) -> BreakRecord:
    """One code break of a subject whose code the person may break; NotFound for any other."""
    row = connection.execute(_RECORDS.where(_BREAKS.c.id == code_break_id)).mappings().first()
    if row is None or not _may(actor, row["study_id"], row["site_id"]):
        raise not_found("code break")
    return _record(row, actor)


def _may(actor: Actor, study_id: int, site_id: int) -> bool:
    return actor.grant_for(Permission.BREAK_CODE, study_id, site_id) is not None


def _record(row: RowMapping, actor: Actor) -> BreakRecord:
    return BreakRecord(
        id=row["id"],
        study_id=row["study_id"],
        study=row["study"],
        site_id=row["site_id"],
        site=row["site"],
        zone=row["zone"],
        subject=row["subject"],
        person=row["printed_name"],
        own=row["account_id"] == actor.account_id,
        reason=words(row["reason_category"]),
        at=row["at"],
        narrative=row["narrative"] or "",
        review_due_at=review_due(row["at"], row["second_factor"]),
        reviewed_at=row["reviewed_at"],
    )
