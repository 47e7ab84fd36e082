"""`irt database`: an empty file becomes a database, and a strange one is told apart."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from irt.reads.restore_tests import restore_tests
from irt.services.store import Store
from tests.builders import SEAL_KEY
from tests.irt.commands.office import TerminalOffice
from tests.irt.commands.running import Terminal


def address(store: Store) -> str:
    """The store's address as one types it."""
    return store.url.render_as_string(hide_password=False)


def test_an_empty_folder_gets_a_database(terminal: Terminal, tmp_path: Path) -> None:
    """Migrate makes the file and its seal key, readable by its owner only; a second time changes nothing."""
    for _ in range(2):
        ran = terminal.irt("database", "migrate")
        assert (ran.exit_code, ran.out, ran.err) == (0, "The database is at the newest step.\n", "")
    key = tmp_path / "irt.sqlite-seal.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert terminal.irt("database", "check").out == "The database is as this program expects it.\n"


def test_nothing_is_made_by_looking(terminal: Terminal, tmp_path: Path) -> None:
    """Checking a database that is not there leaves no file behind."""
    ran = terminal.irt("database", "check")
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err == "irt: There is no database irt.sqlite. Run: irt database migrate.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_database(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, store: Store, tmp_path: Path
) -> None:
    """IRT_DATABASE_URL on either database; a given IRT_SEAL_KEY is written nowhere."""
    monkeypatch.setenv("IRT_DATABASE_URL", address(store))
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    assert terminal.irt("database", "check").exit_code == 0
    assert not list(tmp_path.rglob("*.key"))


def test_the_key_of_a_postgresql_installation_is_at_home(
    terminal: Terminal, postgresql_store: Store, tmp_path: Path
) -> None:
    """There is no file to lie beside."""
    assert terminal.irt("database", "check", "--database", address(postgresql_store)).exit_code == 0
    assert (tmp_path / "home" / ".irt" / "seal.key").exists()


def test_what_differs_is_listed(terminal: Terminal, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed schema exits with 1, each difference on a line."""
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE stowaway (id integer)"))
        connection.execute(text("DROP TABLE site_contact"))
    ran = terminal.irt("database", "check", "--database", address(store))
    assert ran.exit_code == 1
    assert "stowaway" in ran.out
    assert "add_table site_contact" in ran.out
    assert "table site_contact has no guard" in ran.out
    assert ran.err.startswith("irt: The database differs in ")


def test_a_database_of_another_version_is_refused(
    terminal: Terminal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing runs on a schema it was not written for."""
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    ran = terminal.irt("audit", "verify", "--database", address(store))
    assert ran.exit_code == 1
    assert "The database is at step 0000" in ran.err


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://localhost/irt", "must be SQLite or PostgreSQL"),
        ("sqlite://", "would be gone"),
        ("sqlite:////nowhere/at/all.sqlite", "There is no database"),
        ("postgresql://127.0.0.1:1/irt", "The database refused"),
    ],
)
def test_a_bad_address_is_one_line(terminal: Terminal, url: str, reason: str) -> None:
    """Every address that cannot work says why."""
    ran = terminal.irt("database", "check", "--database", url)
    assert (ran.exit_code, ran.out) == (1, "")
    assert reason in ran.err
    assert ran.err.count("\n") == 1


def test_a_damaged_seal_key_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    """Better no start than a second key beside the first."""
    (tmp_path / "irt.sqlite-seal.key").write_text("not a key")
    ran = terminal.irt("database", "migrate")
    assert ran.exit_code == 1
    assert "seal key cannot be read" in ran.err


def test_a_restored_copy_is_held_against_the_trail(studied: TerminalOffice, tmp_path: Path) -> None:
    """A copy that is older is whole; one whose trail was altered is not, and both stand on record."""
    whole, altered = tmp_path / "whole.sqlite", tmp_path / "altered.sqlite"
    for copy in (whole, altered):
        shutil.copyfile(studied.store.url.database or "", copy)
    ends = studied.does("database", "trail-ends")
    studied.does("account", "create", "--user", "ada", "--username", "later", "--name", "Later", "--trained")
    said = ("database", "restore-tested", "--document-hash", "ab" * 32, "--words", "nightly copy", "--user", "ada")
    told = studied.does(*said, "--restored", f"sqlite:///{whole}")
    assert told == f"Restore test 1: trail {ends}The copy is whole.\n"
    with closing(sqlite3.connect(altered)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE audit_entry SET person = 'Nobody' WHERE sequence = 2")
        database.commit()
    ran = studied.types(*said, "--restored", f"sqlite:///{altered}")
    assert (ran.exit_code, "is broken at entry 2" in ran.err) == (1, True)
    with studied.store.reading() as connection:
        assert [(one.passed, bool(one.fault)) for one in restore_tests(connection)] == [
            (False, True),
            (True, False),
        ]
