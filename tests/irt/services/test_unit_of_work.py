"""One use case, one transaction, one audit entry at least; the same key counts once, whoever presses."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from irt.audit.entry import INSTALLATION
from irt.errors import BadInput, IntegrityFault
from irt.reads.audit_trail import verify_chains
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.services.write_lock import FairLock
from irt.tables import METADATA
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry
from irt.tables.secret import SecretAuditEntry
from tests.bell import (
    NOON,
    BellIsBroken,
    RingBell,
    Rung,
    a_ringer,
    ring_bell,
    ring_broken,
    ring_broken_on_record,
    ring_together,
    ring_unheard,
    toll_bell,
)
from tests.processes import fresh

Service = Callable[[Work, RingBell], Rung]


def rows_of(store: Store) -> dict[str, int]:
    """How many rows each table has, where it has any."""
    with store.reading() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


def test_the_same_key_is_answered_alike_and_booked_once(store: Store) -> None:
    """A second press gives the first answer and leaves no trace."""
    actor = a_ringer(store)
    first = perform(store, actor, NOON, ring_bell, RingBell(times=3), "k1")
    booked = rows_of(store)
    assert perform(store, actor, NOON, ring_bell, RingBell(times=3), "k1") == first
    assert rows_of(store) == booked
    assert booked["sign_in_attempt"] == booked["audit_entry"] == booked["command"] == 1


@pytest.mark.parametrize(("service", "times"), [(ring_bell, 2), (toll_bell, 1)], ids=["other ask", "other service"])
def test_a_key_is_not_lent_to_another_request(store: Store, service: Service, times: int) -> None:
    """Whoever asks something else with a used key is refused, and nothing is booked."""
    actor = a_ringer(store)
    perform(store, actor, NOON, ring_bell, RingBell(times=1), "k1")
    booked = rows_of(store)
    with pytest.raises(BadInput, match="already used"):
        perform(store, actor, NOON, service, RingBell(times=times), "k1")
    assert rows_of(store) == booked


def test_two_people_may_use_the_same_key(store: Store) -> None:
    """A key is its owner's."""
    answers = {
        perform(store, a_ringer(store, name), NOON, ring_bell, RingBell(), "k1").record for name in ("a", "b")
    }
    assert len(answers) == 2


def test_a_refusal_books_nothing(store: Store) -> None:
    """What was recorded before the refusal is gone, and the key is free again."""
    actor = a_ringer(store)
    before = rows_of(store)
    with pytest.raises(BellIsBroken):
        perform(store, actor, NOON, ring_broken, RingBell(), "k1")
    assert rows_of(store) == before
    assert perform(store, actor, NOON, ring_bell, RingBell(), "k1").times == 1


def test_a_refusal_on_a_record_leaves_its_audit_entry_and_nothing_else(store: Store) -> None:
    """The neutral sentence is in the study's trail, the full voice in the second chain."""
    actor = a_ringer(store)
    before = rows_of(store)
    with pytest.raises(BellIsBroken):
        perform(store, actor, NOON, ring_broken_on_record, RingBell(), "k1")
    written = {"audit_entry": 1, "audit_head": 1, "secret_audit_entry": 1, "secret_audit_head": 1}
    assert rows_of(store) == before | written
    with store.reading() as connection:
        entry = connection.execute(select(table_of(AuditEntry))).mappings().one()
        secret = connection.execute(select(table_of(SecretAuditEntry))).mappings().one()
    assert (entry["chain"], entry["act"], entry["record"]) == ("study:1", "ring_bell_refused", "B1")
    assert entry["new"] == {"refusal": "BellIsBroken", "sentence": "The bell is broken."}
    assert secret["blinded_sequence"] == entry["sequence"]
    assert secret["body"] == {"trace": "no clapper", "candidates": {"bells": ["B1"]}}


def test_a_use_case_without_an_audit_entry_fails(store: Store) -> None:
    """Nothing is booked that nobody could look up."""
    actor = a_ringer(store)
    before = rows_of(store)
    with pytest.raises(IntegrityFault, match="ring_unheard left no audit entry"):
        perform(store, actor, NOON, ring_unheard, RingBell(), "k1")
    assert rows_of(store) == before


def test_two_threads_with_one_key_book_once(store: Store) -> None:
    """A double click: both hear the same answer."""
    actor = a_ringer(store)
    together = threading.Barrier(2)

    def press(_: int) -> int:
        together.wait(timeout=30)
        return perform(store, actor, NOON, ring_bell, RingBell(), "k1").record

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(press, range(2)))
    assert answers[0] == answers[1]
    assert rows_of(store)["sign_in_attempt"] == 1


def test_first_entries_of_a_chain_may_arrive_together(store: Store) -> None:
    """Eight people start a chain at once: everybody is written down, one after the other."""
    actor = a_ringer(store)
    together = threading.Barrier(8)

    def press(number: int) -> int:
        together.wait(timeout=30)
        return perform(store, actor, NOON, ring_bell, RingBell(), f"k{number}").record

    with ThreadPoolExecutor(8) as people:
        assert len(set(people.map(press, range(8)))) == 8
    with store.reading() as connection:
        verdicts = verify_chains(connection)
    assert [(v.chain, v.secret, v.entries, v.fault) for v in verdicts] == [
        (INSTALLATION, False, 8, None),
        (INSTALLATION, True, 8, None),
    ]


def test_two_processes_with_one_key_book_once(store: Store) -> None:
    """A retry that another server process takes up finds the first answer."""
    actor = a_ringer(store)
    beside = fresh()
    start, heard = beside.Barrier(2), beside.Queue()
    url = store.url.render_as_string(hide_password=False)
    pressing = [
        beside.Process(target=ring_together, args=(url, actor.account_id, "k1", start, heard)) for _ in range(2)
    ]
    for process in pressing:
        process.start()
    answers = {heard.get(timeout=60) for _ in pressing}
    for process in pressing:
        process.join(timeout=60)
    assert [process.exitcode for process in pressing] == [0, 0]
    assert len(answers) == 1
    assert rows_of(store)["sign_in_attempt"] == 1


def test_the_lock_serves_in_order_of_arrival() -> None:
    """First come, first served, however many wait."""
    lock, served = FairLock(), []
    waiting = []
    with lock.turn():
        for number in range(20):
            thread = threading.Thread(target=_take_a_turn, args=(lock, served, number))
            thread.start()
            waiting.append(thread)
            while len(lock._waiting) <= number:
                pass
    for thread in waiting:
        thread.join(timeout=30)
    assert served == list(range(20))


def test_the_lock_is_free_after_a_fault() -> None:
    """Whoever fails in their turn passes the lock on."""
    lock = FairLock()
    with pytest.raises(ZeroDivisionError), lock.turn():
        _ = 1 / 0
    with lock.turn():
        assert lock._held


def _take_a_turn(lock: FairLock, served: list[int], number: int) -> None:
    with lock.turn():
        served.append(number)
