"""Dispensing as the site sees it: kits to scan, the last scan's answer, the order, the visit, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_orders import SignedOrder, order_of_dispensing, waiting_order
from irt.reads.blinded_preparations import PreparationLine, preparations_of
from irt.reads.blinded_sentences import HistoryLine, told
from irt.reads.blinded_site_facts import storage_words
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_subject import SubjectHere, calendar_of, subject_here
from irt.reads.blinded_subject_tasks import kits_expected
from irt.reads.blinded_visits import VisitOnCalendar, VisitState
from irt.reads.blinded_weight import Weighed, weighed
from irt.states.kit import Accountability, Custody
from irt.states.records import DispensingStatus, KitCheck
from irt.study.schedule import UNSCHEDULED, visit_name
from irt.supply.barcode import kit_number_in
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit, Scan
from irt.tables.people import Account
from irt.tables.record import AuditEntry
from irt.tables.subject import Visit

_TO_GIVE = (KitCheck.WAITING, KitCheck.CHECKED)


@dataclass(frozen=True, slots=True)
class KitToGive:
    """One kit of a dispensing, as everybody at the site may know it."""

    number: str
    status: KitCheck
    name: str
    storage: str
    handling: str
    lot: str
    expiry: date
    storage_place: str
    checked_at: datetime | None
    controlled: bool = False
    preparation_unit: str = ""

    @property
    def open(self) -> bool:
        """Whether it is still to be handed over."""
        return self.status in _TO_GIVE

    @property
    def done(self) -> bool:
        """Whether nothing is left to do with it."""
        return self.status in (KitCheck.CHECKED, KitCheck.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last scan was, in words."""

    kind: str
    title: str
    words: str
    read: str = ""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """The visit a dispensing is for, and what stands before and after it."""

    code: str
    occurrence: int
    name: str
    planned: date | None
    first: date | None
    last: date | None
    next_name: str
    next_planned: date | None
    next_first: date | None
    next_last: date | None
    last_dispensed_on: date | None
    last_dispensed_kits: int
    outstanding: int


@dataclass(frozen=True)
class DispenseView(BlindedView):
    """The page on which kits are scanned and handed over."""

    study_id: int
    site_id: int
    study: str
    zone: str
    today: date
    address: str
    subject_address: str
    subject: str
    status: DispensingStatus
    visit: VisitFacts
    kits: tuple[KitToGive, ...]
    answer: Answer | None
    order_required: bool
    order: SignedOrder | None
    assigned_at: datetime
    ended_at: datetime | None
    ended_by: str
    reason: str
    replaceable: bool
    misallocation_signed: bool
    visit_can_wait: bool
    deviations: tuple[str, ...]
    dose: str
    so_far: tuple[HistoryLine, ...]
    needs_witness: bool = False
    controlled_here: bool = False
    preparations: tuple[PreparationLine, ...] = ()
    prepared_by_other: bool = False

    @property
    def is_prepared(self) -> bool:
        """Whether any of the kits is prepared before it is given."""
        return any(kit.preparation_unit for kit in self.kits)

    @property
    def open_kits(self) -> tuple[KitToGive, ...]:
        """Kits still to be handed over."""
        return tuple(kit for kit in self.kits if kit.open)

    @property
    def waiting(self) -> tuple[KitToGive, ...]:
        """Kits not scanned yet."""
        return tuple(kit for kit in self.kits if kit.status == KitCheck.WAITING)

    @property
    def given(self) -> tuple[KitToGive, ...]:
        """Kits that were handed over, the wrong ones too."""
        return tuple(kit for kit in self.kits if kit.status in (KitCheck.HANDED_OVER, KitCheck.MISALLOCATED))

    @property
    def ready(self) -> bool:
        """Whether the hand-over can be confirmed: nothing is left to scan."""
        return self.is_open and not self.waiting

    @property
    def is_open(self) -> bool:
        """Whether kits wait to be handed over."""
        return self.status == DispensingStatus.ASSIGNED


