"""The outbox: written with its cause, tried with growing pauses, sent once."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from irt.blinding.audience import Audience
from irt.errors import NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import ATTEMPTS_MAX, claim_outbox, mark_sent, wait_after, write_outbox
from irt.services.work import Work
from tests.cast import Office


class Tell(SQLModel):
    """Something to tell the world."""

    word: str
    refuse: bool = False


class Told(SQLModel):
    """The message's number."""

    message_id: int


def tell(work: Work, ask: Tell) -> Told:
    """A use case with a message."""
    message_id = write_outbox(work, "word", Audience.BLINDED, {"word": ask.word}, None)
    if ask.refuse:
        raise NotAllowed("Your role cannot do this.")
    work.audit(AuditDraft(act="told", record_kind="message", record=str(message_id)))
    return Told(message_id=message_id)


def due(office: Office, at_most: int = 20) -> list[int]:
    """The messages a sender gets now."""
    with office.store.writing() as connection:
        return [message["id"] for message in claim_outbox(connection, office.now, at_most)]


def test_a_message_is_there_with_its_cause_and_not_without(office: Office) -> None:
    """A refused use case tells nobody."""
    with pytest.raises(NotAllowed):
        office.does(office.ada, tell, Tell(word="no", refuse=True))
    assert due(office) == []
    assert due(office) == []
    message = office.does(office.ada, tell, Tell(word="yes")).message_id
    assert due(office) == [message]


def test_a_message_is_sent_once(office: Office) -> None:
    """After it has left it never comes due again."""
    message = office.does(office.ada, tell, Tell(word="yes")).message_id
    assert due(office) == [message]
    with office.store.writing() as connection:
        mark_sent(connection, message, office.now)
    office.wait(days=9)
    assert due(office) == []


def test_an_unsent_message_comes_due_again_until_it_is_given_up(office: Office) -> None:
    """Also where its sender died without a word."""
    message = office.does(office.ada, tell, Tell(word="yes")).message_id
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert due(office) == [message]
        office.now += wait_after(attempt) - timedelta(seconds=1)
        assert due(office) == []
        office.wait(seconds=1)
    assert due(office) == []


def test_senders_take_the_oldest_first_and_as_many_as_they_like(office: Office) -> None:
    """Two senders never get the same message."""
    messages = []
    for word in "abc":
        messages.append(office.does(office.ada, tell, Tell(word=word)).message_id)
        office.wait(seconds=1)
    assert [due(office, 2), due(office, 2)] == [messages[:2], messages[2:]]


def test_pauses_double_up_to_six_hours() -> None:
    """1, 2, 4 ... minutes."""
    minutes = [wait_after(attempt).total_seconds() / 60 for attempt in range(1, 12)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
