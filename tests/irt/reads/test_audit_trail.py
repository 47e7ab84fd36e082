"""The audit trail proves itself: honest chains hold, and the first bad entry is named."""

import pytest
from sqlalchemy import Connection, text

from irt.audit.chain import Fault
from irt.blinding.actor import Actor
from irt.reads import audit_trail
from irt.reads.audit_trail import ChainVerdict, verify_chains
from irt.services.audit import write_audit
from irt.services.audit_draft import AuditDraft
from irt.services.store import Store
from irt.services.work import Work
from irt.tables.guards import GUARDS, drop_guard
from tests.bell import NOON, a_ringer

STUDY = "study:1"


def write_trail(store: Store, entries: int = 6) -> Actor:
    """Acts in study 1, every second one with a secret side, and one act of the installation."""
    actor = a_ringer(store)
    for number in range(1, entries + 1):
        with store.writing() as connection:
            work = Work(store, connection, actor, NOON)
            secret = {"arm": "A"} if number % 2 == 0 else None
            work.audit(AuditDraft("ring_bell", "bell", f"B{number}", study_id=1, new={"n": 1.5}, secret=secret))
            write_audit(work)
    with store.writing() as connection:
        work = Work(store, connection, actor, NOON)
        work.audit(AuditDraft("sign_in", "account", "ada", reason="Grüße"))
        write_audit(work)
    return actor


def verdicts(store: Store) -> dict[tuple[str, bool], ChainVerdict]:
    """The verdict on every chain."""
    with store.reading() as connection:
        return {(verdict.chain, verdict.secret): verdict for verdict in verify_chains(connection)}


def test_an_honest_trail_is_whole(store: Store) -> None:
    """Every chain is walked to its end, the secret ones too."""
    write_trail(store)
    found = {key: (verdict.entries, verdict.fault) for key, verdict in verdicts(store).items()}
    assert found == {
        (STUDY, False): (6, None),
        (STUDY, True): (3, None),
        ("installation", False): (1, None),
        ("installation", True): (0, None),
    }


def test_long_chains_are_read_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk neither loses nor repeats an entry where a batch ends."""
    write_trail(store, 7)
    for size in (1, 3, 7, 8):
        monkeypatch.setattr(audit_trail, "_BATCH_ENTRIES", size)
        assert verdicts(store)[(STUDY, False)].entries == 7
        assert verdicts(store)[(STUDY, False)].fault is None


def test_only_the_chains_asked_for_are_walked(store: Store) -> None:
    """One study at a time; a chain nobody wrote to is empty and whole."""
    write_trail(store)
    with store.reading() as connection:
        assert {verdict.chain for verdict in verify_chains(connection, [STUDY])} == {STUDY}
        assert verify_chains(connection, ["study:9"]) == [
            ChainVerdict("study:9", False, 0, None),
            ChainVerdict("study:9", True, 0, None),
        ]


ENTRY = "UPDATE audit_entry SET {} WHERE chain = 'study:1' AND sequence = {}"
SECRET = "UPDATE secret_audit_entry SET {} WHERE chain = 'study:1' AND sequence = {}"
SWAP = (
    "UPDATE audit_entry SET sequence = 99 WHERE chain = 'study:1' AND sequence = 3",
    "UPDATE audit_entry SET sequence = 3 WHERE chain = 'study:1' AND sequence = 4",
    "UPDATE audit_entry SET sequence = 4 WHERE chain = 'study:1' AND sequence = 99",
)
TAMPERING = [
    (False, ENTRY.format("act = 'screen'", 2), Fault(2, "its content does not match its hash")),
    (False, ENTRY.format("person = 'somebody else'", 1), Fault(1, "its content does not match its hash")),
    (False, ENTRY.format("reason = 'a better one'", 6), Fault(6, "its content does not match its hash")),
    (False, ENTRY.format("new = '{\"n\": 2}'", 3), Fault(3, "its content does not match its hash")),
    (False, ENTRY.format("hash = 'f'", 5), Fault(5, "its content does not match its hash")),
    (False, ENTRY.format("previous_hash = hash", 4), Fault(4, "it does not point to the entry before it")),
    (
        False,
        "DELETE FROM audit_entry WHERE chain = 'study:1' AND sequence = 3",
        Fault(3, "entry 3 is missing; entry 4 follows 2"),
    ),
    (
        False,
        "DELETE FROM audit_entry WHERE chain = 'study:1' AND sequence >= 5",
        Fault(5, "it is missing: the head says there are 6 entries"),
    ),
    (
        False,
        "DELETE FROM audit_entry WHERE chain = 'study:1'",
        Fault(1, "it is missing: the head says there are 6 entries"),
    ),
    (False, ";".join(SWAP), Fault(3, "it does not point to the entry before it")),
    (False, "DELETE FROM audit_head WHERE chain = 'study:1'", Fault(6, "the chain has lost its head")),
    (
        False,
        "UPDATE audit_head SET hash = 'f' WHERE chain = 'study:1'",
        Fault(6, "the head does not match the last entry"),
    ),
    (
        False,
        "UPDATE audit_head SET sequence = 4 WHERE chain = 'study:1'",
        Fault(6, "the head does not match the last entry"),
    ),
    (True, SECRET.format('body = \'{"arm": "B"}\'', 2), Fault(2, "its content does not match its hash")),
    (
        True,
        "DELETE FROM secret_audit_entry WHERE chain = 'study:1' AND sequence = 1",
        Fault(1, "entry 1 is missing; entry 2 follows 0"),
    ),
    (
        True,
        "DELETE FROM audit_entry WHERE chain = 'study:1' AND sequence = 4",
        Fault(2, "it points to blinded entry 4, which is missing"),
    ),
    (True, ENTRY.format("act = 'screen'", 6), Fault(3, "blinded entry 6 tells of another act")),
]


@pytest.mark.parametrize(("secret", "tampering", "fault"), TAMPERING)
def test_tampering_is_found_and_named(store: Store, secret: bool, tampering: str, fault: Fault) -> None:
    """Whoever owns the database can drop a guard, but not tamper unseen."""
    write_trail(store)
    with store.writing() as connection:
        _drop_every_guard(connection)
        for statement in tampering.split(";"):
            connection.execute(text(statement))
    assert verdicts(store)[(STUDY, secret)].fault == fault
    assert verdicts(store)[("installation", False)].fault is None


def _drop_every_guard(connection: Connection) -> None:
    for table in ("audit_entry", "secret_audit_entry"):
        assert table in {guard.table for guard in GUARDS}
        drop_guard(connection, table)


def test_a_forged_rest_of_the_chain_is_betrayed_by_its_head(store: Store) -> None:
    """Somebody who hashes every later entry again must forge the head as well."""
    actor = write_trail(store, 2)
    with store.writing() as connection:
        _drop_every_guard(connection)
        connection.execute(text("DELETE FROM audit_entry WHERE chain = 'study:1'"))
        before = connection.execute(text("SELECT hash FROM audit_head WHERE chain = 'study:1'")).scalar_one()
        connection.execute(text("DELETE FROM audit_head WHERE chain = 'study:1'"))
        work = Work(store, connection, actor, NOON)
        for number in (1, 2):
            work.audit(AuditDraft("ring_bell", "bell", f"C{number}", study_id=1))
        write_audit(work)
        connection.execute(text("UPDATE audit_head SET hash = :hash WHERE chain = 'study:1'"), {"hash": before})
    assert verdicts(store)[(STUDY, False)].fault == Fault(2, "the head does not match the last entry")
