"""Handing over: all kits, fewer with a reason, or none because the visit was not done."""

from collections.abc import Sequence
from typing import Literal

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.check_kit import misread_here
from irt.services.dispensings import (
    DispensingReceipt,
    KitLine,
    LockedDispensing,
    audit_dispensing,
    end_dispensing,
    lock_dispensing,
    receipt_of,
    set_lines,
)
from irt.services.move_kits import HeldKit, lock_kits, move_kits
from irt.services.prepare_kits import require_prepared
from irt.services.subjects import move_subject, refusals_concern
from irt.services.visits import VisitOnRecord, leave_visit
from irt.services.witness import Witnessing
from irt.services.witness_hand_over import witness_hand_over
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.records import DispensingEvent, DispensingStatus, KitCheck, VisitStatus
from irt.states.subject import ON_STUDY_TREATMENT, SubjectEvent, SubjectStatus
from irt.supply.barcode import kit_number_in
from irt.tables.kit import Scan


class HandOver(SQLModel):
    """The kits of a dispensing are handed over; `scanned` may bring the scans along in one request."""

    study_id: int
    dispensing_id: int
    scanned: list[str] = Field(default=[], description="scans not yet sent one by one")
    witness: Witnessing | None = Field(default=None, exclude=True, description="where a controlled drug is given")


class HandOverFewer(SQLModel):
    """Only the named kits are handed over; the rest is not dispensed."""

    study_id: int
    dispensing_id: int
    given: list[str] = Field(min_length=1)
    reason: str = Field(min_length=1)
    witness: Witnessing | None = Field(default=None, exclude=True, description="where a controlled drug is given")


class GiveUpDispensing(SQLModel):
    """Nothing is handed over: all kits go to quarantine with a reason, and the visit is left open or is skipped."""

    study_id: int
    dispensing_id: int
    reason: str = Field(min_length=1)
    visit_then: Literal["open", "skipped"] = Field(
        default="open", description="whether the visit may still take place; an unscheduled one is skipped"
    )


class NotAllChecked(Refusal):
    """Kits are handed over only when each was checked by scan."""

    def __init__(self, waiting: Sequence[str]) -> None:
        super().__init__(
            f"{len(waiting)} of the kits are not checked: {', '.join(waiting)}. Nothing was booked. "
            "Scan them, or give fewer kits with a reason."
        )


class NotToBeGiven(Refusal):
    """The subject is not one that kits are given to now."""


class VisitTookPlace(Refusal):
    """A kit was handed over at the visit, so it cannot be skipped."""

    def __init__(self) -> None:
        super().__init__(
            "A kit was handed over at this visit, so the visit took place and cannot be skipped. "
            "Nothing was booked. Give back the other kits and leave the visit as it is."
        )


class KitsExpired(Refusal):
    """Time went by between assignment and hand-over."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(
            f"{', '.join(numbers)}: the expiry date has passed since the kit was assigned. Nothing was booked. "
            "Do not give it. Record the visit as not done; then new kits can be assigned."
        )


def hand_over_kits(work: Work, ask: HandOver) -> DispensingReceipt:
    """Books every kit of the dispensing as handed over to the subject."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    with refusals_concern(dispensing.subject.about("hand_over")):
        scanned = _scanned(work, dispensing, ask.scanned)
        if waiting := [number for number in dispensing.waiting() if number not in scanned]:
            raise NotAllChecked(waiting)
        _require_something(dispensing)
        _record_scans(work, dispensing, ask.scanned)
        given = dispensing.open_kits()
        witness_hand_over(work, dispensing, given, ask.witness)
        require_prepared(work, dispensing, list(given))
        return _book(work, dispensing, given, DispensingEvent.HAND_OVER, None)


def hand_over_fewer(work: Work, ask: HandOverFewer) -> DispensingReceipt:
    """Books the given kits as handed over and the rest as not dispensed, in quarantine."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    with refusals_concern(dispensing.subject.about("hand_over")):
        given = [number for number in dispensing.open_kits() if number in ask.given]
        if strange := sorted(set(ask.given) - set(given)):
            raise BadInput(f"{strange[0]} is not one of this visit's kits. Nothing was booked.")
        if unchecked := [number for number in given if number in dispensing.waiting()]:
            raise NotAllChecked(unchecked)
        witness_hand_over(work, dispensing, given, ask.witness)
        require_prepared(work, dispensing, given)
        return _book(work, dispensing, given, DispensingEvent.HAND_OVER_PARTLY, ask.reason)


def give_up_dispensing(work: Work, ask: GiveUpDispensing) -> DispensingReceipt:
    """Nothing is handed over; the kits wait in quarantine for a decision."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE)
    with refusals_concern(dispensing.subject.about("giving_up")):
        if ask.visit_then == "skipped" and dispensing.wrongly_given:
            raise VisitTookPlace
        receipt = _book(work, dispensing, (), DispensingEvent.GIVE_UP, ask.reason)
    if not dispensing.wrongly_given:
        _leave_visit(work, dispensing, ask)
    return receipt


