"""One message from a vendor to its end: taken in one transaction, carried out or noted as refused in the next."""

from datetime import datetime

from irt.blinding.actor import Actor
from irt.errors import Refusal
from irt.reads.blinded_messages import message_line
from irt.services.apply_message import ApplyMessage, MessageSettled, NoteUnapplied, apply_message, note_unapplied
from irt.services.store import Store
from irt.services.take_message import MessageTaken, TakeMessage, take_message
from irt.services.unit_of_work import perform
from irt.states.vendor_message import MessageStatus


def deliver_message(store: Store, actor: Actor, at: datetime, ask: TakeMessage, key: str) -> MessageTaken:
    """Keeps the message whatever comes of it; a second call with the same key gives the first outcome.

    Between the two transactions it waits; a call again carries on where the first one stopped.
    """
    taken = perform(store, actor, at, take_message, ask, key)
    if taken.status != MessageStatus.WAITING:
        return taken
    return settle_message(store, actor, at, ApplyMessage(study_id=ask.study_id, id=taken.id))


def settle_message(store: Store, actor: Actor, at: datetime, ask: ApplyMessage) -> MessageTaken:
    """Carries out a message that waits, or notes why it cannot be."""
    # Keys that no request of another system can bring: they hold spaces.
    try:
        return perform(store, actor, at, apply_message, ask, f"apply message {ask.id}")
    except MessageSettled:
        return _outcome(store, ask)
    except Refusal as refusal:
        note = NoteUnapplied(**ask.model_dump(), refusal=refusal.name, sentence=refusal.sentence)
        return perform(store, actor, at, note_unapplied, note, f"unapplied message {ask.id}")


def _outcome(store: Store, ask: ApplyMessage) -> MessageTaken:
    """What became of a message that was settled before."""
    with store.reading_past_wall() as connection:
        line = message_line(connection, ask.study_id, ask.id)
    facts = {
        name: getattr(line, name) or None for name in ("kind", "message_id", "shipment", "refusal", "sentence")
    }
    return MessageTaken(id=line.id, status=line.status, missing=line.missing, **facts)
