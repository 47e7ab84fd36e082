"""A vendor's message comes in: kept always, read, and refused by name where it is not in its turn or not for us."""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Literal

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.messages.answers import Acknowledgement, Dispatch, Rejection, ShortPick
from irt.messages.arrivals import Receipt
from irt.messages.formats import Format, read
from irt.messages.message import Message
from irt.messages.orders import Manifest, ShipmentAmendment, ShipmentCancellation, ShipmentRequest
from irt.messages.stock import KitStatus, StockCount, StockSnapshot
from irt.reads.blinded_interface_tests import interface_is_open
from irt.reads.vendor_codes import from_vendor, sender_behind
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.records import Mode
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.study import Depot, Study
from irt.tables.vendor import VendorMessage


class TakeMessage(SQLModel):
    """What a vendor sent: text, or bytes as base64."""

    study_id: int
    spelling: Format
    content: str
    encoding: Literal["text", "base64"] = "text"


class MessageTaken(SQLModel):
    """What became of a message. `refusal` and `sentence` say why it was not carried out; it is kept all the same.

    `missing`: how many numbers before it never came.
    """

    id: int
    status: MessageStatus
    kind: str | None = None
    message_id: str | None = None
    shipment: str | None = None
    missing: int = Field(default=0)
    refusal: str | None = None
    sentence: str | None = None


class UnknownSender(Refusal):
    """The sender is no depot of the study, or not the one this account works at."""


class WrongStudy(Refusal):
    """The message is of another study."""


class WrongEnvironment(Refusal):
    """A message of a test sent to production, or the other way round."""


class DuplicateMessage(Refusal):
    """A message of that name was taken before."""


class OutOfOrderMessage(Refusal):
    """A later message was taken before."""


class InterfaceNotOpen(Refusal):
    """Nobody has opened the depot's interface in production, after its test was signed."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"The interface of depot {depot} is not open in this study. Nothing was booked. Its test must be "
            "signed by the vendor and by supply, and supply opens it."
        )


class MisdirectedMessage(Refusal):
    """A kind of message that we send and nobody sends us."""


APPLIED_KINDS: tuple[type[Message], ...] = (
    Acknowledgement,
    Rejection,
    ShortPick,
    Dispatch,
    Receipt,
    StockSnapshot,
    StockCount,
)
"""What is carried out at once; the rest waits for a person."""
_OURS = (ShipmentRequest, ShipmentAmendment, ShipmentCancellation, KitStatus, Manifest)
_STUDIES, _DEPOTS, _MESSAGES = table_of(Study), table_of(Depot), table_of(VendorMessage)
_STUDY = select(_STUDIES).where(_STUDIES.c.id == bindparam("study_id"))
# The lock puts the messages of one sender in a row.
_DEPOT = (
    select(_DEPOTS.c.id)
    .where(_DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("code"))
    .with_for_update(key_share=True)
)
_TAKEN = (
    _MESSAGES.c.study_id == bindparam("study_id"),
    _MESSAGES.c.depot_id == bindparam("depot_id"),
    _MESSAGES.c.direction == Direction.IN,
    _MESSAGES.c.status != MessageStatus.REFUSED,
)
_SAME = select(_MESSAGES.c.digest, _MESSAGES.c.at).where(*_TAKEN, _MESSAGES.c.message_id == bindparam("message_id"))
_LAST = select(func.max(_MESSAGES.c.sequence).label("sequence")).where(*_TAKEN)


def take_message(work: Work, ask: TakeMessage) -> MessageTaken:
    """Keeps the message; it waits to be carried out, or is noted, or refused. Nothing else is booked here."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    data = _bytes(ask)
    message: Message | None = None
    depot_id, missing = None, 0
    try:
        message = read(data, ask.spelling)
        _check_place(message, study)
        depot_id = _sender(work, ask.study_id, message)
        if study["mode"] == Mode.PRODUCTION and not interface_is_open(work.connection, depot_id):
            raise InterfaceNotOpen(message.sender)
        message = from_vendor(work.connection, depot_id, message, work.at.date())
        missing = _check_turn(work, ask.study_id, depot_id, message, _digest(data))
    except Refusal as refusal:
        return _keep(work, study, ask, data, message, MessageStatus.REFUSED, depot_id=depot_id, refused=refusal)
    status = MessageStatus.WAITING if isinstance(message, APPLIED_KINDS) else MessageStatus.NOTED
    return _keep(work, study, ask, data, message, status, depot_id=depot_id, missing=missing)


