"""A pack is recalled, which ends its use at once, and closed, when every seal was counted and its kits are free."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.move_kits import lock_kits, move_kits
from irt.services.outage_packs import LockedPack, audit_pack, lock_pack, set_apart_by
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.work import Work
from irt.states.kit import Assignment, Custody, KitEvent
from irt.states.outage import PACK, PackEvent, PackStatus, SealFate
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.outage import OutageCheck, OutageEntry, OutagePackStep, OutageSeal, OutageSealFate


class RecallPack(SQLModel):
    """A pack that may not be used any more, and why."""

    study_id: int
    number: str
    reason: str
    signing: Signing = Field(exclude=True)


class CountedSeal(SQLModel):
    """How one seal was found; one that is not unopened needs a reason."""

    number: int
    fate: SealFate
    reason: str | None = None


class ClosePack(SQLModel):
    """Every seal of the pack as it was found, and why the pack is closed."""

    study_id: int
    number: str
    seals: list[CountedSeal]
    reason: str
    signing: Signing = Field(exclude=True)


class PackEnded(SQLModel):
    """How the pack stands, and the kits that are free again."""

    number: str
    status: PackStatus
    freed: list[str]


class SealsNotCounted(Refusal):
    """A seal is not accounted for."""


class EntriesWait(Refusal):
    """What was typed from paper is not compared with it yet."""


_SEALS, _ENTRIES, _CHECKS = table_of(OutageSeal), table_of(OutageEntry), table_of(OutageCheck)
_SEALS_OF = select(_SEALS.c.id, _SEALS.c.number).where(_SEALS.c.pack_id == bindparam("pack_id"))
_WAITING = (
    select(_ENTRIES.c.number)
    .outerjoin(_CHECKS, _CHECKS.c.entry_id == _ENTRIES.c.id)
    .where(_ENTRIES.c.pack_id == bindparam("pack_id"), _CHECKS.c.id.is_(None))
    .order_by(_ENTRIES.c.number)
)
_MEANINGS = {PackEvent.RECALL: Meaning.RECALL_PACK, PackEvent.CLOSE: Meaning.END_PACK}


def recall_pack(work: Work, ask: RecallPack) -> PackEnded:
    """Signs that the paper may not be used any more. Its kits stay set apart until its seals are counted."""
    pack, grant = lock_pack(work, ask.study_id, ask.number, Permission.DISPENSE)
    reason = need_reason(ask.reason)
    status = _step(work, pack, grant, PackEvent.RECALL, reason, ask.signing)
    audit_pack(work, pack, "outage_pack_recalled", reason=reason)
    return PackEnded(number=pack.number, status=status, freed=[])


def close_pack(work: Work, ask: ClosePack) -> PackEnded:
    """Signs for every seal and closes the pack; kits that were not given are free again."""
    pack, grant = lock_pack(work, ask.study_id, ask.number, Permission.DISPENSE)
    reason = need_reason(ask.reason)
    if waiting := [row["number"] for row in work.rows(_WAITING, pack_id=pack.id)]:
        raise EntriesWait(
            f"Entry {waiting[0]} of this pack was not compared with the paper yet. Nothing was booked. Have a "
            "second person check it first."
        )
    seals = {row["number"]: row["id"] for row in work.rows(_SEALS_OF, pack_id=pack.id)}
    _refuse_uncounted(seals, ask.seals)
    status = _step(work, pack, grant, PackEvent.CLOSE, reason, ask.signing)
    facts = {**pack.owner, "at": work.at, "account_id": work.actor.account_id}
    told = [seal.model_dump(mode="json") for seal in ask.seals]
    work.record_all(
        OutageSealFate,
        (
            {
                **facts,
                "seal_id": seals[seal.number],
                "fate": seal.fate,
                "reason": (seal.reason or "").strip() or None,
            }
            for seal in ask.seals
        ),
    )
    freed = _free(work, pack)
    audit_pack(work, pack, "outage_pack_closed", new={"seals": told, "freed": freed}, reason=reason)
    return PackEnded(number=pack.number, status=status, freed=freed)


def _step(
    work: Work, pack: LockedPack, grant: Grant, event: PackEvent, reason: str, signing: Signing
) -> PackStatus:
    status = next_status(PACK, pack.status, event)
    content = {"event": event, "reason": reason}
    signable = Signable(
        _MEANINGS[event], "outage pack", pack.number, content, pack.study_id, pack.site_id, pack.zone
    )
    work.append(
        OutagePackStep,
        **pack.owner,
        pack_id=pack.id,
        event=event,
        reason=reason,
        signature_id=sign_record(work, signing, signable, grant),
        at=work.at,
        account_id=work.actor.account_id,
    )
    return status


def _refuse_uncounted(seals: dict[int, int], counted: Sequence[CountedSeal]) -> None:
    """SealsNotCounted where one is left out, named twice, unknown, or broken without a reason."""
    numbers = [seal.number for seal in counted]
    if sorted(numbers) != sorted(seals):
        wrong = sorted(set(seals) ^ set(numbers)) or [n for n in numbers if numbers.count(n) > 1]
        raise SealsNotCounted(
            f"Seal {wrong[0]} is not named once. Nothing was booked. Name every seal of the pack: unopened, opened "
            "or missing."
        )
    for seal in counted:
        if seal.fate is not SealFate.UNOPENED and not (seal.reason or "").strip():
            raise SealsNotCounted(f"Say why seal {seal.number} is {seal.fate}. Nothing was booked.")


def _free(work: Work, pack: LockedPack) -> list[str]:
    """Frees the kits of the pack that still lie set apart at the site; their numbers."""
    kits = lock_kits(work, set_apart_by(work, pack.id))
    apart = [
        kit for kit in kits if kit.state.custody == Custody.SITE and kit.state.assignment == Assignment.PREALLOCATED
    ]
    move_kits(work, apart, KitEvent.UNRESERVE, reason=f"pack {pack.number} closed")
    return sorted(kit.number for kit in apart)
