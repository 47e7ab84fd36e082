"""The smallest use case there is: a bell is rung, and that is written down. For tests of what all share."""

from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.errors import About, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.tables.people import Account, SignInAttempt
from tests.builders import a_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class RingBell(SQLModel):
    """How often."""

    times: int = 1


class Rung(SQLModel):
    """What was heard."""

    record: int
    times: int


class BellIsBroken(Refusal):
    """The bell does not ring."""


def ring_bell(work: Work, ask: RingBell) -> Rung:
    """Rings and leaves one line, with a secret one behind it."""
    record = ring(work, ask.times)
    work.audit(
        AuditDraft(
            "ring_bell", "bell", str(record), new={"times": ask.times}, secret={"tone": "low"}, reason="test"
        )
    )
    return Rung(record=record, times=ask.times)


def toll_bell(work: Work, ask: RingBell) -> Rung:
    """Another use case that asks and answers alike."""
    return ring_bell(work, ask)


def ring_unheard(work: Work, ask: RingBell) -> Rung:
    """A use case that forgot its audit entry."""
    return Rung(record=ring(work, ask.times), times=ask.times)


def ring_broken(work: Work, ask: RingBell) -> Rung:
    """Refused after something was booked already; the refusal concerns no record."""
    ring(work, ask.times)
    raise BellIsBroken("The bell is broken.")


def ring_broken_on_record(work: Work, ask: RingBell) -> Rung:
    """Refused likewise, and the refusal concerns a record of study 1."""
    ring(work, ask.times)
    about = About(study_id=1, site_id=None, zone="Europe/Oslo", act="ring_bell", record_kind="bell", record="B1")
    raise BellIsBroken("The bell is broken.", trace="no clapper").concerning(about, {"bells": ["B1"]})


def ring(work: Work, times: int) -> int:
    """The record of a ring."""
    return work.record(
        SignInAttempt, username="bell", succeeded=True, purpose=f"rung {times}", at=work.at, client="rope"
    )


def a_ringer(store: Store, username: str = "quasimodo") -> Actor:
    """Somebody with an account, who may do nothing in particular."""
    nobody = Actor(account_id=0, name="", grants=())
    with store.writing() as connection:
        account_id = Work(store, connection, nobody, NOON).record(
            Account, username=username, printed_name=username, email="", password_hash="", created_at=NOON
        )
    return Actor(account_id=account_id, name=username, grants=())


def ring_together(url: str, account_id: int, key: str, start: Barrier, heard: Any) -> None:
    """Rings once everybody is ready; for a process of its own."""
    store = a_store(url)
    actor = Actor(account_id=account_id, name="quasimodo", grants=())
    try:
        start.wait(timeout=60)
        heard.put(perform(store, actor, NOON, ring_bell, RingBell(), key).record)
    finally:
        store.close()
