"""Dispensings as services lock them, with their kits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.home_deliveries import refuse_home_bound
from irt.services.subjects import SUBJECT_COLUMNS, LockedSubject, subject_of
from irt.services.work import Work
from irt.states.records import DISPENSING, DispensingEvent, DispensingStatus, KitCheck
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit
from irt.tables.study import Site, Study
from irt.tables.subject import Subject, Visit


class KitLine(SQLModel):
    """One kit of a dispensing, as everybody at the site may know it."""

    number: str
    status: KitCheck
    name: str
    lot: str
    expiry: date
    storage_place: str
    checked_at: datetime | None = None


class DispensingReceipt(SQLModel):
    """A dispensing and its kits, in order of kit number."""

    study_id: int
    dispensing_id: int
    subject: str
    visit: str
    occurrence: int
    status: DispensingStatus
    kits: list[KitLine]


@dataclass(frozen=True, slots=True)
class LockedDispensing:
    """A dispensing whose subject this transaction has locked."""

    id: int
    status: DispensingStatus
    visit_id: int
    visit: str
    occurrence: int
    subject: LockedSubject
    kits: tuple[KitLine, ...]
    kit_ids: tuple[int, ...]

    @property
    def wrongly_given(self) -> bool:
        """Whether a kit was handed over that was not assigned."""
        return any(kit.status == KitCheck.MISALLOCATED for kit in self.kits)

    def waiting(self) -> tuple[str, ...]:
        """Numbers of the kits not yet checked."""
        return tuple(kit.number for kit in self.kits if kit.status == KitCheck.WAITING)

    def open_kits(self) -> tuple[str, ...]:
        """Numbers of the kits still to be handed over, checked or not."""
        return tuple(k.number for k in self.kits if k.status in (KitCheck.WAITING, KitCheck.CHECKED))

    def id_of(self, number: str) -> int:
        """The id of a kit of this dispensing."""
        return self.kit_ids[[kit.number for kit in self.kits].index(number)]


_DISPENSINGS, _VISITS, _SUBJECTS = table_of(Dispensing), table_of(Visit), table_of(Subject)
_SITES, _STUDIES = table_of(Site), table_of(Study)
_LINES, _KITS, _LOTS = table_of(DispensedKit), table_of(Kit), table_of(BlindedLot)
_LOCK = (
    select(
        _DISPENSINGS.c.status.label("dispensing_status"),
        _DISPENSINGS.c.visit_id,
        _VISITS.c.code,
        _VISITS.c.occurrence,
        *SUBJECT_COLUMNS,
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_STUDIES, _STUDIES.c.id == _SUBJECTS.c.study_id)
    .where(_DISPENSINGS.c.id == bindparam("id"), _DISPENSINGS.c.study_id == bindparam("study_id"))
    # Both rows are locked, so that both are read again after a wait for somebody else's change.
    .with_for_update(key_share=True, of=(_SUBJECTS, _DISPENSINGS))
)
_KIT_LINES = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _KITS.c.expiry,
        _KITS.c.storage_place,
        _LOTS.c.number.label("lot"),
        _LINES.c.status,
        _LINES.c.checked_at,
    )
    .join(_KITS, _KITS.c.id == _LINES.c.kit_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_LINES.c.dispensing_id == bindparam("id"))
    .order_by(_KITS.c.number)
)


def lock_dispensing(
    work: Work, study_id: int, dispensing_id: int, permission: Permission, *, home: bool = False
) -> LockedDispensing:
    """Locks a dispensing by locking its subject; NotFound where this person may not see it.

    Kits that go to the subject's home are acted on only by who says `home`; others get SentHome.
    """
    row = work.one("dispensing", _LOCK, id=dispensing_id, study_id=study_id)
    subject = subject_of(work, row, study_id, permission)
    if subject.definition.delivery is not None and not home:
        refuse_home_bound(work, dispensing_id)
    rows = work.rows(_KIT_LINES, id=dispensing_id)
    lines = [
        KitLine.model_construct(
            number=kit["number"],
            status=KitCheck(kit["status"]),
            name=subject.definition.blinding_group(kit["blinding_group"]).name,
            lot=kit["lot"],
            expiry=kit["expiry"],
            storage_place=kit["storage_place"],
            checked_at=kit["checked_at"],
        )
        for kit in rows
    ]
    return LockedDispensing(
        id=dispensing_id,
        status=DispensingStatus(row["dispensing_status"]),
        visit_id=row["visit_id"],
        visit=row["code"],
        occurrence=row["occurrence"],
        subject=subject,
        kits=tuple(lines),
        kit_ids=tuple(kit["id"] for kit in rows),
    )


def receipt_of(
    dispensing: LockedDispensing, status: DispensingStatus, kits: Sequence[KitLine]
) -> DispensingReceipt:
    """What the site is told."""
    return DispensingReceipt(
        study_id=dispensing.subject.study_id,
        dispensing_id=dispensing.id,
        subject=dispensing.subject.number,
        visit=dispensing.visit,
        occurrence=dispensing.occurrence,
        status=status,
        kits=list(kits),
    )


_END = (
    update(_DISPENSINGS)
    .where(_DISPENSINGS.c.id == bindparam("of_id"))
    .values(status=bindparam("to_status"), ended_at=bindparam("at"), reason=bindparam("why"))
)
_SET_LINES = (
    update(_LINES)
    .where(
        _LINES.c.dispensing_id == bindparam("of_id"),
        _LINES.c.kit_id.in_(bindparam("kits", expanding=True)),
    )
    # A kit keeps the time of its first check.
    .values(status=bindparam("to_status"), checked_at=func.coalesce(_LINES.c.checked_at, bindparam("checked_at")))
)


def end_dispensing(
    work: Work, dispensing: LockedDispensing, event: DispensingEvent, reason: str | None = None
) -> DispensingStatus:
    """Ends a dispensing; TransitionRefused where it has ended."""
    status = next_status(DISPENSING, dispensing.status, event)
    work.run(_END, {"of_id": dispensing.id, "to_status": status, "at": work.at, "why": reason})
    return status


def set_lines(
    work: Work,
    dispensing: LockedDispensing,
    kit_ids: Sequence[int],
    status: KitCheck,
    checked_at: datetime | None = None,
) -> None:
    """Sets how far kits of a dispensing got, and when they were checked if that is now."""
    if kit_ids:
        facts = {"to_status": status, "checked_at": checked_at}
        work.run(_SET_LINES, {"of_id": dispensing.id, "kits": list(kit_ids), **facts})


def audit_dispensing(
    work: Work,
    dispensing: LockedDispensing,
    act: str,
    *,
    new: dict[str, object],
    old: dict[str, object] | None = None,
    reason: str | None = None,
    secret: dict[str, object] | None = None,
) -> None:
    """One audit line about a dispensing, filed under its subject."""
    subject = dispensing.subject
    work.audit(
        AuditDraft(
            act=act,
            record_kind="subject",
            record=subject.number,
            study_id=subject.study_id,
            site_id=subject.site.id,
            zone=subject.site.zone,
            old=old,
            new={"visit": dispensing.visit, "occurrence": dispensing.occurrence, **new},
            reason=reason,
            secret=secret,
        )
    )
