"""Booking kits given on paper: they follow reality at the true time; what departs from the rules is a deviation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update

from irt.blinding.roles import Permission
from irt.services.holds import under_hold_among
from irt.services.move_kits import HeldKit, held, lock_kits, locking, move_kits
from irt.services.outage_packs import LockedPack, set_apart_by
from irt.services.paper_deviations import Outcome, departures_of_pack, open_deviations
from irt.services.site_kits import can_move
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject
from irt.services.supply_study import lock_row
from irt.services.visits import VisitOnRecord, next_unscheduled, visit_on_record
from irt.services.work import Work
from irt.states.kit import Assignment, Custody, KitEvent, Quality
from irt.states.records import DispensingStatus, KitCheck, VisitStatus
from irt.states.subject import ON_STUDY_TREATMENT, SubjectEvent, SubjectStatus
from irt.states.table import words
from irt.study.schedule import UNSCHEDULED
from irt.supply.continuity import Booking, Judged, PaperKit, judge_kit
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.subject import Visit

_KITS, _LINES, _DISPENSINGS, _VISITS = (
    table_of(Kit),
    table_of(DispensedKit),
    table_of(Dispensing),
    table_of(Visit),
)
_NAMED = locking(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_EXPIRIES = select(_KITS.c.id, _KITS.c.expiry).where(_KITS.c.id.in_(bindparam("ids", expanding=True)))
_WAITING = (
    select(_DISPENSINGS.c.id, _LINES.c.kit_id)
    .outerjoin(_LINES, _LINES.c.dispensing_id == _DISPENSINGS.c.id)
    .where(_DISPENSINGS.c.visit_id == bindparam("visit_id"), _DISPENSINGS.c.status == DispensingStatus.ASSIGNED)
)
_HOLD_VISIT = (
    update(_VISITS)
    .where(_VISITS.c.id == bindparam("of_id"))
    .values(status=VisitStatus.DONE, held_on=bindparam("on_day"), weight_kg=None, reason=None)
)
_SET_LINE = (
    update(_LINES)
    .where(_LINES.c.dispensing_id == bindparam("of_id"), _LINES.c.kit_id.in_(bindparam("kits", expanding=True)))
    .values(status=bindparam("to_status"), checked_at=bindparam("checked_at"))
)
_GIVEN = (DispensingStatus.HANDED_OVER, DispensingStatus.HANDED_OVER_PARTLY)


@dataclass(frozen=True, slots=True)
class _Place:
    """The visit that the kits are booked under, and the dispensing that waits for it, with its kits."""

    code: str
    occurrence: int
    visit_id: int | None
    dispensing_id: int | None = None
    assigned: frozenset[int] = frozenset()


def book_dispensing(work: Work, pack: LockedPack, entry: RowMapping) -> Outcome:
    """Books the kits as handed over when they were; a kit that cannot be stays where it is, with a deviation."""
    subject = lock_subject(work, pack.study_id, entry["record"], Permission.DISPENSE)
    lock_row(work, pack.study_id)
    content, told = entry["content"], _departures(pack, subject, entry)
    place, taken = _place(work, subject, content)
    kits = {
        kit.number: kit for kit in map(held, work.rows(_NAMED, study_id=pack.study_id, numbers=content["kits"]))
    }
    judged = _judge(work, pack, subject, entry, kits, place.assigned)
    if taken and any(one.booking != Booking.CONFLICT for one in judged.values()):
        told.append(taken)
    told += [one.departure for one in judged.values() if one.departure]
    _give(work, subject, entry, place, [(kits[n], one) for n, one in judged.items() if n in kits])
    numbers = open_deviations(work, pack, entry, told, subject_id=subject.id)
    booked = {number: str(one.booking) for number, one in judged.items()}
    new = {"visit": place.code, "occurrence": place.occurrence, "booked": booked, "deviations": numbers}
    times = {"happened_at": entry["happened_at"].isoformat(), "entered_at": entry["at"].isoformat()}
    audit_subject(
        work, subject, "outage_dispensing_booked", new={**new, **times, "pack": pack.number}, reason="outage"
    )
    return {"booked": booked, "deviations": numbers}


def _departures(pack: LockedPack, subject: LockedSubject, entry: RowMapping) -> list[str]:
    """What was not as it should be, apart from the kits."""
    told, day = departures_of_pack(pack, entry), pack.day_of(entry["happened_at"])
    if subject.status not in ON_STUDY_TREATMENT | {SubjectStatus.RUN_IN}:
        told.append(f"Subject {subject.number} was given kits while '{words(subject.status)}'.")
    if day < (first := subject.randomized_on or subject.screened_on):
        told.append(f"Subject {subject.number} was given kits on {day}, before {first}.")
    return told


def _place(work: Work, subject: LockedSubject, content: Mapping[str, Any]) -> tuple[_Place, str]:
    """The visit, or an unscheduled one where its kits were given meanwhile; and then a sentence that says so."""
    visit: VisitOnRecord = visit_on_record(work, subject, content["visit"], content["occurrence"])
    if visit.dispensing in _GIVEN:
        occurrence = next_unscheduled(work, subject.id)
        said = f"Kits of visit {visit.code} were given already; those on paper are booked as an unscheduled visit."
        return _Place(UNSCHEDULED, occurrence, None), said
    if visit.dispensing == DispensingStatus.ASSIGNED:
        rows = work.rows(_WAITING, visit_id=visit.id)
        assigned = frozenset(row["kit_id"] for row in rows if row["kit_id"] is not None)
        return _Place(visit.code, visit.occurrence, visit.id, rows[0]["id"], assigned), ""
    return _Place(visit.code, visit.occurrence, visit.id), ""


def _judge(
    work: Work,
    pack: LockedPack,
    subject: LockedSubject,
    entry: RowMapping,
    kits: Mapping[str, HeldKit],
    assigned: frozenset[int],
) -> dict[str, Judged]:
    content, on_day = entry["content"], pack.day_of(entry["happened_at"])
    key = (subject.number, content["visit"], content["occurrence"])
    apart = {kit_id for kit_id, of in set_apart_by(work, pack.id).items() if of == key}
    on_hold = under_hold_among(work, list(kits.values()))
    expiries = {row["id"]: row["expiry"] for row in work.rows(_EXPIRIES, ids=[kit.id for kit in kits.values()])}
    judged = {}
    for number in content["kits"]:
        kit, facts = kits.get(number), PaperKit(number)
        if kit is not None:
            promised = kit.id in assigned if kit.state.assignment == Assignment.ASSIGNED else kit.id in apart
            here = kit.state.custody == Custody.SITE and kit.place_id == subject.site.id
            facts = PaperKit(
                number,
                kit.state.custody,
                at_site=here and can_move(kit, KitEvent.HAND_OVER_WRONGLY),
                assignment=kit.state.assignment,
                usable=kit.state.quality == Quality.RELEASED and kit.id not in on_hold,
                meant=promised,
                expiry=expiries[kit.id],
            )
        judged[number] = judge_kit(facts, on_day)
    return judged


def _give(
    work: Work,
    subject: LockedSubject,
    entry: RowMapping,
    place: _Place,
    judged: Sequence[tuple[HeldKit, Judged]],
) -> None:
    """Moves the kits and writes visit, dispensing and lines; nothing where no kit can be booked."""
    at: datetime = entry["happened_at"]
    right = [kit for kit, one in judged if one.booking is Booking.AS_ASSIGNED]
    wrong = [kit for kit, one in judged if one.booking is Booking.MISALLOCATED]
    if not right and not wrong:
        return
    reserved = [kit for kit in right if kit.state.assignment != Assignment.ASSIGNED]
    ready = [kit for kit in right if kit.state.assignment == Assignment.ASSIGNED]
    ready += _move(work, subject, reserved, KitEvent.ASSIGN, subject.site.id, at)
    _move(work, subject, ready, KitEvent.HAND_OVER, subject.id, at)
    _move(work, subject, wrong, KitEvent.HAND_OVER_WRONGLY, subject.id, at)
    left = place.assigned - {kit.id for kit in right}
    dispensing_id = _dispensing(work, subject, entry, place, partly=bool(left))
    _reverse(work, subject, dispensing_id, left - {kit.id for kit in wrong})
    for some, status in ((right, KitCheck.HANDED_OVER), (wrong, KitCheck.MISALLOCATED)):
        _write_lines(work, subject, dispensing_id, some, status, at, place.assigned)
    if subject.status == SubjectStatus.RANDOMIZED:
        move_subject(work, subject, SubjectEvent.START_TREATMENT, subject.site.today(at), reason="outage")


def _move(
    work: Work, subject: LockedSubject, kits: Sequence[HeldKit], event: KitEvent, place_id: int, at: datetime
) -> list[HeldKit]:
    return move_kits(work, kits, event, place_id=place_id, subject_id=subject.id, reason="outage", occurred_at=at)


def _dispensing(work: Work, subject: LockedSubject, entry: RowMapping, place: _Place, *, partly: bool) -> int:
    """The dispensing that is now handed over: the one that waited, or a new one; its visit is held."""
    at: datetime = entry["happened_at"]
    status = DispensingStatus.HANDED_OVER_PARTLY if partly else DispensingStatus.HANDED_OVER
    if place.dispensing_id is not None:
        ended = {"status": status, "ended_at": at, "reason": "outage"}
        work.run(update(_DISPENSINGS).where(_DISPENSINGS.c.id == place.dispensing_id).values(**ended))
        return place.dispensing_id
    visit_id, on_day = place.visit_id, subject.site.today(at)
    if visit_id is not None:
        work.run(_HOLD_VISIT, {"of_id": visit_id, "on_day": on_day})
    else:
        visit = {"code": place.code, "occurrence": place.occurrence, "status": VisitStatus.DONE, "held_on": on_day}
        why = f"as {entry['content']['visit']}" if place.code == UNSCHEDULED else None
        visit_id = work.record(Visit, **subject.owner, subject_id=subject.id, **visit, reason=why)
    return work.record(
        Dispensing,
        **subject.owner,
        subject_id=subject.id,
        site_id=subject.site.id,
        visit_id=visit_id,
        status=status,
        version_number=subject.site.version_number,
        assigned_at=at,
        assigned_by_id=entry["account_id"],
        ended_at=at,
        reason="outage",
    )


def _reverse(work: Work, subject: LockedSubject, dispensing_id: int, left: frozenset[int]) -> None:
    """Kits that waited for the visit and were not given wait for a decision, as after every such visit."""
    kept = [kit for kit in lock_kits(work, left) if kit.state.assignment == Assignment.ASSIGNED]
    move_kits(work, kept, KitEvent.REVERSE, subject_id=subject.id, reason="outage")
    if kept:
        facts = {"to_status": KitCheck.NOT_GIVEN, "checked_at": None}
        work.run(_SET_LINE, {"of_id": dispensing_id, "kits": [kit.id for kit in kept], **facts})


def _write_lines(
    work: Work,
    subject: LockedSubject,
    dispensing_id: int,
    kits: Sequence[HeldKit],
    status: KitCheck,
    at: datetime,
    known: frozenset[int],
) -> None:
    if old := [kit.id for kit in kits if kit.id in known]:
        work.run(_SET_LINE, {"of_id": dispensing_id, "kits": old, "to_status": status, "checked_at": at})
    line = {**subject.owner, "dispensing_id": dispensing_id, "status": status, "checked_at": at}
    work.record_all(DispensedKit, ({**line, "kit_id": kit.id} for kit in kits if kit.id not in known))
