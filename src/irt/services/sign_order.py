"""The investigator's signed order: kits for one visit may be assigned from now on."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.subjects import LockedSubject, audit_subject, lock_subject
from irt.services.work import Work
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.study.dispensing_schedule import second_check_visits
from irt.study.schedule import visit_label
from irt.tables.columns import table_of
from irt.tables.kit import Dispensing
from irt.tables.subject import DispensingOrder


class SignOrder(SQLModel):
    """The visit whose kits are ordered, the weight the dose follows where it does, and what was typed to sign.

    `dose_level` is the level that was on the page: another one by now means that something else would be signed.
    """

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    dose_level: str | None = None
    weight_kg: Decimal | None = Field(default=None, gt=0)
    signing: Signing = Field(exclude=True)


class OrderReceipt(SQLModel):
    """A signed order."""

    study_id: int
    subject: str
    visit: str
    occurrence: int
    order_id: int
    signed_at: datetime


class OrderNotNeeded(Refusal):
    """There is nothing to order: an order waits already, or the visit gives no kits to this subject."""


class OrderChanged(Refusal):
    """The subject's dose is not the one that was read."""


_ORDERS, _DISPENSINGS = table_of(DispensingOrder), table_of(Dispensing)
_WAITING = select(_ORDERS.c.at).where(
    _ORDERS.c.subject_id == bindparam("subject_id"),
    _ORDERS.c.visit_code == bindparam("visit"),
    _ORDERS.c.occurrence == bindparam("occurrence"),
    _ORDERS.c.dose_level.is_not_distinct_from(bindparam("dose_level")),
    ~select(_DISPENSINGS.c.id).where(_DISPENSINGS.c.order_id == _ORDERS.c.id).exists(),
)


def sign_order(work: Work, ask: SignOrder) -> OrderReceipt:
    """Signs the order and stores it; kits are assigned on it once."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.SIGN_ORDER)
    grant = work.actor.require(Permission.SIGN_ORDER, ask.study_id, subject.site.id)
    _require_due(subject, ask)
    facts = {"visit": ask.visit, "occurrence": ask.occurrence, "dose_level": subject.dose_level}
    if earlier := work.row(_WAITING, subject_id=subject.id, **facts):
        raise OrderNotNeeded(
            f"The order for this visit was signed at {earlier['at']:%H:%M:%S} UTC. Nothing was signed twice."
        )
    signature_id = sign_record(work, ask.signing, signable_order(subject, ask), grant)
    order_id = work.record(
        DispensingOrder,
        **subject.owner,
        subject_id=subject.id,
        visit_code=ask.visit,
        occurrence=ask.occurrence,
        dose_level=subject.dose_level,
        weight_kg=None if ask.weight_kg is None else str(ask.weight_kg),
        signature_id=signature_id,
        version_number=subject.site.version_number,
        at=work.at,
    )
    audit_subject(
        work,
        subject,
        "order_signed",
        new={**order_content(ask), "order": order_id, "signature": signature_id},
    )
    return OrderReceipt(
        study_id=ask.study_id,
        subject=subject.number,
        visit=ask.visit,
        occurrence=ask.occurrence,
        order_id=order_id,
        signed_at=work.at,
    )


def order_content(ask: SignOrder) -> dict[str, object]:
    """What is signed."""
    return {
        "visit": ask.visit,
        "occurrence": ask.occurrence,
        "dose_level": ask.dose_level,
        "weight_kg": None if ask.weight_kg is None else str(ask.weight_kg),
    }


def signable_order(subject: LockedSubject, ask: SignOrder) -> Signable:
    """The order as a record to sign, under the subject's number and the visit's label."""
    return Signable(
        Meaning.ORDER_DISPENSING,
        "dispensing_order",
        f"{subject.number} {visit_label(ask.visit, ask.occurrence)}",
        order_content(ask),
        study_id=subject.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )


def _require_due(subject: LockedSubject, ask: SignOrder) -> None:
    subject.site.require_active()
    visit = next((each for each in subject.definition.visits if each.code == ask.visit), None)
    if visit is None or not visit.dispenses:
        raise BadInput(f"No kits are given at visit {ask.visit}. Nothing was signed. Choose another visit.")
    if ask.weight_kg is not None and ask.visit in second_check_visits(subject.definition):
        raise BadInput(
            "At this visit two people type the body weight on its own page. Nothing was signed. "
            "Leave the weight out of the order."
        )
    if not subject.definition.conduct.order_required:
        raise OrderNotNeeded("This study asks for no signed order. Nothing was signed.")
    allowed = ON_STUDY_TREATMENT if visit.anchor == "randomization" else {SubjectStatus.RUN_IN}
    if subject.status not in allowed:
        raise OrderNotNeeded(
            f"Kits cannot be ordered while the subject is '{subject.status.replace('_', ' ')}'. Nothing was signed."
        )
    if ask.dose_level != subject.dose_level:
        raise OrderChanged("The subject’s dose was changed meanwhile. Nothing was signed. Read the order again.")
