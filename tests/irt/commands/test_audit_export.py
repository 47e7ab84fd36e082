"""`irt audit export`: a folder that an outsider examines with Python alone, and in which every forgery is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from irt.audit.chain import canonical, link
from tests.irt.commands.office import STUDY, TerminalOffice

Rows = list[dict[str, object]]
SITE = "1001"


def examined(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and words of the exported script, run by itself: no site packages, nothing of ours."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", folder / "examine_export.py", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


@pytest.fixture
def exported(stocked: TerminalOffice) -> Path:
    """The trail of NB-301 with both chains, a signature and an anchor."""
    stocked.does("supply", "release", "L2509-N", "--study", STUDY, "--user", "quinn")
    stocked.does("audit", "anchor")
    stocked.does("audit", "export", STUDY, "--out", "trail", "--secret", "--user", "uma")
    return Path("trail")


def rows_of(file: Path) -> Rows:
    """The lines of a file of the export."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def put(file: Path, rows: Rows) -> None:
    """The file with other lines."""
    file.write_text("".join(f"{canonical(row)}\n" for row in rows))


def forget_hashes(folder: Path) -> None:
    """A forger who also rewrites the manifest leaves the files no trace."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["files"] = {}
    file.write_text(json.dumps(manifest))


def test_an_outsider_proves_the_whole_of_it(exported: Path, stocked: TerminalOffice) -> None:
    """Files, both chains, what links them, signatures, anchors, and whose anchors they are."""
    key = stocked.does("audit", "anchor", "--public-key").strip()
    code, said = examined(exported, str(exported), "--public-key", key)
    assert code == 0
    lines = dict(line.split(": ", 1) for line in said.splitlines())
    assert set(lines) == {
        "files",
        "entries",
        "secret entries",
        "links between the chains",
        "signatures",
        "anchors",
        "signatures of anchors",
    }
    assert all(line.endswith("all hold") for line in lines.values())
    assert int(lines["entries"].split(",")[0]) > 5
    assert int(lines["signatures"].split(",")[0]) > 0


def changed_word(folder: Path) -> None:
    """One entry tells of another act."""
    rows = rows_of(folder / "blinded.jsonl")
    rows[2]["content"]["act"] = "nothing_done"  # type: ignore[index]
    put(folder / "blinded.jsonl", rows)


def lost_entry(folder: Path) -> None:
    """An entry was taken out."""
    rows = rows_of(folder / "blinded.jsonl")
    put(folder / "blinded.jsonl", rows[:2] + rows[3:])


def cut_end(folder: Path) -> None:
    """The newest entry is gone."""
    put(folder / "blinded.jsonl", rows_of(folder / "blinded.jsonl")[:-1])


def rewritten(folder: Path) -> None:
    """An entry, all hashes after it, and the manifest's head."""
    rows, previous = rows_of(folder / "blinded.jsonl"), "0" * 64
    rows[1]["content"]["reason"] = "never mind"  # type: ignore[index]
    for row in rows:
        row["previous_hash"] = previous
        previous = row["hash"] = link(row["content"], previous)  # type: ignore[arg-type]
    put(folder / "blinded.jsonl", rows)
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["heads"]["blinded"]["hash"] = previous
    file.write_text(json.dumps(manifest))


def another_meaning(folder: Path) -> None:
    """A signature was moved to another record."""
    rows = rows_of(folder / "signatures.jsonl")
    rows[0]["record_hash"] = "0" * 64
    put(folder / "signatures.jsonl", rows)


def no_signature(folder: Path) -> None:
    """A signature is missing."""
    put(folder / "signatures.jsonl", rows_of(folder / "signatures.jsonl")[1:])


def lost_anchor(folder: Path) -> None:
    """The file of an anchor starts with the second."""
    file = folder / "anchors" / "anchor-000001.json"
    file.write_text(file.read_text().replace('"number":1', '"number":2'))


@pytest.mark.parametrize(
    ("forge", "named"),
    [
        (changed_word, "blinded: the content of entry 3 does not match its hash"),
        (lost_entry, "blinded: entry 3 is missing"),
        (cut_end, "blinded: it does not end where the manifest says"),
        (rewritten, "was another one on 2026-03-02"),
        (another_meaning, "does not say what was signed"),
        (no_signature, "is missing"),
        (lost_anchor, "anchor 1 is missing"),
    ],
)
def test_forgeries_are_named(exported: Path, forge: Callable[[Path], None], named: str) -> None:
    """First by the files, then, where the manifest was forged as well, by what the files say."""
    forge(exported)
    if forge not in (rewritten, lost_anchor):
        code, said = examined(exported)
        assert (code, ".jsonl is not the file that was exported" in said) == (1, True)
    forget_hashes(exported)
    code, said = examined(exported)
    assert code == 1
    assert named in said


def test_another_key_did_not_sign(exported: Path) -> None:
    """Anchors are examined against the key that the reader brings."""
    code, said = examined(exported, "--public-key", "A" * 43 + "=")
    assert (code, "signatures of anchors: 1, NOT of this key" in said) == (1, True)


def test_the_second_chain_is_not_for_everybody(stocked: TerminalOffice) -> None:
    """Who may read the trail gets the blinded chain; the other one asks for more."""
    said = stocked.refused("audit", "export", STUDY, "--out", "trail", "--secret", "--user", "sam")
    assert said == "Your role cannot do this. Ask the study coordinator."
    stocked.does("audit", "export", STUDY, "--out", "trail", "--user", "sam")
    assert not Path("trail/secret.jsonl").exists()
    assert examined(Path("trail"))[0] == 0
    assert "not empty" in stocked.refused("audit", "export", STUDY, "--out", "trail", "--user", "sam")
    (noted,) = [
        row["content"] for row in rows_of(Path("trail/blinded.jsonl")) if row["content"]["act"] == "trail_exported"
    ]
    assert noted["new"] == {"chains": "the blinded chain"}  # type: ignore[index]


def test_the_trail_of_all_sites_is_not_for_one_of_them(stocked: TerminalOffice) -> None:
    """Whoever may read the history of a site does not take that of the whole study with them."""
    stocked.hire("paul", "pharmacist", where=("--study", STUDY, "--site", SITE))
    said = stocked.refused("audit", "export", STUDY, "--out", "trail", "--user", "paul")
    assert said == "This is about the whole study. Your role is at some of its places."
    assert not Path("trail").exists()
