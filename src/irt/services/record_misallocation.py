"""A kit other than the assigned one was handed over: both kits follow reality, and a deviation is opened."""

from typing import Literal

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.deviations import open_deviation
from irt.services.dispensings import (
    DispensingReceipt,
    LockedDispensing,
    audit_dispensing,
    lock_dispensing,
    receipt_of,
    set_lines,
)
from irt.services.move_kits import HeldKit, lock_kits_by_number, move_kits
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_study
from irt.services.witness import Witnessing
from irt.services.witness_hand_over import witness_other_kit
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent
from irt.states.records import DispensingStatus, KitCheck
from irt.tables.kit import DispensedKit


class RecordMisallocation(SQLModel):
    """Which kit was really given instead of which, and whether it was taken."""

    study_id: int
    dispensing_id: int
    assigned: str = Field(description="the assigned kit that stayed at the site")
    given: str = Field(description="the kit that was handed over instead")
    taken: Literal["yes", "no", "unknown"]
    reason: str = Field(min_length=1)
    witness: Witnessing | None = Field(default=None, exclude=True, description="where the kit is a controlled drug")


class MisallocationReceipt(SQLModel):
    """The deviation, and the dispensing as it now stands."""

    deviation: str
    dispensing: DispensingReceipt


class SignatureNeeded(Refusal):
    """The study has misallocations signed, and this one came without."""


class NotMisallocated(Refusal):
    """What was entered does not describe a misallocation."""


def record_misallocation(work: Work, ask: RecordMisallocation) -> MisallocationReceipt:
    """Books a misallocation where the study asks for no signature; SignatureNeeded where it does."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    with refusals_concern(dispensing.subject.about("misallocation")):
        if dispensing.subject.definition.conduct.misallocation_signed:
            raise SignatureNeeded(
                "This study has a misallocation signed. Nothing was booked. Enter your password with it."
            )
    return book_misallocation(work, ask)


def book_misallocation(work: Work, ask: RecordMisallocation) -> MisallocationReceipt:
    """Books the given kit as dispensed and the assigned one as not; nothing hints whether they are alike."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    with refusals_concern(dispensing.subject.about("misallocation")):
        return _misallocate(work, ask, dispensing)


def _misallocate(work: Work, ask: RecordMisallocation, dispensing: LockedDispensing) -> MisallocationReceipt:
    subject = dispensing.subject
    lock_study(work, subject.study_id)
    if dispensing.status != DispensingStatus.ASSIGNED or ask.assigned not in dispensing.open_kits():
        raise NotMisallocated(
            f"{ask.assigned} is not a kit waiting to be handed over at this visit. Nothing was booked."
        )
    witness_other_kit(work, dispensing, ask.given, ask.witness)
    given, assigned = _lock_both(work, ask, dispensing)
    move_kits(work, [assigned], KitEvent.REVERSE, subject_id=subject.id, reason=ask.reason)
    move_kits(
        work,
        [given],
        KitEvent.HAND_OVER_WRONGLY,
        place_id=subject.id,
        subject_id=subject.id,
        reason=ask.reason,
    )
    set_lines(work, dispensing, [assigned.id], KitCheck.NOT_GIVEN)
    work.append(
        DispensedKit,
        **subject.owner,
        dispensing_id=dispensing.id,
        kit_id=given.id,
        status=KitCheck.MISALLOCATED,
        checked_at=work.at,
        replaces_kit_id=assigned.id,
    )
    number = open_deviation(
        work,
        subject.owner,
        "misallocation",
        f"{ask.given} was handed over instead of {ask.assigned}.",
        {
            "taken": ask.taken,
            "reason": ask.reason,
            "visit": dispensing.visit,
            "given": ask.given,
            "assigned": ask.assigned,
        },
        subject_id=subject.id,
        site_id=subject.site.id,
    )
    audit_dispensing(
        work,
        dispensing,
        "misallocation_recorded",
        new={"assigned": ask.assigned, "given": ask.given, "taken": ask.taken, "deviation": number},
        reason=ask.reason,
    )
    after = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    return MisallocationReceipt(deviation=number, dispensing=receipt_of(after, after.status, after.kits))


def _lock_both(work: Work, ask: RecordMisallocation, dispensing: LockedDispensing) -> tuple[HeldKit, HeldKit]:
    """The kit really given, one of this site that is not of this dispensing, and the assigned one."""
    if ask.given in {kit.number for kit in dispensing.kits}:
        raise NotMisallocated(f"{ask.given} is one of this visit's kits. Nothing was booked. Scan it as usual.")
    kits = {kit.number: kit for kit in lock_kits_by_number(work, ask.study_id, [ask.given, ask.assigned])}
    kit = kits[ask.given]
    if kit.state.custody != Custody.SITE or kit.place_id != dispensing.subject.site.id:
        raise NotMisallocated(
            f"{ask.given} is not in this site's stock. Nothing was booked. Check the number on the kit."
        )
    return kit, kits[ask.assigned]