_DISPENSINGS, _VISITS, _ACCOUNTS = table_of(Dispensing), table_of(Visit), table_of(Account)
_LINES, _KITS, _LOTS = table_of(DispensedKit), table_of(Kit), table_of(BlindedLot)
_SCANS, _ENTRIES = table_of(Scan), table_of(AuditEntry)
_DISPENSING = (
    select(
        _DISPENSINGS.c.status,
        _DISPENSINGS.c.order_id,
        _DISPENSINGS.c.assigned_at,
        _DISPENSINGS.c.ended_at,
        _DISPENSINGS.c.reason,
        _VISITS.c.code,
        _VISITS.c.occurrence,
    )
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .where(_DISPENSINGS.c.id == bindparam("id"), _DISPENSINGS.c.subject_id == bindparam("subject_id"))
)
_KITS_OF = (
    select(
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
_LAST_SCAN = (
    select(_SCANS.c.read, _SCANS.c.accepted, _SCANS.c.refusal)
    .where(_SCANS.c.dispensing_id == bindparam("id"))
    .order_by(_SCANS.c.id.desc())
    .limit(1)
)
_SO_FAR = (
    select(_ENTRIES.c.at, _ENTRIES.c.person, _ENTRIES.c.act, _ENTRIES.c.old, _ENTRIES.c.new, _ENTRIES.c.reason)
    .where(
        _ENTRIES.c.chain == bindparam("chain"),
        _ENTRIES.c.record_kind == "subject",
        _ENTRIES.c.record == bindparam("number"),
    )
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(200)
)
_BEFORE = (
    select(_VISITS.c.held_on, _LINES.c.id)
    .join(_DISPENSINGS, _DISPENSINGS.c.visit_id == _VISITS.c.id)
    .join(_LINES, _LINES.c.dispensing_id == _DISPENSINGS.c.id)
    .where(
        _DISPENSINGS.c.subject_id == bindparam("subject_id"),
        _DISPENSINGS.c.id != bindparam("id"),
        _LINES.c.status.in_((KitCheck.HANDED_OVER, KitCheck.MISALLOCATED)),
    )
)
_OUT = select(_KITS.c.id).where(
    _KITS.c.custody == Custody.SUBJECT,
    _KITS.c.place_id == bindparam("subject_id"),
    _KITS.c.accountability == Accountability.OUTSTANDING,
)


def dispensing_page(
    connection: Connection, actor: Actor, study_id: int, number: str, dispensing_id: int, now: datetime
) -> DispenseView:
    """A dispensing of the subject; NotFound where it is none of this subject's."""
    subject = subject_here(connection, actor, study_id, number)
    row = connection.execute(_DISPENSING, {"id": dispensing_id, "subject_id": subject.id}).mappings().first()
    if row is None:
        raise not_found("dispensing")
    kits = _kits(connection, subject, dispensing_id)
    entries = _entries(connection, subject, row)
    so_far = tuple(told(entry, subject.study) for entry in entries)
    return DispenseView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        today=subject.site.today(now),
        address=f"{subject.address}/dispense/{dispensing_id}",
        subject_address=subject.address,
        subject=subject.number,
        status=DispensingStatus(row["status"]),
        visit=visit_facts(connection, subject, row["code"], row["occurrence"], now, dispensing_id),
        kits=kits,
        answer=_answer(connection, dispensing_id, kits),
        order_required=subject.study.conduct.order_required,
        order=order_of_dispensing(connection, row["order_id"]),
        assigned_at=row["assigned_at"],
        ended_at=row["ended_at"],
        ended_by=_person(so_far) if row["ended_at"] else "",
        reason=row["reason"] or "",
        replaceable=subject.study.conduct.replacement_kits,
        misallocation_signed=subject.study.conduct.misallocation_signed,
        prepared_by_other=subject.study.identity.unblinded_pharmacist and not actor.unblinded_in(study_id),
        visit_can_wait=row["code"] != UNSCHEDULED and not any(kit.status == KitCheck.MISALLOCATED for kit in kits),
        deviations=_deviations(entries),
        dose=subject.dose,
        so_far=so_far,
        needs_witness=any(kit.controlled for kit in kits if kit.open),
        controlled_here=any(subject.site.country in group.schedules for group in subject.study.blinding_groups),
        preparations=_preparations(connection, subject, dispensing_id, kits, now),
    )


def _preparations(
    connection: Connection, subject: SubjectHere, dispensing_id: int, kits: Sequence[KitToGive], now: datetime
) -> tuple[PreparationLine, ...]:
    if not any(kit.preparation_unit for kit in kits):
        return ()
    return preparations_of(connection, subject.site, dispensing_id, now)


def _deviations(entries: Sequence[RowMapping]) -> tuple[str, ...]:
    """What was given instead of what at this visit, with the deviation's number."""
    return tuple(
        f"{entry['new']['given']} was handed over instead of {entry['new']['assigned']}. "
        f"Deviation {entry['new']['deviation']}."
        for entry in entries
        if entry["act"] == "misallocation_recorded"
    )


def _person(so_far: Sequence[HistoryLine]) -> str:
    """Who acted last."""
    return so_far[0].person if so_far else ""


def _kits(connection: Connection, subject: SubjectHere, dispensing_id: int) -> tuple[KitToGive, ...]:
    groups = {group.code: group for group in subject.study.blinding_groups}
    found = []
    for row in connection.execute(_KITS_OF, {"id": dispensing_id}).mappings():
        group = groups[row["blinding_group"]]
        found.append(
            KitToGive(
                row["number"],
                KitCheck(row["status"]),
                group.name,
                storage_words(group.storage),
                group.handling,
                row["lot"],
                row["expiry"],
                row["storage_place"],
                row["checked_at"],
                subject.site.country in group.schedules,
                group.preparation.unit if group.preparation else "",
            )
        )
    return tuple(found)


def _answer(connection: Connection, dispensing_id: int, kits: Sequence[KitToGive]) -> Answer | None:
    """The last scan in words; they name kits of this dispensing only, and never what is in them."""
    scan = connection.execute(_LAST_SCAN, {"id": dispensing_id}).mappings().first()
    if scan is None:
        return None
    read = kit_number_in(scan["read"]) or scan["read"]
    waiting = [kit for kit in kits if kit.status == KitCheck.WAITING]
    if scan["accepted"]:
        return Answer("ok", f"{read} is right. {_left(len(waiting))}", _next(waiting), read)
    put_back = kit_number_in(scan["read"]) is not None
    return Answer(
        "stop", str(scan["refusal"]), _instead(read, waiting) if put_back else "", read if put_back else ""
    )


def _left(kits: int) -> str:
    return {0: "All kits are checked.", 1: "One more kit."}.get(kits, f"{kits} more kits.")


def _next(waiting: Sequence[KitToGive]) -> str:
    if not waiting:
        return "Press Enter, or scan the CONFIRM card, to hand over."
    place = f", {waiting[0].storage_place}" if waiting[0].storage_place else ""
    return f"Next: {waiting[0].number}{place}."


def _instead(read: str, waiting: Sequence[KitToGive]) -> str:
    if not waiting:
        return f"Nothing was booked. Put {read} back. All kits of this visit are checked."
    numbers = " or ".join(kit.number for kit in waiting)
    return f"Nothing was booked. Put {read} back and take {numbers}. You can go straight on scanning."


def _entries(connection: Connection, subject: SubjectHere, visit: RowMapping) -> list[RowMapping]:
    """The subject's entries about this visit, the newest first."""
    asked = {"chain": f"study:{subject.site.study_id}", "number": subject.number}
    here = (visit["code"], visit["occurrence"])
    rows = connection.execute(_SO_FAR, asked).mappings()
    return [row for row in rows if row["new"] and (row["new"].get("visit"), row["new"].get("occurrence")) == here]


def visit_facts(
    connection: Connection,
    subject: SubjectHere,
    code: str,
    occurrence: int,
    now: datetime,
    dispensing_id: int = 0,
) -> VisitFacts:
    """A visit with its window, the next dispensing one, and what was given before."""
    calendar = calendar_of(connection, subject, now)
    this = next((visit for visit in calendar if (visit.code, visit.occurrence) == (code, occurrence)), None)
    following = _following(calendar, this)
    before = connection.execute(_BEFORE, {"subject_id": subject.id, "id": dispensing_id}).all()
    last_on = max((row.held_on for row in before if row.held_on), default=None)
    return VisitFacts(
        code=code,
        occurrence=occurrence,
        name=this.name if this else visit_name(subject.study, code, occurrence),
        planned=this.planned if this else None,
        first=this.first if this else None,
        last=this.last if this else None,
        next_name=following.name if following else "",
        next_planned=following.planned if following else None,
        next_first=following.first if following else None,
        next_last=following.last if following else None,
        last_dispensed_on=last_on,
        last_dispensed_kits=sum(row.held_on == last_on for row in before) if last_on else 0,
        outstanding=len(connection.execute(_OUT, {"subject_id": subject.id}).all()),
    )


def _following(calendar: Sequence[VisitOnCalendar], this: VisitOnCalendar | None) -> VisitOnCalendar | None:
    after = this.day if this else date.min
    return next(
        (
            visit
            for visit in calendar
            if visit.dispenses and visit.planned and visit.day > after and visit is not this
        ),
        None,
    )


@dataclass(frozen=True)
class AssignView(BlindedView):
    """The page before kits are assigned."""

    study_id: int
    site_id: int
    study: str
    zone: str
    today: date
    address: str
    subject: str
    status_words: str
    visit: VisitFacts
    state: VisitState | None
    dispensing_id: int | None
    order_required: bool
    order: SignedOrder | None
    may_sign: bool
    may_dispense: bool
    kits_expected: int | None
    weight_needed: bool
    weighing: Weighed | None
    dose: str


def assign_page(
    connection: Connection, actor: Actor, study_id: int, number: str, code: str, occurrence: int, now: datetime
) -> AssignView:
    """What stands before an assignment: window, order, whether a weight is needed."""
    subject = subject_here(connection, actor, study_id, number, Permission.DISPENSE)
    calendar = calendar_of(connection, subject, now)
    this = next((visit for visit in calendar if (visit.code, visit.occurrence) == (code, occurrence)), None)
    if this is None:
        raise not_found("visit of this subject")
    site_id = subject.site.site_id
    return AssignView(
        study_id=study_id,
        site_id=site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        today=subject.site.today(now),
        address=subject.address,
        subject=subject.number,
        status_words=subject.status.replace("_", " "),
        visit=visit_facts(connection, subject, code, occurrence, now),
        state=this.state,
        dispensing_id=this.dispensing_id,
        order_required=subject.study.conduct.order_required,
        order=waiting_order(connection, subject.id, code, occurrence),
        may_sign=actor.grant_for(Permission.SIGN_ORDER, study_id, site_id) is not None,
        may_dispense=actor.grant_for(Permission.DISPENSE, study_id, site_id) is not None,
        kits_expected=kits_expected(subject.study, code, subject.dose_level),
        weight_needed=_weight_needed(subject, code),
        weighing=weighed(connection, actor, subject, code, occurrence),
        dose=subject.dose,
    )


def _weight_needed(subject: SubjectHere, code: str) -> bool:
    """Whether the weight is typed with the assignment: not where the order or two people say it."""
    if subject.study.conduct.order_required or code in subject.study.second_checks:
        return False
    return weight_decides(subject, code)


def weight_decides(subject: SubjectHere, code: str) -> bool:
    """Whether the study says that body weight decides how many kits are given at the visit."""
    return any(count.visit == code and count.quantity is None for count in subject.study.kit_counts)
