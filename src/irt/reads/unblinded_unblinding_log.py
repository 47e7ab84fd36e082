"""The whole log of unblinding, all five paths, for safety and the unblinded statistician; without treatments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.unblinding import Path
from irt.blinding.views import UnblindedView
from irt.reads.blinded_unblinding_log import blinded_log
from irt.reads.unblinded_safety_cases import safety_cases
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.secret import TreatmentLook, UnblindedList
from irt.tables.study import Site
from irt.tables.subject import Subject
from irt.tables.unblinding import PlannedUnblinding


@dataclass(frozen=True)
class FullLine(UnblindedView):
    """One line of the whole log."""

    path: Path
    record: str
    at: datetime
    zone: str
    site: str
    subject: str
    person: str
    category: str
    said: str
    open: str


_LOOKS, _SUBJECTS, _SITES, _ACCOUNTS = (
    table_of(TreatmentLook),
    table_of(Subject),
    table_of(Site),
    table_of(Account),
)
_LISTS, _PLANS = table_of(UnblindedList), table_of(PlannedUnblinding)
_LOOKED = (
    select(
        _LOOKS.c.id,
        _LOOKS.c.at,
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _SUBJECTS.c.number.label("subject"),
        _ACCOUNTS.c.printed_name,
    )
    .join(_SITES, _SITES.c.id == _LOOKS.c.site_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _LOOKS.c.account_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _LOOKS.c.subject_id)
    .where(_LOOKS.c.study_id == bindparam("study_id"))
    .order_by(_LOOKS.c.id)
)
_TAKEN = (
    select(_LISTS, _PLANS.c.number, _ACCOUNTS.c.printed_name)
    .join(_PLANS, _PLANS.c.id == _LISTS.c.unblinding_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _LISTS.c.account_id)
    .where(_LISTS.c.study_id == bindparam("study_id"))
    .order_by(_LISTS.c.id)
)


def reads_whole_log(actor: Actor, study_id: int) -> bool:
    """The safety desk and the unblinded statistician do; nobody at a site."""
    return any(
        grant.site_id is None
        and (
            grant.covers(Permission.ASSESS_CASE, study_id, None)
            or grant.covers(Permission.PLAN_UNBLINDING, study_id, None)
        )
        for grant in actor.grants
    )


def full_log(connection: Connection, actor: Actor, study_id: int, now: datetime) -> tuple[FullLine, ...]:
    """Everything, newest first; the caller has made sure that the person may read it."""
    lines = [
        FullLine(**{name: getattr(line, name) for name in FullLine.__dataclass_fields__})
        for line in blinded_log(connection, actor, study_id, now)
    ]
    lines += [*_cases(connection, study_id), *_looks(connection, study_id), *_lists(connection, actor, study_id)]
    return tuple(sorted(lines, key=lambda line: (line.at, line.record), reverse=True))


def _cases(connection: Connection, study_id: int) -> Iterator[FullLine]:
    for case in safety_cases(connection, study_id):
        told = "unblinded" if case.unblinded else "assessed, stays blinded"
        where = (case.zone, case.site, case.subject)
        yield FullLine(Path.SAFETY, case.number, case.at, *where, case.person, told, case.reason, "")


def _looks(connection: Connection, study_id: int) -> Iterator[FullLine]:
    for row in connection.execute(_LOOKED, {"study_id": study_id}).mappings():
        what = "Treatment of one subject" if row["subject"] else "Contents of the site's kits"
        where = (row["zone"], row["site"], row["subject"] or "")
        yield FullLine(Path.PHARMACIST, f"L-{row['id']:04d}", row["at"], *where, row["printed_name"], what, "", "")


def _lists(connection: Connection, actor: Actor, study_id: int) -> Iterator[FullLine]:
    # From the hash of a short list its treatments can be tried out: only who takes lists reads it.
    hashed = actor.grant_for(Permission.PLAN_UNBLINDING, study_id, None) is not None
    for row in connection.execute(_TAKEN, {"study_id": study_id}).mappings():
        said = f"{row['file_name']}, SHA-256 {row['sha256']}" if hashed else row["file_name"]
        subjects = f"{len(row['subjects'])} subjects"
        yield FullLine(
            Path.PLANNED, row["number"], row["at"], "UTC", "", subjects, row["printed_name"], "List taken", said, ""
        )
