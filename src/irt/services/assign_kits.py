"""Assigning kits for a visit: under lock, by the selection rule, every candidate and its verdict recorded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.candidates import candidates_at, with_promises
from irt.services.choose_at_depot import choose_at_depot, days_to_the_door
from irt.services.dispensings import DispensingReceipt, KitLine
from irt.services.home_deliveries import plan_delivery
from irt.services.kit_chance import chance_for
from irt.services.move_kits import HeldKit, move_kits
from irt.services.pipelined import UNREAD
from irt.services.subjects import LockedSubject, TooEarly, audit_subject, lock_subject, refusals_concern
from irt.services.tell_pharmacist import tell_pharmacist
from irt.services.visits import next_unscheduled
from irt.services.weigh_subject import confirmed_weight
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.records import DispensingStatus, KitCheck, VisitStatus
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.study.dispensing import KitNeed
from irt.study.dispensing_schedule import kits_due, rule_for, second_check_visits
from irt.study.schedule import UNSCHEDULED, treatment_days
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Candidate, Choice, choose_kits
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Site
from irt.tables.subject import DispensingOrder, Randomization, Visit


class AssignKits(SQLModel):
    """Kits to be assigned for a subject's visit; an unscheduled visit names the visit whose kits are given."""

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    unscheduled: bool = False
    weight_kg: Decimal | None = None
    on_day: date


class OrderMissing(Refusal):
    """The study asks for the investigator's signed order first."""

    def __init__(self) -> None:
        super().__init__(
            "The investigator has not signed the order for this visit. Nothing was booked. "
            "Ask the investigator to sign it on the worklist."
        )


class NotDispensable(Refusal):
    """The subject or the visit is not one that kits are given to now."""


class AlreadyAssigned(Refusal):
    """Somebody else was faster."""


def assign_kits(work: Work, ask: AssignKits) -> DispensingReceipt:
    """Assigns the kits that are due, or refuses in neutral words and books nothing."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("assignment")):
        return _assign(work, ask, subject)


def _assign(work: Work, ask: AssignKits, subject: LockedSubject) -> DispensingReceipt:
    _require_dispensable(subject, ask, work)
    order = _order(work, subject, ask)
    arm = arm_of(work, subject.id)
    weight_kg = _weight(work, subject, ask, order, arm)
    needs = kits_due(subject.definition, arm, subject.dose_level, ask.visit, weight_kg)
    visit_id, code, occurrence = _open_visit(work, subject, ask, weight_kg)
    home = subject.definition.delivery if subject.definition.goes_home(ask.visit) else None
    if home is not None and not home.leaves_from_site(subject.site.country):
        depot_id, choice = choose_at_depot(work, subject, ask.visit, ask.occurrence, needs, f"{code}|{occurrence}")
    else:
        lock_stock(work, subject)
        # Kits whose day of dispensing is the delivery must still be good when they arrive.
        on_the_way_days = days_to_the_door(work, subject, ask.visit)
        depot_id, choice = None, _choose(work, subject, ask, needs, f"{code}|{occurrence}", on_the_way_days)
    dispensing_id = work.record(
        Dispensing,
        **subject.owner,
        subject_id=subject.id,
        site_id=subject.site.id,
        visit_id=visit_id,
        order_id=order["id"] if order else None,
        status=DispensingStatus.ASSIGNED,
        version_number=subject.site.version_number,
        assigned_at=work.at,
        assigned_by_id=work.actor.account_id,
    )
    book_kits(work, subject, dispensing_id, choice.chosen, depot_id=depot_id)
    tell_pharmacist(work, subject, [kit.kit_type for kit in choice.chosen])
    if home is not None:
        places = {"subject_id": subject.id, "site_id": subject.site.id, "depot_id": depot_id}
        plan_delivery(work, subject.owner, dispensing_id, **places)
    audit_subject(
        work,
        subject,
        "kits_assigned",
        new={
            "visit": code,
            "occurrence": occurrence,
            "kits": [kit.number for kit in choice.chosen],
            "dispensing": dispensing_id,
            "on_day": ask.on_day.isoformat(),
            "weight_kg": None if weight_kg is None else str(weight_kg),
            "order": order["id"] if order else None,
        },
        secret=choice.trace,
    )
    return DispensingReceipt(
        study_id=subject.study_id,
        dispensing_id=dispensing_id,
        subject=subject.number,
        visit=code,
        occurrence=occurrence,
        status=DispensingStatus.ASSIGNED,
        kits=lines_of(subject, choice.chosen),
    )


def _require_dispensable(subject: LockedSubject, ask: AssignKits, work: Work) -> None:
    subject.site.require_active()
    subject.site.require_come(ask.on_day, work.at)
    visit = next((v for v in subject.definition.visits if v.code == ask.visit), None)
    if visit is None or not visit.dispenses or not visit.occurs(ask.occurrence):
        raise BadInput(f"No kits are given at visit {ask.visit}. Nothing was booked. Choose another visit.")
    allowed = ON_STUDY_TREATMENT if visit.anchor == "randomization" else {SubjectStatus.RUN_IN}
    if subject.status not in allowed:
        raise NotDispensable(
            f"Kits cannot be assigned while the subject is '{subject.status.replace('_', ' ')}'. "
            "Nothing was booked. See the subject's page for the next step."
        )
    first_day = subject.randomized_on if visit.anchor == "randomization" else subject.screened_on
    if first_day is not None and ask.on_day < first_day:
        raise TooEarly(first_day)


_TREATMENTS, _RANDOMIZATIONS = table_of(TreatmentAssignment), table_of(Randomization)
_ARM = (
    select(_TREATMENTS.c.arm)
    .join(_RANDOMIZATIONS, _RANDOMIZATIONS.c.id == _TREATMENTS.c.randomization_id)
    .where(_RANDOMIZATIONS.c.subject_id == bindparam("subject_id"))
    .order_by(_RANDOMIZATIONS.c.stage.desc())
    .limit(1)
)


def arm_of(work: Work, subject_id: int) -> str | None:
    """The subject's arm, None before randomization. For services only."""
    row = work.row(_ARM, subject_id=subject_id)
    return None if row is None else str(row["arm"])


