"""Messages pushed to a depot's address: in order, signed, tried again, given up after many tries, replayed."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.errors import Refusal
from irt.messages.formats import Format, read, written
from irt.messages.signing import signed_headers
from irt.reads.blinded_messages import due_messages
from irt.reads.vendor_codes import for_vendor
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import ATTEMPTS_MAX, wait_after
from irt.services.prepare_messages import (
    AcknowledgeMessages,
    PrepareMessages,
    acknowledge_messages,
    depots_worked_at,
    prepare_messages,
)
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.vendor import VendorMessage

Send = Callable[[bytes, Mapping[str, str]], bool]
"""Sends a body with headers to the depot's address; whether it was taken."""


class ChangeMessage(SQLModel):
    """A message to a depot, by its `message_id`."""

    study_id: int
    message_id: str


class MessageChanged(SQLModel):
    """The message and its status now."""

    message_id: str
    status: MessageStatus


class StillWaiting(Refusal):
    """The message waits already."""


class Pushed(SQLModel):
    """How many were taken, and how many given up; those behind a message that was not taken wait with it."""

    taken: int
    given_up: int


_MESSAGES = table_of(VendorMessage)
_OUT = (_MESSAGES.c.study_id == bindparam("study_id"), _MESSAGES.c.direction == Direction.OUT)
_NEXT = (
    select(_MESSAGES)
    .where(*_OUT, _MESSAGES.c.depot_id == bindparam("depot_id"), _MESSAGES.c.status == MessageStatus.WAITING)
    .order_by(_MESSAGES.c.id)
    .limit(1)
)
_NAMED = select(_MESSAGES).where(*_OUT, _MESSAGES.c.message_id == bindparam("name")).with_for_update(key_share=True)
_TRIED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("row_id"))
    .values(attempts=bindparam("to_attempts"), due_at=bindparam("to_due_at"))
)
_SET = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("row_id"))
    .values(
        status=bindparam("to_status"),
        settled_at=bindparam("to_at"),
        attempts=bindparam("to_attempts"),
        due_at=None,
    )
)


def push_messages(
    store: Store, actor: Actor, now: datetime, study_id: int, depot_id: int, secrets: tuple[bytes, ...], send: Send
) -> Pushed:
    """Pushes what waits for a depot, oldest first; stops at the first that is not taken, so that order is kept."""
    with store.reading_past_wall() as connection:
        due = due_messages(connection, study_id, [depot_id])
    if due:
        perform(store, actor, now, prepare_messages, PrepareMessages(study_id=study_id), _key(store))
    taken = given_up = 0
    while (row := _next(store, study_id, depot_id)) is not None:
        if row["due_at"] is not None and row["due_at"] > now:
            break
        tries = _note_try(store, row, now)
        body = _body(store, row, now)
        if send(body, signed_headers(secrets, row["message_id"], now, body)):
            done = AcknowledgeMessages(study_id=study_id, messages=[row["message_id"]])
            perform(store, actor, now, acknowledge_messages, done, _key(store))
            taken += 1
        elif tries >= ATTEMPTS_MAX:
            asked = ChangeMessage(study_id=study_id, message_id=row["message_id"])
            perform(store, actor, now, give_up_message, asked, _key(store))
            given_up += 1
        else:
            break
    return Pushed(taken=taken, given_up=given_up)


def give_up_message(work: Work, ask: ChangeMessage) -> MessageChanged:
    """The message is a dead letter: it stays, is pushed no more, and can be replayed."""
    row = _named(work, ask)
    return _set(work, row, MessageStatus.GIVEN_UP, "message_pushed_in_vain", row["attempts"])


def replay_message(work: Work, ask: ChangeMessage) -> MessageChanged:
    """The message waits again, as if it had never been fetched; its receiver knows it by its name."""
    row = _named(work, ask)
    if row["status"] == MessageStatus.WAITING:
        raise StillWaiting(f"Message {ask.message_id} waits already. Nothing was changed.")
    return _set(work, row, MessageStatus.WAITING, "message_replayed", 0)


def _named(work: Work, ask: ChangeMessage) -> RowMapping:
    depot_ids = depots_worked_at(work, ask.study_id)
    named = _NAMED if depot_ids is None else _NAMED.where(_MESSAGES.c.depot_id.in_(depot_ids))
    return work.one("message", named, study_id=ask.study_id, name=ask.message_id)


def _set(work: Work, row: RowMapping, status: MessageStatus, act: str, attempts: int) -> MessageChanged:
    settled_at = None if status == MessageStatus.WAITING else work.at
    work.run(_SET, {"row_id": row["id"], "to_status": status, "to_at": settled_at, "to_attempts": attempts})
    work.audit(
        AuditDraft(
            act=act,
            record_kind="message",
            record=str(row["id"]),
            study_id=row["study_id"],
            new={"name": row["message_id"], "tries": row["attempts"]},
        )
    )
    return MessageChanged(message_id=row["message_id"], status=status)


def _next(store: Store, study_id: int, depot_id: int) -> RowMapping | None:
    with store.reading_past_wall() as connection:
        return connection.execute(_NEXT, {"study_id": study_id, "depot_id": depot_id}).mappings().first()


def _body(store: Store, row: RowMapping, now: datetime) -> bytes:
    """The message as it leaves, in the depot's own codes."""
    message = read(bytes(row["body"]), Format.JSON)
    with store.reading_past_wall() as connection:
        there = for_vendor(connection, row["study_id"], row["depot_id"], message, now.date())
    return written(there, Format.JSON)


def _note_try(store: Store, row: RowMapping, now: datetime) -> int:
    """Counts the try before it is made: a sender that dies leaves the message to come due again."""
    tries = int(row["attempts"]) + 1
    with store.writing() as connection:
        connection.execute(
            _TRIED, {"row_id": row["id"], "to_attempts": tries, "to_due_at": now + wait_after(tries)}
        )
    return tries


def _key(store: Store) -> str:
    return store.entropy(16).hex()
