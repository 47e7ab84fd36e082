"""One scan on a dispensing: a right kit is ticked, a wrong one is never booked. Both are recorded."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.dispensings import (
    DispensingReceipt,
    LockedDispensing,
    audit_dispensing,
    lock_dispensing,
    receipt_of,
    set_lines,
)
from irt.services.studies import protocol_of
from irt.services.work import Work
from irt.states.records import DispensingStatus, KitCheck
from irt.supply.barcode import Misread, kit_number_in, misread, protocol_in
from irt.tables.kit import Scan


class CheckKit(SQLModel):
    """What was scanned or typed on a dispensing."""

    study_id: int
    dispensing_id: int
    read: str = Field(max_length=200)


class ScanAnswer(SQLModel):
    """What the page says: the verdict, in words, and how many kits are left."""

    accepted: bool
    read: str
    title: str
    sentence: str
    left: int
    dispensing: DispensingReceipt


def check_kit(work: Work, ask: CheckKit) -> ScanAnswer:
    """Ticks the kit or refuses it in words; a wrong scan needs no click to go on."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    number = kit_number_in(ask.read)
    title, sentence, accepted = _judge(dispensing, number, misread_here(work, ask.study_id, ask.read))
    if accepted and number is not None:
        set_lines(work, dispensing, [dispensing.id_of(number)], KitCheck.CHECKED, work.at)
        dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    work.append(
        Scan,
        **dispensing.subject.owner,
        dispensing_id=dispensing.id,
        read=ask.read,
        accepted=accepted,
        refusal=None if accepted else title,
        at=work.at,
        account_id=work.actor.account_id,
    )
    act = "kit_scanned" if accepted else "scan_refused"
    audit_dispensing(work, dispensing, act, new={"read": number or ask.read, "answer": title})
    return ScanAnswer(
        accepted=accepted,
        read=number or ask.read,
        title=title,
        sentence=sentence,
        left=len(dispensing.waiting()),
        dispensing=receipt_of(dispensing, dispensing.status, dispensing.kits),
    )


def misread_here(work: Work, study_id: int, read: str) -> Misread | None:
    """Why a scan cannot be a kit of this study; the study's number is looked up only where the scan has one."""
    return misread(read, protocol_of(work, study_id) if protocol_in(read) else None)


def _judge(dispensing: LockedDispensing, number: str | None, wrong: Misread | None) -> tuple[str, str, bool]:
    """Title, sentence and whether the kit is ticked. The words never hint at whether kits are alike."""
    if dispensing.status != DispensingStatus.ASSIGNED:
        return "This dispensing has ended", "Nothing was booked. You see the current state.", False
    if wrong:
        return wrong.title, f"Nothing was booked. {wrong.sentence}", False
    if number is None:
        return "This is not a kit number", "Scan the code on the kit, or type its digits.", False
    line = next((kit for kit in dispensing.kits if kit.number == number), None)
    waiting = [kit for kit in dispensing.waiting() if kit != number]
    if line is None or line.status in (KitCheck.REPLACED, KitCheck.NOT_GIVEN, KitCheck.MISALLOCATED):
        return f"{number} is not one of this visit's kits", _take_instead(number, waiting), False
    if line.status == KitCheck.CHECKED:
        return f"{number} is already checked", f"Nothing changed. {_next(waiting)}", True
    return f"{number} is right. {_left(len(waiting))}", _next(waiting), True


def _take_instead(number: str, waiting: list[str]) -> str:
    if not waiting:
        return f"Nothing was booked. Put {number} back. All kits of this visit are checked."
    return (
        f"Nothing was booked. Put {number} back and take {' or '.join(waiting)}. You can go straight on scanning."
    )


def _left(kits: int) -> str:
    return {0: "All kits are checked.", 1: "One more kit."}.get(kits, f"{kits} more kits.")


def _next(waiting: list[str]) -> str:
    return f"Next: {waiting[0]}." if waiting else "Confirm the hand-over."