_ORDERS, _VISITS, _DISPENSINGS, _SITES = (
    table_of(DispensingOrder),
    table_of(Visit),
    table_of(Dispensing),
    table_of(Site),
)
_ORDER = (
    select(_ORDERS.c.id, _ORDERS.c.weight_kg)
    .where(
        _ORDERS.c.subject_id == bindparam("subject_id"),
        _ORDERS.c.visit_code == bindparam("visit"),
        _ORDERS.c.occurrence == bindparam("occurrence"),
        # Signed for another dose, it orders something else.
        _ORDERS.c.dose_level.is_not_distinct_from(bindparam("dose_level")),
        ~select(_DISPENSINGS.c.id).where(_DISPENSINGS.c.order_id == _ORDERS.c.id).exists(),
    )
    .order_by(_ORDERS.c.id.desc())
    .limit(1)
)
_VISIT = (
    select(_VISITS.c.id, _VISITS.c.status, _DISPENSINGS.c.status.label("dispensing"), _DISPENSINGS.c.assigned_at)
    .outerjoin(_DISPENSINGS, _DISPENSINGS.c.visit_id == _VISITS.c.id)
    .where(
        _VISITS.c.subject_id == bindparam("subject_id"),
        _VISITS.c.code == bindparam("code"),
        _VISITS.c.occurrence == bindparam("occurrence"),
    )
    .order_by(_DISPENSINGS.c.id.desc())
    .limit(1)
)


def _order(work: Work, subject: LockedSubject, ask: AssignKits) -> Any:
    """The signed order this assignment uses up, None where the study asks for none."""
    if not subject.definition.conduct.order_required:
        return None
    order = work.row(
        _ORDER,
        subject_id=subject.id,
        visit=ask.visit,
        occurrence=ask.occurrence,
        dose_level=subject.dose_level,
    )
    if order is None:
        raise OrderMissing
    return order


def _weight(work: Work, subject: LockedSubject, ask: AssignKits, order: Any, arm: str | None) -> Decimal | None:
    """The weight the dose follows: of the order, as typed now, or as two people typed it where the study asks."""
    definition = subject.definition
    typed = ask.weight_kg if order is None or order["weight_kg"] is None else Decimal(order["weight_kg"])
    if ask.visit not in second_check_visits(definition):
        return typed
    if rule_for(definition, arm, subject.dose_level, ask.visit).by_weight is None:
        return typed
    return confirmed_weight(work, subject, ask.visit, ask.occurrence, typed, unscheduled=ask.unscheduled)


