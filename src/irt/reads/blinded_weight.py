"""The body weight of a visit that two people type: who did so far. The number is told once both did."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_subject import SubjectHere, subject_here
from irt.study.schedule import UNSCHEDULED, visit_name
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.subject import Visit, Weighing


@dataclass(frozen=True, slots=True)
class Weighed:
    """How far a weight got; `own` says that the reader entered it, and so cannot confirm it."""

    entered_by: str = ""
    entered_at: datetime | None = None
    own: bool = False
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True)
class WeightView(BlindedView):
    """The page on which a weight is entered, or confirmed by another person."""

    study_id: int
    site_id: int
    study: str
    zone: str
    today: date
    address: str
    subject: str
    visit: str
    occurrence: int
    unscheduled: bool
    visit_name: str
    weighed: Weighed


_WEIGHINGS, _ACCOUNTS, _VISITS = table_of(Weighing), table_of(Account), table_of(Visit)
_SECOND, _CONFIRMER = _WEIGHINGS.alias("second"), _ACCOUNTS.alias("confirmer")
_IN_FORCE = (
    select(
        _WEIGHINGS.c.account_id,
        _WEIGHINGS.c.at,
        _WEIGHINGS.c.weight_kg,
        _ACCOUNTS.c.printed_name,
        _SECOND.c.at.label("confirmed_at"),
        _CONFIRMER.c.printed_name.label("confirmed_by"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _WEIGHINGS.c.account_id)
    .outerjoin(_SECOND, _SECOND.c.confirms_id == _WEIGHINGS.c.id)
    .outerjoin(_CONFIRMER, _CONFIRMER.c.id == _SECOND.c.account_id)
    .where(
        _WEIGHINGS.c.subject_id == bindparam("subject_id"),
        _WEIGHINGS.c.visit_code == bindparam("code"),
        _WEIGHINGS.c.occurrence == bindparam("occurrence"),
        _WEIGHINGS.c.confirms_id.is_(None),
    )
    .order_by(_WEIGHINGS.c.id.desc())
    .limit(1)
)
_UNSCHEDULED = select(func.count()).where(
    _VISITS.c.subject_id == bindparam("subject_id"), _VISITS.c.code == UNSCHEDULED
)


def weighed(
    connection: Connection, actor: Actor, subject: SubjectHere, code: str, occurrence: int
) -> Weighed | None:
    """The weight in force of a visit; None where the study does not ask two people for it."""
    if code not in subject.study.second_checks:
        return None
    return _weighed(connection, actor, subject, code, occurrence)


def weight_page(
    connection: Connection,
    actor: Actor,
    study_id: int,
    number: str,
    code: str,
    occurrence: int,
    now: datetime,
    *,
    unscheduled: bool = False,
) -> WeightView:
    """What the page starts from; NotFound where the study does not ask two people at the visit."""
    subject = subject_here(connection, actor, study_id, number, Permission.DISPENSE)
    if code not in subject.study.second_checks:
        raise not_found("weight to enter")
    place = (code, occurrence)
    if unscheduled:
        place = (UNSCHEDULED, int(connection.execute(_UNSCHEDULED, {"subject_id": subject.id}).scalar_one()))
    return WeightView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        today=subject.site.today(now),
        address=subject.address,
        subject=subject.number,
        visit=code,
        occurrence=occurrence,
        unscheduled=unscheduled,
        visit_name=visit_name(subject.study, *place),
        weighed=_weighed(connection, actor, subject, *place),
    )


def _weighed(connection: Connection, actor: Actor, subject: SubjectHere, code: str, occurrence: int) -> Weighed:
    asked = {"subject_id": subject.id, "code": code, "occurrence": occurrence}
    row = connection.execute(_IN_FORCE, asked).mappings().first()
    if row is None:
        return Weighed()
    return Weighed(
        entered_by=row["printed_name"],
        entered_at=row["at"],
        own=row["account_id"] == actor.account_id,
        confirmed_by=row["confirmed_by"] or "",
        confirmed_at=row["confirmed_at"],
        weight_kg=Decimal(row["weight_kg"]) if row["confirmed_at"] else None,
    )
