"""A terminal in an empty folder, without the settings of whoever runs the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.services.store import Store
from tests.builders import sqlite_copy
from tests.irt.commands.office import TerminalOffice
from tests.irt.commands.running import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    """A terminal whose working folder and home are empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("IRT_DATABASE_URL", "IRT_SEAL_KEY", "IRT_ANCHOR_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def office(terminal: Terminal, sqlite_store: Store) -> TerminalOffice:
    """An installation with its administrator `ada`, on SQLite."""
    opened = TerminalOffice.opened(terminal, sqlite_store)
    opened.begin()
    return opened


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where installations are kept, to copy from, once a first test has typed what makes them."""
    return tmp_path_factory.mktemp("prepared")


@pytest.fixture
def studied(terminal: Terminal, sqlite_template: Path, tmp_path: Path, prepared: Path) -> Iterator[TerminalOffice]:
    """An installation with NB-301 approved, and its people of supply."""
    kept = prepared / "studied.sqlite"
    with sqlite_copy(kept if kept.exists() else sqlite_template, tmp_path) as store:
        opened = TerminalOffice.opened(terminal, store)
        if not kept.exists():
            opened.begin()
            opened.load_study()
            opened.hire_supply()
            keep(store, kept)
        yield opened


@pytest.fixture
def stocked(
    terminal: Terminal, studied: TerminalOffice, tmp_path: Path, prepared: Path
) -> Iterator[TerminalOffice]:
    """The same with its kits at the depots, none released, no site open."""
    kept = prepared / "stocked.sqlite"
    if not kept.exists():
        studied.load_kits()
        keep(studied.store, kept)
    with sqlite_copy(kept, tmp_path) as store:
        yield TerminalOffice.opened(terminal, store)


def keep(store: Store, file: Path) -> None:
    """A copy of a SQLite database as it is now."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