def _open_visit(
    work: Work, subject: LockedSubject, ask: AssignKits, weight_kg: Decimal | None
) -> tuple[int, str, int]:
    """The visit the kits are for; it is held on the day the kits are assigned."""
    code, occurrence, known = ask.visit, ask.occurrence, None
    weight = None if weight_kg is None else str(weight_kg)
    if ask.unscheduled:
        code, occurrence = UNSCHEDULED, next_unscheduled(work, subject.id)
    else:
        known = work.row(_VISIT, subject_id=subject.id, code=code, occurrence=occurrence)
    if known is not None:
        _require_undispensed(known)
        held = {"status": VisitStatus.DONE, "held_on": ask.on_day, "weight_kg": weight, "reason": None}
        work.run(update(_VISITS).where(_VISITS.c.id == known["id"]).values(**held))
        return known["id"], code, occurrence
    visit_id = work.record(
        Visit,
        **subject.owner,
        subject_id=subject.id,
        code=code,
        occurrence=occurrence,
        status=VisitStatus.DONE,
        held_on=ask.on_day,
        weight_kg=weight,
        reason=f"as {ask.visit}" if ask.unscheduled else None,
    )
    return visit_id, code, occurrence


def _require_undispensed(visit: Any) -> None:
    if visit["dispensing"] == DispensingStatus.ASSIGNED:
        raise AlreadyAssigned(
            f"Kits for this visit were already assigned at {visit['assigned_at']:%H:%M:%S} UTC. "
            "Nothing was booked twice. You see the current state."
        )
    if visit["dispensing"] in (DispensingStatus.HANDED_OVER, DispensingStatus.HANDED_OVER_PARTLY):
        raise NotDispensable(
            "Kits for this visit were already handed over. Nothing was booked twice. "
            "If the patient needs more, record an unscheduled visit."
        )


_LOCK_SITE = (
    select(_SITES.c.id).prefix_with(UNREAD).where(_SITES.c.id == bindparam("id")).with_for_update(key_share=True)
)


def lock_stock(work: Work, subject: LockedSubject) -> None:
    """One assignment at a time at a site, so that two never choose the same kit."""
    if not work.store.is_sqlite:
        work.run(_LOCK_SITE, {"id": subject.site.id})


def _choose(
    work: Work,
    subject: LockedSubject,
    ask: AssignKits,
    needs: Sequence[KitNeed],
    of_visit: str,
    on_the_way_days: int,
) -> Choice:
    definition, site = subject.definition, subject.site
    # The kits go out today, also where the visit is entered for an earlier day.
    today = site.today(work.at) + timedelta(days=on_the_way_days)
    kit_types = {need.kit_type for need in needs}
    if not kit_types:
        return Choice((), {"on_day": today.isoformat(), "needs": {}, "kits": []})
    candidates = candidates_at(
        work.connection, subject.study_id, site.id, site.country, site.label_group, kit_types, lock=True
    )
    candidates = with_promises(work.connection, candidates, subject.id)
    days = treatment_days(definition, ask.visit, ask.occurrence)
    windows: Mapping[str, int] = dispensing_windows(definition, site.country, kit_types, days)
    return choose_kits(candidates, needs, today, windows, chance_for(work, subject, of_visit))


def book_kits(
    work: Work,
    subject: LockedSubject,
    dispensing_id: int,
    chosen: Iterable[Candidate],
    replaces_kit_id: int | None = None,
    depot_id: int | None = None,
) -> None:
    """Assigns chosen kits to the subject and puts them on the dispensing; at a depot, they wait to go home."""
    place_id = depot_id or subject.site.id
    kits = [HeldKit(c.id, c.number, c.state, place_id, subject.sponsor_id, subject.study_id) for c in chosen]
    event = KitEvent.ASSIGN if depot_id is None else KitEvent.PREALLOCATE
    move_kits(work, kits, event, subject_id=subject.id)
    work.record_all(
        DispensedKit,
        (
            {
                **subject.owner,
                "dispensing_id": dispensing_id,
                "kit_id": kit.id,
                "status": KitCheck.WAITING,
                "replaces_kit_id": replaces_kit_id,
            }
            for kit in kits
        ),
    )


def lines_of(subject: LockedSubject, chosen: Sequence[Candidate]) -> list[KitLine]:
    """Chosen kits as the site is told of them, in order of kit number."""
    definition = subject.definition
    return [
        KitLine(
            number=kit.number,
            status=KitCheck.WAITING,
            name=definition.blinding_group(definition.kit_type(kit.kit_type).blinding_group).name,
            lot=kit.lot,
            expiry=kit.expiry,
            storage_place=kit.storage_place,
        )
        for kit in chosen
    ]
