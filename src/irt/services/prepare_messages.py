"""Messages to depots: written for what they are still to be told of, and acknowledged when they have them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import NotAllowed, NotFound
from irt.messages.catalogue import made
from irt.messages.formats import Format, written
from irt.messages.kit_status import in_portions, status_of
from irt.messages.manifest import SENDER, amendment_of, request_of
from irt.messages.message import Message
from irt.messages.orders import ShipmentCancellation
from irt.messages.words import line_of_words
from irt.reads.blinded_manifest import story_of
from irt.reads.blinded_messages import CANCELLATION, REQUEST, DueMessage, due_messages
from irt.reads.kit_notices import kits_to_tell
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.shipment import ShipmentEvent
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment, ShipmentStep
from irt.tables.study import Depot, Study
from irt.tables.vendor import VendorMessage


class PrepareMessages(SQLModel):
    """Write what the depots of this account are to be told."""

    study_id: int


class MessagesPrepared(SQLModel):
    """The names of the messages that wait now."""

    messages: list[str]


class AcknowledgeMessages(SQLModel):
    """Messages that the depot has, by their `message_id`."""

    study_id: int
    messages: list[str] = Field(min_length=1)


class MessagesAcknowledged(SQLModel):
    """How many do not wait any more; those acknowledged before are not counted."""

    acknowledged: int


_STUDIES, _DEPOTS, _MESSAGES = table_of(Study), table_of(Depot), table_of(VendorMessage)
_SHIPMENTS, _STEPS = table_of(Shipment), table_of(ShipmentStep)
_STUDY = select(_STUDIES).where(_STUDIES.c.id == bindparam("study_id"))
# The lock keeps the numbers of one depot's messages in a row.
_LOCK = select(_DEPOTS.c.id).where(_DEPOTS.c.id == bindparam("depot_id")).with_for_update(key_share=True)
_LAST = select(func.max(_MESSAGES.c.sequence).label("sequence")).where(
    _MESSAGES.c.study_id == bindparam("study_id"),
    _MESSAGES.c.depot_id == bindparam("depot_id"),
    _MESSAGES.c.direction == Direction.OUT,
)
_WHY = (
    select(_STEPS.c.reason)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _STEPS.c.shipment_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.number == bindparam("number"),
        _STEPS.c.event == ShipmentEvent.CANCEL,
    )
)
_NAMED = (
    select(_MESSAGES.c.id, _MESSAGES.c.depot_id, _MESSAGES.c.status)
    .where(
        _MESSAGES.c.study_id == bindparam("study_id"),
        _MESSAGES.c.direction == Direction.OUT,
        _MESSAGES.c.message_id.in_(bindparam("names", expanding=True)),
    )
    .order_by(_MESSAGES.c.id)
    .with_for_update(key_share=True)
)
_DONE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id.in_(bindparam("rows", expanding=True)))
    .values(status=MessageStatus.ACKNOWLEDGED, settled_at=bindparam("to_at"))
)


def depots_worked_at(work: Work, study_id: int) -> list[int] | None:
    """The depots whose messages this account sends and fetches; None: every depot of the study."""
    work.actor.require(Permission.FULFIL_SHIPMENT, study_id)
    grants = [g for g in work.actor.grants if g.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    depots = {grant.depot_id for grant in grants}
    return None if None in depots else sorted(depot for depot in depots if depot is not None)


def prepare_messages(work: Work, ask: PrepareMessages) -> MessagesPrepared:
    """What holds for kits that were held, decided on or dated anew; requests, their changes, their ends."""
    depot_ids = depots_worked_at(work, ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    due = due_messages(work.connection, ask.study_id, depot_ids)
    for depot_id in dict.fromkeys(each.depot_id for each in due):
        work.rows(_LOCK, depot_id=depot_id)
    # Asked again under the lock: somebody else may have written them meanwhile.
    due = due_messages(work.connection, ask.study_id, depot_ids)
    names: list[str] = []
    for (depot_id, depot), some in groupby(due, key=lambda each: (each.depot_id, each.depot)):
        wrote = _write(work, study, depot_id, list(some))
        names += wrote
        _note(work, ask.study_id, "messages_prepared", depot, {"messages": len(wrote)})
    if not names:
        _note(work, ask.study_id, "messages_prepared", "any", {"messages": 0})
    return MessagesPrepared(messages=names)


def acknowledge_messages(work: Work, ask: AcknowledgeMessages) -> MessagesAcknowledged:
    """The depot has these messages; they are not given out again."""
    depot_ids = depots_worked_at(work, ask.study_id)
    rows = work.rows(_NAMED, study_id=ask.study_id, names=ask.messages)
    if len(rows) != len(set(ask.messages)):
        raise NotFound("One of these messages does not exist. Nothing was acknowledged. Check their names.")
    if depot_ids is not None and any(row["depot_id"] not in depot_ids for row in rows):
        raise NotAllowed("One of these messages is for another depot. Nothing was acknowledged.")
    waiting = [row["id"] for row in rows if row["status"] == MessageStatus.WAITING]
    if waiting:
        work.run(_DONE, {"rows": waiting, "to_at": work.at})
    _note(work, ask.study_id, "messages_acknowledged", "out", {"messages": sorted(set(ask.messages))})
    return MessagesAcknowledged(acknowledged=len(waiting))


def _write(work: Work, study: RowMapping, depot_id: int, due: list[DueMessage]) -> list[str]:
    """Writes the messages of one depot, each under the next number; their names."""
    last = work.one("message", _LAST, study_id=study["id"], depot_id=depot_id)["sequence"] or 0
    names: list[str] = []
    for each in due:
        for told in _messages(work, study, each):
            sequence = last + len(names) + 1
            envelope = {
                "message_id": f"out-{depot_id}-{sequence}",
                "sender": SENDER,
                "study": line_of_words(study["protocol"]),
                "environment": study["mode"],
                "sequence": sequence,
                "made_at": work.at,
            }
            names.append(_keep(work, study, each, told(envelope)))
    return names


def _keep(work: Work, study: RowMapping, due: DueMessage, message: Message) -> str:
    body = written(message, Format.JSON)
    work.append(
        VendorMessage,
        sponsor_id=study["sponsor_id"],
        study_id=study["id"],
        direction=Direction.OUT,
        status=MessageStatus.WAITING,
        depot_id=due.depot_id,
        message_id=message.message_id,
        kind=message.kind,
        sequence=message.sequence,
        shipment=None if due.notice else due.number,
        notice_id=due.notice.notice_id if due.notice else None,
        spelling=Format.JSON,
        digest=hashlib.sha256(body).hexdigest(),
        body=body,
        account_id=work.actor.account_id,
        at=work.at,
    )
    return message.message_id


_Told = Callable[[Mapping[str, Any]], Message]


def _messages(work: Work, study: RowMapping, due: DueMessage) -> Iterator[_Told]:
    """What is told, to be made with an envelope: one message, or several where there are very many kits."""
    if due.notice is not None:
        cause = due.notice.cause
        kits = kits_to_tell(work.connection, study["id"], due.notice, work.at)
        yield from (partial(status_of, cause=cause, kits=some) for some in in_portions(kits))
        return
    if due.kind == CANCELLATION:
        why = work.row(_WHY, study_id=study["id"], number=due.number)
        reason = line_of_words(why["reason"] if why else None) or "Cancelled by supply"
        yield lambda envelope: made(ShipmentCancellation, {**envelope, "shipment": due.number, "reason": reason})
        return
    story = story_of(work.connection, due.number, study_id=study["id"])
    yield partial(request_of if due.kind == REQUEST else amendment_of, story)


def _note(work: Work, study_id: int, act: str, record: str, new: dict[str, object]) -> None:
    work.audit(AuditDraft(act=act, record_kind="depot", record=record, study_id=study_id, new=new))
