"""Two use cases that wait for each other on PostgreSQL: one is given up and done again; both are booked once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg.errors
import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, SignInAttempt
from irt.tables.record import AuditEntry, Command
from tests.bell import NOON, RingBell, Rung, a_ringer, ring_bell

ACCOUNTS = table_of(Account)
LOCK = select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == bindparam("account")).with_for_update(key_share=True)
CHANGE = update(ACCOUNTS).where(ACCOUNTS.c.id == bindparam("account")).values(email="rope@example.org")

Take = Callable[[Work, int], None]


class Cross(SQLModel):
    """Two people's rows, in the order in which they are taken."""

    first: int
    second: int


def locks(work: Work, account: int) -> None:
    """A row is locked, and that is waited for."""
    work.row(LOCK, account=account)


def changes(work: Work, account: int) -> None:
    """A row is changed, for which nobody waits."""
    work.run(CHANGE, {"account": account})


def kept(store: Store, model: type[SQLModel]) -> list[int]:
    """The ids of all rows of a table."""
    with store.reading() as connection:
        return list(connection.execute(select(table_of(model).c.id)).scalars())


@dataclass
class Crossing:
    """A use case that takes two rows; at the first try only after the other one has taken its own first row."""

    take: Take
    both_hold: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    tries: list[int] = field(default_factory=list)

    def ring(self, work: Work, ask: Cross) -> Rung:
        """Takes both rows and rings."""
        self.take(work, ask.first)
        work.row(LOCK, account=ask.first)
        self.tries.append(ask.first)
        if self.tries.count(ask.first) == 1:
            self.both_hold.wait(timeout=20)
        self.take(work, ask.second)
        return ring_bell(work, RingBell())


@pytest.mark.parametrize("take", [locks, changes])
def test_both_are_done_though_one_was_given_up(postgresql_store: Store, take: Take) -> None:
    """Each holds what the other wants, so one is given up; in the end each has rung once."""
    store = postgresql_store
    actors = [a_ringer(store, name) for name in ("quasimodo", "gudule")]
    crossing = Crossing(take)

    def ring(work: Work, ask: Cross) -> Rung:
        return crossing.ring(work, ask)

    def press(actor: Actor, other: Actor) -> Rung:
        ask = Cross(first=actor.account_id, second=other.account_id)
        return perform(store, actor, NOON, ring, ask, "k")

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(press, *actors), pool.submit(press, *reversed(actors))]
        rung = [one.result(timeout=30) for one in asked]
    assert len(crossing.tries) > 2
    assert [len(kept(store, model)) for model in (SignInAttempt, Command, AuditEntry)] == [2, 2, 2]
    assert sorted(one.record for one in rung) == sorted(kept(store, SignInAttempt))
    assert press(*actors) == rung[0]


@dataclass
class Fault:
    """A use case that the database ends every time."""

    original: Exception
    tries: int = 0

    def ring(self, work: Work, ask: RingBell) -> Rung:
        """Rings and is ended."""
        self.tries += 1
        ring_bell(work, ask)
        raise OperationalError("", {}, self.original)


@pytest.mark.parametrize(
    ("original", "tries"),
    [
        (psycopg.errors.DeadlockDetected(), 3),
        (psycopg.errors.SerializationFailure(), 3),
        (psycopg.errors.LockNotAvailable(), 1),
        (psycopg.errors.AdminShutdown(), 1),
    ],
    ids=["deadlock", "serialization", "lock timeout", "shutdown"],
)
def test_only_what_was_given_up_for_another_is_done_again(
    sqlite_store: Store, original: Exception, tries: int
) -> None:
    """Three times at most; then, and after any other fault at once, the fault is told and nothing is booked."""
    actor, fault = a_ringer(sqlite_store), Fault(original)
    with pytest.raises(OperationalError):
        perform(sqlite_store, actor, NOON, fault.ring, RingBell(), "k")
    assert fault.tries == tries
    assert kept(sqlite_store, SignInAttempt) == kept(sqlite_store, Command) == []
