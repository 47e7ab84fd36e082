"""A terminal in an empty folder, without the settings of whoever runs the tests."""

from pathlib import Path

import pytest

from irt.services.store import Store
from tests.irt.commands.office import TerminalOffice
from tests.irt.commands.running import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    """A terminal whose working folder and home are empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("IRT_DATABASE_URL", "IRT_SEAL_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def office(terminal: Terminal, sqlite_store: Store) -> TerminalOffice:
    """An installation with its administrator `ada`, on SQLite."""
    opened = TerminalOffice.opened(terminal, sqlite_store)
    opened.begin()
    return opened