def _leave_visit(work: Work, dispensing: LockedDispensing, ask: GiveUpDispensing) -> None:
    """The visit of kits that were all given back did not take place, so far or for good."""
    held = VisitOnRecord(dispensing.visit_id, dispensing.visit, dispensing.occurrence, VisitStatus.DONE)
    skip = ask.visit_then == "skipped"
    act = leave_visit(work, dispensing.subject, held, skip=skip, reason=ask.reason)
    audit_dispensing(work, dispensing, act, old={"status": held.status}, new={}, reason=ask.reason)


_ACTS = {
    DispensingEvent.HAND_OVER: "kits_handed_over",
    DispensingEvent.HAND_OVER_PARTLY: "kits_handed_over_partly",
    DispensingEvent.GIVE_UP: "dispensing_given_up",
}


def _book(
    work: Work, dispensing: LockedDispensing, given: Sequence[str], event: DispensingEvent, reason: str | None
) -> DispensingReceipt:
    """Ends the dispensing, moves kits where they really are, and starts treatment at the first hand-over."""
    status = end_dispensing(work, dispensing, event, reason)
    subject = dispensing.subject
    if given:
        _require_givable(work, dispensing, given)
    kept = [number for number in dispensing.open_kits() if number not in given]
    # All at once, so that two transactions lock kits in one order.
    locked = {k.number: k for k in lock_kits(work, map(dispensing.id_of, dispensing.open_kits()))}
    _move(work, dispensing, [locked[n] for n in given], KitEvent.HAND_OVER, KitCheck.HANDED_OVER, None)
    _move(work, dispensing, [locked[n] for n in kept], KitEvent.REVERSE, KitCheck.NOT_GIVEN, reason)
    if (given or dispensing.wrongly_given) and subject.status == SubjectStatus.RANDOMIZED:
        move_subject(work, subject, SubjectEvent.START_TREATMENT, subject.site.today(work.at))
    audit_dispensing(
        work,
        dispensing,
        _ACTS[event],
        old={"status": dispensing.status},
        new={"status": status, "handed_over": list(given), "not_given": kept},
        reason=reason,
    )
    return receipt_of(dispensing, status, _after(dispensing, given, kept))


def _require_something(dispensing: LockedDispensing) -> None:
    """Kits may have been reported damaged or missing since they were assigned, until none is left."""
    still_open = dispensing.status == DispensingStatus.ASSIGNED
    if still_open and dispensing.kits and not dispensing.open_kits() and not dispensing.wrongly_given:
        raise NotToBeGiven(
            "No kit of this visit is left to hand over. Nothing was booked. Record the visit as not done."
        )


_MAY_BE_GIVEN = ON_STUDY_TREATMENT | {SubjectStatus.RUN_IN}


def _require_givable(work: Work, dispensing: LockedDispensing, given: Sequence[str]) -> None:
    """What was true at assignment and may have changed: the site, the subject, the date."""
    subject = dispensing.subject
    subject.site.require_active()
    if subject.status not in _MAY_BE_GIVEN:
        raise NotToBeGiven(
            f"Kits cannot be handed over while the subject is '{subject.status.replace('_', ' ')}'. "
            "Nothing was booked. Record the visit as not done."
        )
    today = subject.site.today(work.at)
    if expired := [kit.number for kit in dispensing.kits if kit.number in given and kit.expiry < today]:
        raise KitsExpired(expired)


def _move(
    work: Work,
    dispensing: LockedDispensing,
    kits: Sequence[HeldKit],
    event: KitEvent,
    check: KitCheck,
    reason: str | None,
) -> None:
    if not kits:
        return
    place = dispensing.subject.id if event == KitEvent.HAND_OVER else dispensing.subject.site.id
    move_kits(work, kits, event, place_id=place, subject_id=dispensing.subject.id, reason=reason)
    set_lines(work, dispensing, [kit.id for kit in kits], check, work.at if event == KitEvent.HAND_OVER else None)


def _after(dispensing: LockedDispensing, given: Sequence[str], kept: Sequence[str]) -> list[KitLine]:
    said = dict.fromkeys(given, KitCheck.HANDED_OVER) | dict.fromkeys(kept, KitCheck.NOT_GIVEN)
    return [kit.model_copy(update={"status": said.get(kit.number, kit.status)}) for kit in dispensing.kits]


def _scanned(work: Work, dispensing: LockedDispensing, reads: Sequence[str]) -> set[str]:
    """Kit numbers among the scans; BadInput for one that is not of this dispensing."""
    numbers = set()
    for read in reads:
        wrong = misread_here(work, dispensing.subject.owner["study_id"], read)
        if wrong:
            raise BadInput(f"{wrong.title}. Nothing was booked. {wrong.sentence}")
        number = kit_number_in(read)
        if number is None or number not in dispensing.open_kits():
            raise BadInput(
                f"{number or read} is not one of this visit's kits. Nothing was booked. Put it back and scan again."
            )
        numbers.add(number)
    return numbers


def _record_scans(work: Work, dispensing: LockedDispensing, reads: Sequence[str]) -> None:
    if not reads:
        return
    facts = {
        **dispensing.subject.owner,
        "dispensing_id": dispensing.id,
        "accepted": True,
        "at": work.at,
        "account_id": work.actor.account_id,
    }
    work.record_all(Scan, ({**facts, "read": read} for read in reads))
