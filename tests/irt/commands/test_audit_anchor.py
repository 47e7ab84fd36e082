"""`irt audit anchor`: who rewrites a whole chain, with all its hashes, is found out by what left the database."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from irt.audit.chain import GENESIS, link
from irt.audit.entry import INSTALLATION, content_of
from irt.services.anchor_heads import AnchorFolder
from irt.services.store import Store
from irt.tables.columns import table_of
from irt.tables.guards import drop_guard
from irt.tables.record import AuditEntry, AuditHead
from tests.irt.commands.office import MONDAY, TerminalOffice

_ENTRIES, _HEADS = table_of(AuditEntry), table_of(AuditHead)


@pytest.fixture
def folder(office: TerminalOffice, tmp_path: Path) -> Path:
    """Where anchors of this installation go."""
    office.terminal.monkeypatch.setenv("IRT_ANCHOR_FOLDER", str(tmp_path / "anchors"))
    return tmp_path / "anchors"


def rewrite(connection: Connection, sequence: int) -> None:
    """A forger with the whole database: one entry says another thing, and every hash after it is made anew."""
    drop_guard(connection, "audit_entry")
    rows = connection.execute(
        select(_ENTRIES).where(_ENTRIES.c.chain == INSTALLATION).order_by(_ENTRIES.c.sequence)
    ).mappings()
    previous = GENESIS
    for row in rows.all():
        forged = {**row, "reason": "never mind"} if row["sequence"] == sequence else dict(row)
        found = link(content_of(forged), previous)
        connection.execute(
            update(_ENTRIES)
            .where(_ENTRIES.c.id == row["id"])
            .values(reason=forged["reason"], previous_hash=previous, hash=found)
        )
        previous = found
    connection.execute(update(_HEADS).where(_HEADS.c.chain == INSTALLATION).values(hash=previous))


def test_a_chain_rewritten_with_all_its_hashes_is_found_out(office: TerminalOffice, folder: Path) -> None:
    """Without the anchor the forgery verifies; with it the entry is named."""
    said = office.does("audit", "anchor")
    assert said == f"Anchor 1: 2 heads in {folder}\n"
    assert "anchors: 1, the last of 2026-03-02T08:00:00.000000+00:00, all hold\n" in office.does("audit", "verify")
    with office.store.writing() as connection:
        rewrite(connection, 2)
    ran = office.types("audit", "verify")
    assert "installation, blinded: " in ran.out
    assert "BROKEN" not in ran.out
    assert "of the blinded chain installation is another one today\n" in ran.out
    assert (ran.exit_code, ran.err) == (1, "irt: The audit trail is not what was anchored.\n")


def test_a_missing_anchor_is_missed(office: TerminalOffice, folder: Path) -> None:
    """The trail tells of each; one that is taken away leaves a gap at either end."""
    for _ in range(3):
        office.does("audit", "anchor")
        office.wait(days=1)
    last = folder / "anchor-000003.json"
    kept = last.read_text()
    last.unlink()
    assert "anchor 3 is in the trail, and its file is missing" in office.types("audit", "verify").out
    last.write_text(kept)
    (folder / "anchor-000002.json").unlink()
    assert "anchor 2 is missing, or anchor 3 does not follow it" in office.types("audit", "verify").out


def test_a_forged_anchor_is_not_this_installations(office: TerminalOffice, folder: Path) -> None:
    """A number changed within it breaks the signature; a file that is none is named."""
    office.does("audit", "anchor")
    file = folder / "anchor-000001.json"
    file.write_text(file.read_text().replace('"release":"', '"release":"9.'))
    assert "anchor 1 was not signed by this installation" in office.types("audit", "verify").out
    file.write_text("{}")
    said = office.refused("audit", "verify")
    assert said == "anchor-000001.json is no anchor of an audit trail. Nothing was read from it."


def test_a_worker_anchors_once_a_day(office: TerminalOffice, folder: Path) -> None:
    """However often it looks, and however many workers there are; none before anybody is there."""
    for days, count in ((0, 1), (0, 1), (1, 2)):
        office.wait(days=days)
        office.does("worker", "--once")
        assert len(list(folder.iterdir())) == count


def test_two_at_once_write_one_file(office: TerminalOffice, folder: Path) -> None:
    """The second finds the number taken, and leaves nothing."""

    class Slow(AnchorFolder):
        """Another worker writes while this one still looks."""

        def last(self) -> None:
            """Nothing yet."""

    assert AnchorFolder(folder).drop(office.store, office.now) is not None
    assert Slow(folder).drop(office.store, office.now) is None
    assert [file.name for file in folder.iterdir()] == ["anchor-000001.json"]


def test_nobody_there_nothing_to_anchor(sqlite_store: Store, tmp_path: Path) -> None:
    """A database that was only migrated has no anchor."""
    assert AnchorFolder(tmp_path / "anchors").drop(sqlite_store, MONDAY) is None
