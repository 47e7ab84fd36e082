"""`irt export`: who may take which edition, and that it is written down before it is written."""

import hashlib
import json
from pathlib import Path

import pytest

from irt.tables.columns import table_of
from irt.tables.record import AuditEntry
from irt.tables.secret import SecretAuditEntry
from tests.irt.commands.office import STUDY, TerminalOffice

RANDOMIZATION = ("export", "randomization", STUDY)
FOR_WHOM = ("--recipient", "data monitoring committee", "--reason", "First closed report")


def lines(office: TerminalOffice, model: type, act: str) -> list[dict[str, object]]:
    """Entries of a chain by act."""
    table = table_of(model)
    with office.store.reading() as connection:
        return [dict(row) for row in connection.execute(table.select().where(table.c.act == act)).mappings()]


def test_a_blinded_edition_is_for_data_management(studied: TerminalOffice) -> None:
    """By the study team; counts and hashes are in manifest and trail; a folder is never written over."""
    said = studied.does(*RANDOMIZATION, "--out", "blinded", "--user", "theo")
    manifest = json.loads(Path("blinded/manifest.json").read_text())
    assert (manifest["edition"], manifest["protocol"], manifest["made_at"]) == (
        *("blinded", STUDY),
        studied.now.isoformat(),
    )
    file = Path("blinded/randomization_blinded.csv")
    told = manifest["files"][file.name]
    assert told == {
        "rows": 0,
        "bytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    assert told["sha256"] in said
    (entry,) = lines(studied, AuditEntry, "data_exported")
    assert entry["new"] == {"what": "randomization", "files": manifest["files"]}
    assert "not an empty folder" in studied.refused(*RANDOMIZATION, "--out", "blinded", "--user", "theo")
    assert "Your role" in studied.refused(*RANDOMIZATION, "--out", "other", "--user", "sam")


def test_treatments_leave_for_somebody_and_for_a_purpose(studied: TerminalOffice) -> None:
    """By a reader of the randomization; the blinded chain tells that and for whom, the second one the rest."""
    ask = (*RANDOMIZATION, "--unblinded", "--out", "secret")
    assert "Your role" in studied.refused(*ask, *FOR_WHOM, "--user", "theo")
    assert "--recipient" in studied.refused(*ask, "--user", "uma")
    assert not Path("secret").exists()
    studied.does(*ask, *FOR_WHOM, "--user", "uma")
    assert json.loads(Path("secret/manifest.json").read_text())["purpose"] == "First closed report"
    assert Path("secret/randomization_unblinded.csv").stat().st_mode & 0o077 == 0
    (entry,) = lines(studied, AuditEntry, "unblinded_data_exported")
    assert (entry["new"], entry["reason"]) == ({"what": "randomization", "recipient": FOR_WHOM[1]}, None)
    (secret,) = lines(studied, SecretAuditEntry, "unblinded_data_exported")
    assert secret["body"]["reason"] == FOR_WHOM[3]  # type: ignore[index]


@pytest.mark.parametrize(
    ("what", "words", "files"),
    [
        ("sdtm", (), {"define.xml", "dm.json", "dm.xpt", "tv.json", "tv.xpt"}),
        ("sdtm", ("--unblinded", *FOR_WHOM), {"define.xml", "ta.json", "dm.xpt"}),
        ("adam", FOR_WHOM, {"define.xml", "adsl.json", "adsl.xpt"}),
        ("odm", (), {"odm.xml", "reconciliation.csv", "columns.csv"}),
        ("fhir", (), {"bundle.json"}),
    ],
)
def test_every_export_of_a_study_that_has_just_begun(
    studied: TerminalOffice, what: str, words: tuple[str, ...], files: set[str]
) -> None:
    """Nobody is in it yet, and the files are there and say so."""
    studied.does("export", what, STUDY, "--out", "out", *words, "--user", "uma")
    told = json.loads(Path("out/manifest.json").read_text())
    assert files <= set(told["files"])
    assert told["export"] == what
    assert {path.name for path in Path("out").iterdir()} == {*told["files"], "manifest.json"}
