"""Deviations of a study: what happened, where its kits are now, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.views import BlindedView
from irt.states.kit import (
    Accountability,
    Assignment,
    Custody,
    DisplayStatus,
    KitState,
    Quality,
    display_status,
)
from irt.tables.columns import table_of
from irt.tables.deviation import DeviationClosure
from irt.tables.kit import Kit
from irt.tables.people import Account
from irt.tables.study import Site
from irt.tables.subject import Deviation, Subject


@dataclass(frozen=True)
class KitNow(BlindedView):
    """One kit of a deviation: its part in it, and its state now."""

    part: str
    number: str
    status: DisplayStatus


@dataclass(frozen=True)
class DeviationLine(BlindedView):
    """One deviation; `closed_at` is empty while it is open."""

    number: str
    kind: str
    sentence: str
    site: str
    subject: str
    zone: str
    at: datetime
    person: str
    kits: tuple[KitNow, ...]
    closed_at: datetime | None
    closed_by: str
    assessment: str


_DEVIATIONS, _CLOSURES, _KITS = table_of(Deviation), table_of(DeviationClosure), table_of(Kit)
_SITES, _SUBJECTS, _ACCOUNTS = table_of(Site), table_of(Subject), table_of(Account)
_CLOSERS = _ACCOUNTS.alias("closer")
_EVERY = (
    select(
        _DEVIATIONS,
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _SUBJECTS.c.number.label("subject"),
        _ACCOUNTS.c.printed_name,
        _CLOSURES.c.at.label("closed_at"),
        _CLOSURES.c.assessment,
        _CLOSERS.c.printed_name.label("closed_by"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _DEVIATIONS.c.account_id)
    .outerjoin(_SITES, _SITES.c.id == _DEVIATIONS.c.site_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _DEVIATIONS.c.subject_id)
    .outerjoin(_CLOSURES, _CLOSURES.c.deviation_id == _DEVIATIONS.c.id)
    .outerjoin(_CLOSERS, _CLOSERS.c.id == _CLOSURES.c.account_id)
    .where(_DEVIATIONS.c.study_id == bindparam("study_id"))
    .order_by(_CLOSURES.c.id.is_not(None), _DEVIATIONS.c.id.desc())
)
_ONE = _EVERY.where(_DEVIATIONS.c.number == bindparam("number"))
_NAMED = select(_KITS).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_PARTS = ("given", "assigned")


def deviations_of(connection: Connection, study_id: int, now: datetime) -> tuple[DeviationLine, ...]:
    """Every deviation, open ones first, each the newest first."""
    return _told(connection, study_id, now, connection.execute(_EVERY, {"study_id": study_id}).mappings().all())


def deviation_of(connection: Connection, study_id: int, number: str, now: datetime) -> DeviationLine | None:
    """One deviation by its number."""
    rows = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().all()
    return next(iter(_told(connection, study_id, now, rows)), None)


def _told(
    connection: Connection, study_id: int, now: datetime, rows: Sequence[RowMapping]
) -> tuple[DeviationLine, ...]:
    named = {row["details"].get(part) for row in rows for part in _PARTS} - {None}
    status = _statuses(connection, study_id, sorted(named), now)
    return tuple(
        DeviationLine(
            number=row["number"],
            kind=row["kind"],
            sentence=row["sentence"],
            site=row["site"] or "",
            subject=row["subject"] or "",
            zone=row["zone"] or "UTC",
            at=row["at"],
            person=row["printed_name"],
            kits=tuple(
                KitNow(part, number, status[number])
                for part in _PARTS
                if (number := row["details"].get(part)) in status
            ),
            closed_at=row["closed_at"],
            closed_by=row["closed_by"] or "",
            assessment=row["assessment"] or "",
        )
        for row in rows
    )


def _statuses(connection: Connection, study_id: int, numbers: list[str], now: datetime) -> dict[str, DisplayStatus]:
    found = connection.execute(_NAMED, {"study_id": study_id, "numbers": numbers}).mappings()
    return {
        row["number"]: display_status(
            KitState(
                Custody(row["custody"]),
                Quality(row["quality"]),
                Assignment(row["assignment"]),
                Accountability(row["accountability"]),
            ),
            row["expiry"],
            now.date(),
        )
        for row in found
    }
