"""Tokens from the command line: for whom signs in, told once, stopped at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services import passwords
from irt.services.issue_token import actor_of_token
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from tests.builders import SEAL_KEY, sqlite_copy
from tests.cast import PASSWORD, Office
from tests.irt.commands.running import Terminal


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An installation with a helper of its administrator."""
    monkeypatch.setattr(passwords, "RULE", PasswordRule(time_cost=1, memory_kib=8, lanes=1))
    with sqlite_copy(sqlite_template, tmp_path) as store:
        founded = Office.founded(store)
        founded.hire("ines", (Role.ADMINISTRATOR, {}))
        yield founded


@pytest.fixture
def terminal(terminal: Terminal, office: Office, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal at that installation, the password at hand."""
    monkeypatch.setenv("IRT_DATABASE_URL", str(office.store.url))
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    monkeypatch.setenv("IRT_PASSWORD", PASSWORD)
    return terminal


def _open_sessions(store: Store) -> int:
    with store.reading() as connection:
        statement = text("SELECT count(*) FROM signed_in_session WHERE ended_at IS NULL")
        return int(connection.execute(statement).scalar_one())


def test_a_token_is_told_alone_on_standard_output(terminal: Terminal, office: Office) -> None:
    """It works at once, within its scope; the session that made it is over."""
    before = _open_sessions(office.store)
    ran = terminal.irt("token", "issue", "--user", "ines", "--scope", "screen", "--scope", "view_subjects")
    assert ran.exit_code == 0, ran.err
    actor = actor_of_token(office.store, ran.out.strip(), datetime.now(UTC))
    assert actor is not None
    assert actor.scopes == {"screen", "view_subjects"}
    assert _open_sessions(office.store) == before


def test_a_token_is_stopped(terminal: Terminal, office: Office) -> None:
    """By the part of it that is no secret."""
    told = terminal.irt("token", "issue", "--user", "ines", "--scope", "screen").out.strip()
    ran = terminal.irt("token", "revoke", "--user", "ines", told.split("_")[1])
    assert (ran.exit_code, ran.err) == (0, "")
    assert actor_of_token(office.store, told, datetime.now(UTC)) is None


def test_a_wrong_password_makes_none(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and no token."""
    monkeypatch.setenv("IRT_PASSWORD", "not mine at all")
    ran = terminal.irt("token", "issue", "--user", "ines", "--scope", "screen")
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.startswith("irt: These details do not match.")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("wrong", [["--scope", "everything"], ["--scope", "screen", "--days", "367"], []])
def test_what_cannot_be_asked_for_is_named(terminal: Terminal, wrong: list[str]) -> None:
    """An unknown scope, too long a life, no scope at all."""
    ran = terminal.irt("token", "issue", "--user", "ines", *wrong)
    assert (ran.exit_code, ran.out) == (2, "")
