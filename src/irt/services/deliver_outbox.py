"""Delivering the outbox: each due message gets one try; after the last one a person is told that it stays."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import SQLModel

from irt.errors import IntegrityFault, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.bootstrap import system_actor
from irt.services.invitation_letters import invitation_letters, link_of
from irt.services.invite_person import INVITATION
from irt.services.letters import NoticeHeld, letters_of
from irt.services.outbox import ATTEMPTS_MAX, claim_outbox, hold_back, mark_sent, outbox_waits
from irt.services.post import Post
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Outbox

_LOG = logging.getLogger("irt.worker")
_OUTBOX = table_of(Outbox)
_MESSAGE = select(_OUTBOX).where(_OUTBOX.c.id == bindparam("message_id"))


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Where letters leave, and whose name stands on them."""

    post: Post
    sender: str
    address: str = ""
    """Where people find the pages, as https://irt.example.org; letters with a link need it."""


class NobodyToTell(Refusal):
    """Nobody whom the message concerns has an address."""


class GiveUpMessage(SQLModel):
    """A message that could not be delivered."""

    message_id: int


class MessageGivenUp(SQLModel):
    """It stays in the outbox, unsent."""

    message_id: int


def deliver_outbox(store: Store, mailroom: Mailroom, now: datetime) -> int:
    """Tries every due message once; gives how many left."""
    with store.reading_past_wall() as connection:
        if not outbox_waits(connection, now):
            return 0
    with store.writing() as connection:
        claimed = claim_outbox(connection, now)
    return sum(_try(store, mailroom, message, now) for message in claimed)


def _try(store: Store, mailroom: Mailroom, message: RowMapping, now: datetime) -> bool:
    try:
        _deliver(store, mailroom, message, now)
    except NoticeHeld as held:
        with store.writing() as connection:
            hold_back(connection, message, held.sentence, now)
        return False
    except (OSError, smtplib.SMTPException, Refusal, IntegrityFault) as fault:
        _LOG.warning("message %s was not delivered: %s", message["id"], type(fault).__name__)
        if message["attempts"] + 1 >= ATTEMPTS_MAX:
            _give_up(store, message["id"], now)
        return False
    with store.writing() as connection:
        mark_sent(connection, message["id"], now)
    return True


def _deliver(store: Store, mailroom: Mailroom, message: RowMapping, now: datetime) -> None:
    with store.reading_past_wall() as connection:
        if message["kind"] == INVITATION:
            link = link_of(mailroom.address, store.seal, message["body"]["invitation"])
            letters = invitation_letters(connection, message, mailroom.sender, link, now)
        else:
            letters = letters_of(connection, message, mailroom.sender, now)
    if not letters:
        raise NobodyToTell("Nobody whom this message concerns has an address. Nothing was sent.")
    for letter in letters:
        mailroom.post.deliver(letter)


def _give_up(store: Store, message_id: int, now: datetime) -> None:
    _LOG.error("message %s is given up after %s tries", message_id, ATTEMPTS_MAX)
    with store.reading_past_wall() as connection:
        installation = system_actor(connection)
    perform(
        store, installation, now, give_up_message, GiveUpMessage(message_id=message_id), f"give-up:{message_id}"
    )


def give_up_message(work: Work, ask: GiveUpMessage) -> MessageGivenUp:
    """Says in the study's history that a message never left, so that somebody tells by another way."""
    message = work.one("message", _MESSAGE, message_id=ask.message_id)
    work.audit(
        AuditDraft(
            act="message_given_up",
            record_kind="message",
            record=str(ask.message_id),
            study_id=message["study_id"],
            new={"kind": message["kind"], "audience": message["audience"], "tries": ATTEMPTS_MAX},
        )
    )
    return MessageGivenUp(message_id=ask.message_id)