def _bytes(ask: TakeMessage) -> bytes:
    try:
        return b64decode(ask.content, validate=True) if ask.encoding == "base64" else ask.content.encode()
    except (NotBase64, UnicodeEncodeError):
        raise BadInput("The content is not text or not base64. Nothing was kept. Send it again.") from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _check_place(message: Message, study: RowMapping) -> None:
    if isinstance(message, _OURS):
        raise MisdirectedMessage(f"A {message.kind} is sent from here, not to here. Nothing was booked.")
    if message.study != study["protocol"]:
        raise WrongStudy("The message is of another study than this address. Nothing was booked. Check both.")
    if message.environment != study["mode"]:
        raise WrongEnvironment(
            f"The message is of {message.environment}, this study runs in {study['mode']}. Nothing was booked."
        )


def _sender(work: Work, study_id: int, message: Message) -> int:
    """The depot that the message is from, locked; it must be one that this account works at."""
    sender = sender_behind(work.connection, study_id, message.sender, work.at.date())
    row = work.row(_DEPOT, study_id=study_id, code=sender)
    if row is None or work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, study_id, row["id"]) is None:
        raise UnknownSender(
            "The sender is no depot that this account works at. Nothing was booked. Name the depot's code as its "
            "sender."
        )
    return int(row["id"])


def _check_turn(work: Work, study_id: int, depot_id: int, message: Message, digest: str) -> int:
    """How many numbers are missing before this one; DuplicateMessage or OutOfOrderMessage."""
    whose = {"study_id": study_id, "depot_id": depot_id}
    same = work.row(_SAME, **whose, message_id=message.message_id)
    if same is not None:
        content = "the same" if same["digest"] == digest else "another"
        raise DuplicateMessage(
            f"Message {message.message_id} was taken on {same['at']:%d %b %Y, %H:%M} UTC with {content} content. "
            "Nothing was booked again."
        )
    last = work.one("message", _LAST, **whose)["sequence"] or 0
    if message.sequence <= last:
        raise OutOfOrderMessage(
            f"Message number {last} was taken before; this is number {message.sequence}. Nothing was booked. Send "
            "it again under the next number, if it still holds."
        )
    return message.sequence - last - 1


def _keep(
    work: Work,
    study: RowMapping,
    ask: TakeMessage,
    data: bytes,
    message: Message | None,
    status: MessageStatus,
    *,
    depot_id: int | None = None,
    missing: int = 0,
    refused: Refusal | None = None,
) -> MessageTaken:
    known = {
        "kind": message and message.kind,
        "message_id": message and message.message_id,
        "shipment": getattr(message, "shipment", None),
    }
    outcome = {
        "status": status,
        "missing": missing,
        "refusal": refused and refused.name,
        "sentence": refused and refused.sentence,
    }
    row = work.record(
        VendorMessage,
        sponsor_id=study["sponsor_id"],
        study_id=ask.study_id,
        direction=Direction.IN,
        depot_id=depot_id,
        sequence=message and message.sequence,
        spelling=ask.spelling,
        digest=_digest(data),
        body=data,
        account_id=work.actor.account_id,
        at=work.at,
        settled_at=None if status == MessageStatus.WAITING else work.at,
        **known,
        **outcome,
    )
    work.audit(
        AuditDraft(
            act="message_turned_away" if refused else "message_taken",
            record_kind="message",
            record=str(row),
            study_id=ask.study_id,
            new={"name": known["message_id"] or "", "what": known["kind"] or "unknown", **outcome},
        )
    )
    return MessageTaken.model_validate({"id": row, **known, **outcome})
