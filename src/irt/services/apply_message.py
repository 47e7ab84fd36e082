"""A vendor's message is carried out: what it says becomes a step of its shipment, or a row of what differs."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import IntegrityFault, Refusal
from irt.messages.answers import Acknowledgement, Dispatch, Rejection, ShortPick
from irt.messages.arrivals import Receipt
from irt.messages.formats import Format, read
from irt.messages.stock import StockCount, StockSnapshot
from irt.reads.vendor_codes import from_vendor
from irt.services.audit_draft import AuditDraft
from irt.services.compare_stock import compare_stock
from irt.services.fulfil_shipment import (
    ShipmentStepped,
    StepShipment,
    acknowledge_shipment,
    deliver_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
    reject_shipment,
)
from irt.services.shipments import kits_underway, lock_shipment
from irt.services.short_pick import LackingKit, PickShort, pick_short
from irt.services.take_message import MessageTaken
from irt.services.work import Work
from irt.states.shipment import ShipmentStatus
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.vendor import VendorMessage


class ApplyMessage(SQLModel):
    """A message that waits, by its row."""

    study_id: int
    id: int


class NoteUnapplied(ApplyMessage):
    """Why it was not carried out."""

    refusal: str
    sentence: str


class MessageSettled(Refusal):
    """The message does not wait any more."""


class KitsDiffer(Refusal):
    """The kits of a dispatch are not those of the shipment."""


_MESSAGES, _KITS = table_of(VendorMessage), table_of(Kit)
_WAITING = (
    select(_MESSAGES)
    .where(
        _MESSAGES.c.study_id == bindparam("study_id"),
        _MESSAGES.c.id == bindparam("row_id"),
        _MESSAGES.c.direction == Direction.IN,
    )
    .with_for_update(key_share=True)
)
_SETTLE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("row_id"))
    .values(
        status=bindparam("to_status"),
        refusal=bindparam("to_refusal"),
        sentence=bindparam("to_sentence"),
        settled_at=bindparam("to_at"),
    )
)
_NUMBERS = select(_KITS.c.number).where(_KITS.c.id.in_(bindparam("kits", expanding=True)))
_TO_DISPATCH: tuple[tuple[ShipmentStatus, Callable[[Work, StepShipment], ShipmentStepped]], ...] = (
    (ShipmentStatus.REQUESTED, acknowledge_shipment),
    (ShipmentStatus.ACKNOWLEDGED, pick_shipment),
    (ShipmentStatus.PICKED, pack_shipment),
)
"""Steps that a dispatch implies where nobody took them before it."""


def apply_message(work: Work, ask: ApplyMessage) -> MessageTaken:
    """Takes the shipment's step, or compares the stock. A receipt from a vendor is a proof of delivery: no kit is
    usable before the site has received it under signature.
    """
    row = _waiting(work, ask)
    message = read(row["body"], Format(row["spelling"]))
    # In the codes of the day on which it was taken.
    message = from_vendor(work.connection, row["depot_id"], message, row["at"].date())
    step = StepShipment(study_id=ask.study_id, number=row["shipment"] or "")
    if isinstance(message, Acknowledgement):
        acknowledge_shipment(work, _at(step, occurred_at=message.acknowledged_at))
    elif isinstance(message, Rejection):
        reject_shipment(work, _at(step, reason=message.reason))
    elif isinstance(message, ShortPick):
        pick_short(work, _short(message, step))
    elif isinstance(message, Dispatch):
        _dispatch(work, message, step)
    elif isinstance(message, Receipt):
        deliver_shipment(work, _at(step, occurred_at=message.received_at))
    elif isinstance(message, StockSnapshot | StockCount):
        compare_stock(work, message, row)
    else:
        raise IntegrityFault(f"message {ask.id} waits and nothing can be done with it")
    return _settle(work, row, MessageStatus.APPLIED)


def note_unapplied(work: Work, ask: NoteUnapplied) -> MessageTaken:
    """The message stays as it came, with the refusal that met it."""
    return _settle(work, _waiting(work, ask), MessageStatus.NOT_APPLIED, ask.refusal, ask.sentence)


def _waiting(work: Work, ask: ApplyMessage) -> RowMapping:
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    row = work.one("message", _WAITING, study_id=ask.study_id, row_id=ask.id)
    if row["status"] != MessageStatus.WAITING:
        raise MessageSettled("This message was settled before. Nothing was booked again.")
    return row


def _short(message: ShortPick, step: StepShipment) -> PickShort:
    kits = [LackingKit(number=kit.number, why=kit.why, substitute=kit.substitute) for kit in message.kits]
    return PickShort(study_id=step.study_id, number=step.number, kits=kits, reason=message.reason)


def _at(step: StepShipment, **facts: Any) -> StepShipment:
    return step.model_copy(update=facts)


def _dispatch(work: Work, message: Dispatch, step: StepShipment) -> None:
    """The steps nobody took before it, then the dispatch, if its kits are the shipment's."""
    shipment = lock_shipment(work, step.study_id, step.number)
    rows = work.rows(_NUMBERS, kits=list(kits_underway(work, [shipment])))
    asked, sent = {row["number"] for row in rows}, {kit.number for kit in message.kits}
    if asked != sent:
        raise KitsDiffer(
            f"The dispatch does not name the kits of shipment {step.number}. {_some('Not named', asked - sent)}"
            f"{_some('Not asked for', sent - asked)}Nothing was booked. Send a short pick, or correct the dispatch."
        )
    step = _at(step, occurred_at=message.dispatched_at)
    before = [status for status, _ in _TO_DISPATCH]
    if shipment.status in before:
        for _, take in _TO_DISPATCH[before.index(shipment.status) :]:
            take(work, step)
    monitors = ", ".join(message.monitors) or None
    dispatch_shipment(work, _at(step, waybill=message.waybill, monitor=monitors))


def _some(words: str, numbers: set[str]) -> str:
    named = ", ".join(sorted(numbers)[:5])
    return f"{words}: {named}{' and more' if len(numbers) > 5 else ''}. " if numbers else ""


def _settle(
    work: Work, row: RowMapping, status: MessageStatus, refusal: str | None = None, sentence: str | None = None
) -> MessageTaken:
    settled = {"to_status": status, "to_refusal": refusal, "to_sentence": sentence, "to_at": work.at}
    work.run(_SETTLE, {"row_id": row["id"], **settled})
    known = {name: row[name] for name in ("id", "kind", "message_id", "shipment", "missing")}
    outcome = {"status": status, "refusal": refusal, "sentence": sentence}
    work.audit(
        AuditDraft(
            act=f"message_{status}",
            record_kind="message",
            record=str(row["id"]),
            study_id=row["study_id"],
            new={"name": row["message_id"], "what": row["kind"], "shipment": row["shipment"], **outcome},
        )
    )
    return MessageTaken.model_validate({**known, **outcome})
