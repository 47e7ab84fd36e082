"""`irt audit verify`: the whole trail is proved, or the first bad entry is named."""

import pytest
from sqlalchemy import text

from irt.audit.entry import study_chain
from irt.services.audit import write_audit
from irt.services.audit_draft import AuditDraft
from irt.services.store import Store
from irt.services.work import Work
from irt.states.records import Mode
from irt.tables.guards import drop_guard
from irt.tables.study import Sponsor, Study
from tests.bell import NOON, a_ringer
from tests.builders import SEAL_KEY
from tests.irt.commands.running import Ran, Terminal


@pytest.fixture
def studies(store: Store, terminal: Terminal) -> dict[str, int]:
    """Two studies with three entries each, in the terminal's database, and the installation with one."""
    terminal.monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    terminal.monkeypatch.setenv("IRT_DATABASE_URL", store.url.render_as_string(hide_password=False))
    actor = a_ringer(store)
    with store.writing() as connection:
        work = Work(store, connection, actor, NOON)
        sponsor = work.record(Sponsor, name="Sponsor")
        ids = {
            protocol: work.record(
                Study, sponsor_id=sponsor, protocol=protocol, name=protocol, mode=Mode.PRODUCTION, opened_at=NOON
            )
            for protocol in ("LIP-301", "ESC-101")
        }
        for number in range(3):
            for study_id in ids.values():
                work.audit(AuditDraft("screen", "subject", f"{number}", study_id=study_id, secret={"n": number}))
        work.audit(AuditDraft("sign_in", "account", "ada"))
        write_audit(work)
    return ids


def verify(terminal: Terminal, *words: str) -> Ran:
    """`irt audit verify` with these words."""
    return terminal.irt("audit", "verify", *words)


def test_a_whole_trail_is_proved(terminal: Terminal, studies: dict[str, int]) -> None:
    """One line a chain, both chains of every study and of the installation, and exit 0."""
    ran = verify(terminal)
    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "installation, blinded: 1 entries, intact",
        "installation, secret: 0 entries, intact",
        "LIP-301 (production), blinded: 3 entries, intact",
        "LIP-301 (production), secret: 3 entries, intact",
        "ESC-101 (production), blinded: 3 entries, intact",
        "ESC-101 (production), secret: 3 entries, intact",
    ]


def test_one_study_alone(terminal: Terminal, studies: dict[str, int]) -> None:
    """With --study, that study's chains and no others."""
    ran = verify(terminal, "--study", "ESC-101")
    assert ran.exit_code == 0
    assert [line.split(",")[0] for line in ran.out.splitlines()] == ["ESC-101 (production)"] * 2


def test_a_study_nobody_knows(terminal: Terminal, studies: dict[str, int]) -> None:
    """Nothing verified is not a success."""
    ran = verify(terminal, "--study", "NONE-1")
    assert (ran.exit_code, ran.out, ran.err) == (1, "", "irt: No study has the protocol number NONE-1.\n")


def test_the_first_bad_row_is_named(terminal: Terminal, store: Store, studies: dict[str, int]) -> None:
    """Exit 1, the chain and the entry; other studies still verify."""
    with store.writing() as connection:
        drop_guard(connection, "audit_entry")
        connection.execute(
            text("UPDATE audit_entry SET person = 'nobody' WHERE sequence >= 2 AND chain = :chain"),
            {"chain": study_chain(studies["LIP-301"])},
        )
    ran = verify(terminal)
    assert ran.exit_code == 1
    assert "LIP-301 (production), blinded: BROKEN at entry 2: its content does not match its hash\n" in ran.out
    assert ran.err == "irt: The audit trail is broken in 1 of 6 chains.\n"
    assert verify(terminal, "--study", "ESC-101").exit_code == 0


def test_an_empty_trail(terminal: Terminal) -> None:
    """A new database has nothing to verify, and says so."""
    terminal.irt("database", "migrate")
    ran = verify(terminal)
    assert (ran.exit_code, ran.out) == (0, "The audit trail has no entries yet.\n")
