"""Cases as the safety desk reads them: what was answered, and whether the subject was unblinded; never the arm."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.case_document import CaseFacts
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.tables.columns import table_of
from irt.tables.kit import Dispensing
from irt.tables.people import Account
from irt.tables.secret import SafetyCase
from irt.tables.study import Site, Study
from irt.tables.subject import Subject, Visit


@dataclass(frozen=True)
class CaseLine(UnblindedView):
    """One assessed case."""

    number: str
    subject: str
    site: str
    zone: str
    serious: bool
    suspected: bool
    expected: bool
    unblinded: bool
    reason: str
    at: datetime
    person: str


_CASES, _SUBJECTS, _SITES = table_of(SafetyCase), table_of(Subject), table_of(Site)
_ACCOUNTS, _STUDIES = table_of(Account), table_of(Study)
_DISPENSINGS, _VISITS = table_of(Dispensing), table_of(Visit)
_EVERY = (
    select(
        _CASES,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.number.label("site"),
        _SITES.c.country,
        _SITES.c.zone,
        _ACCOUNTS.c.printed_name,
        _STUDIES.c.protocol,
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _CASES.c.subject_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _CASES.c.account_id)
    .join(_STUDIES, _STUDIES.c.id == _CASES.c.study_id)
    .where(_CASES.c.study_id == bindparam("study_id"))
    .order_by(_CASES.c.id.desc())
)
_ONE = _EVERY.where(_CASES.c.number == bindparam("number"))
_DAYS = (
    select(func.min(_VISITS.c.held_on), func.max(_VISITS.c.held_on))
    .join(_DISPENSINGS, _DISPENSINGS.c.visit_id == _VISITS.c.id)
    .where(_DISPENSINGS.c.subject_id == bindparam("subject_id"))
)


def safety_cases(connection: Connection, study_id: int) -> tuple[CaseLine, ...]:
    """Every assessed case of a study, newest first."""
    return tuple(map(_line, connection.execute(_EVERY, {"study_id": study_id}).mappings()))


def case_facts(
    connection: Connection, study_id: int, number: str, arms: tuple[str, ...], assessed_on: date
) -> CaseFacts:
    """What the document of a case says; `arms` as they were told to the person who takes it."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound("No such case. Check its number.")
    first, last = connection.execute(_DAYS, {"subject_id": row["subject_id"]}).one()
    return CaseFacts(
        number=number,
        protocol=row["protocol"],
        country=row["country"],
        subject=row["subject"],
        arms=arms,
        serious=row["serious"],
        suspected=row["suspected"],
        expected=row["expected"],
        reason=row["reason"],
        first_day=first,
        last_day=last,
        assessed_on=assessed_on,
        person=row["printed_name"],
    )


def _line(row: RowMapping) -> CaseLine:
    return CaseLine(
        number=row["number"],
        subject=row["subject"],
        site=row["site"],
        zone=row["zone"],
        serious=row["serious"],
        suspected=row["suspected"],
        expected=row["expected"],
        unblinded=row["unblinded"],
        reason=row["reason"],
        at=row["at"],
        person=row["printed_name"],
    )
