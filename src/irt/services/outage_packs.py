"""Packs for an outage as services lock them: where a pack stands, and what it set apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, bindparam, select

from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.outage import PACK, PackEvent, PackStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.outage import OutageKit, OutagePack, OutagePackStep
from irt.tables.study import Site
from irt.tables.subject import Subject


class PackStillOpen(Refusal):
    """A site has one pack at a time: two papers could send one kit to two subjects."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Pack {number} of this site is not closed. Nothing was booked. Count its seals and close it first; "
            "then a new one replaces it."
        )


@dataclass(frozen=True, slots=True)
class LockedPack:
    """A pack whose row this transaction has locked."""

    id: int
    number: str
    sponsor_id: int
    study_id: int
    site_id: int
    site: str
    zone: str
    status: PackStatus
    valid_until: date
    version_number: int
    issued_at: datetime

    @property
    def owner(self) -> dict[str, int]:
        """The keys every row of the study carries."""
        return {"sponsor_id": self.sponsor_id, "study_id": self.study_id}

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment at the site."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


_PACKS, _STEPS, _SITES = table_of(OutagePack), table_of(OutagePackStep), table_of(Site)
_KITS, _SUBJECTS = table_of(OutageKit), table_of(Subject)
_COLUMNS = (
    _PACKS.c.id,
    _PACKS.c.number,
    _PACKS.c.sponsor_id,
    _PACKS.c.study_id,
    _PACKS.c.site_id,
    _PACKS.c.valid_until,
    _PACKS.c.version_number,
    _PACKS.c.at,
    _SITES.c.number.label("site"),
    _SITES.c.zone,
)
_LOCK = (
    select(*_COLUMNS)
    .join(_SITES, _SITES.c.id == _PACKS.c.site_id)
    .where(_PACKS.c.study_id == bindparam("study_id"), _PACKS.c.number == bindparam("number"))
    .with_for_update(key_share=True, of=_PACKS)
)
_EVENTS = select(_STEPS.c.event).where(_STEPS.c.pack_id == bindparam("pack_id")).order_by(_STEPS.c.id)
_LATEST = (
    select(_PACKS.c.id, _PACKS.c.number)
    .where(_PACKS.c.site_id == bindparam("site_id"))
    .order_by(_PACKS.c.id.desc())
    .limit(1)
)
_SET_APART = (
    select(_KITS.c.kit_id, _KITS.c.visit_code, _KITS.c.occurrence, _SUBJECTS.c.number.label("subject"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _KITS.c.subject_id)
    .where(_KITS.c.pack_id == bindparam("pack_id"))
    .order_by(_KITS.c.kit_id)
)


def lock_pack(work: Work, study_id: int, number: str, permission: Permission) -> tuple[LockedPack, Grant]:
    """The pack, and the grant that allows the act at its site; NotFound where this person does not work there."""
    row = work.row(_LOCK, study_id=study_id, number=number)
    if row is None or not work.actor.reaches(study_id, row["site_id"]):
        raise NotFound("No such pack. Check the number printed on each of its pages.")
    grant = work.actor.require(permission, study_id, row["site_id"])
    return _locked(row, status_of(work, row["id"])), grant


def pack_key(work: Work, pack: LockedPack) -> str:
    """What the words of a pack's seals are derived from; it is stored nowhere."""
    return work.store.seal.derived_key(f"outage pack {pack.study_id} {pack.number}")


def _locked(row: RowMapping, status: PackStatus) -> LockedPack:
    return LockedPack(
        row["id"],
        row["number"],
        row["sponsor_id"],
        row["study_id"],
        row["site_id"],
        row["site"],
        row["zone"],
        status,
        row["valid_until"],
        row["version_number"],
        row["at"],
    )


def status_of(work: Work, pack_id: int) -> PackStatus:
    """The fold of a pack's steps."""
    status = PackStatus.ISSUED
    for row in work.rows(_EVENTS, pack_id=pack_id):
        status = next_status(PACK, status, PackEvent(row["event"]))
    return status


def earlier_pack(work: Work, site_id: int) -> int | None:
    """The id of the site's latest pack, which is closed; PackStillOpen where it is not."""
    row = work.row(_LATEST, site_id=site_id)
    if row is None:
        return None
    if status_of(work, row["id"]) != PackStatus.CLOSED:
        raise PackStillOpen(row["number"])
    return int(row["id"])


def set_apart_by(work: Work, pack_id: int) -> dict[int, tuple[str, str, int]]:
    """Kit id -> subject, visit and occurrence, of a pack."""
    return {
        row["kit_id"]: (row["subject"], row["visit_code"], row["occurrence"])
        for row in work.rows(_SET_APART, pack_id=pack_id)
    }


def audit_pack(
    work: Work, pack: LockedPack, act: str, *, new: Mapping[str, Any] | None = None, reason: str | None = None
) -> None:
    """One audit line about a pack."""
    work.audit(
        AuditDraft(
            act=act,
            record_kind="outage pack",
            record=pack.number,
            study_id=pack.study_id,
            site_id=pack.site_id,
            zone=pack.zone,
            new=None if new is None else dict(new),
            reason=reason,
        )
    )
