"""`irt audit pack`, `irt audit copy`, `irt export e3`: evidence that opens without us."""

import csv
import hashlib
import subprocess
import sys
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

from irt.reads.blinded_sheets import REPORTS
from tests.irt.commands.office import STUDY, TerminalOffice


def _opened(file: str) -> dict[str, bytes]:
    """The files of a pack, once each was held against the index."""
    with ZipFile(file) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    listed = {line["file"]: line["sha256"] for line in csv.DictReader(StringIO(files["index.csv"].decode()))}
    assert set(listed) == set(files) - {"index.html", "index.csv"}
    assert all(hashlib.sha256(files[name]).hexdigest() == digest for name, digest in listed.items())
    return files


def _examined(files: dict[str, bytes], folder: Path) -> int:
    """What the script in the pack says of the trail beside it, by Python alone."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    script = [sys.executable, "-I", "-S", folder / "trail" / "examine_export.py", folder / "trail"]
    return subprocess.run(script, capture_output=True, check=False).returncode


def test_the_blinded_pack(stocked: TerminalOffice, tmp_path: Path) -> None:
    """Every report as page and table, without a script or an address; the trail in it holds; no treatment."""
    stocked.hire("ines", "inspector", where=("--study", STUDY))
    stocked.does("audit", "pack", STUDY, "--out", "evidence.zip", "--user", "ines")
    files = _opened("evidence.zip")
    assert {f"{name}.{kind}" for name in REPORTS for kind in ("html", "csv")} < set(files)
    pages = [content.decode() for name, content in files.items() if name.endswith(".html")]
    assert not any("<script" in page or "http://" in page or "https://" in page for page in pages)
    assert "trail/secret.jsonl" not in files
    assert b"record_hash" not in files["trail/signatures.jsonl"]
    whole = b"".join(files.values()).decode().lower()
    assert [word for word in ("nbt-140", "placebo", "pen-a", "pen-p") if word in whole] == []
    assert _examined(files, tmp_path / "opened") == 0
    stocked.hire("quentin", "quality", where=("--study", STUDY))
    stocked.does("audit", "pack", STUDY, "--out", "less.zip", "--user", "quentin")
    assert set(REPORTS) - {name.removesuffix(".csv") for name in _opened("less.zip")} == {
        *("subjects", "dispensings", "kits")
    }
    assert "is there already" in stocked.refused("audit", "pack", STUDY, "--out", "evidence.zip", "--user", "ines")


def test_the_unblinded_pack_is_another(stocked: TerminalOffice, tmp_path: Path) -> None:
    """For readers of the randomization: both chains, batches, schedule; refused to an inspector."""
    stocked.hire("ines", "inspector", where=("--study", STUDY))
    asked = ("audit", "pack", STUDY, "--out", "evidence.zip", "--unblinded", "--user")
    assert stocked.refused(*asked, "ines").startswith("Your role cannot")
    stocked.does(*asked, "uma")
    files = _opened("evidence.zip")
    assert {"trail/secret.jsonl", "subjects_by_batch_16-1-6.csv", "schedule_and_codes_16-1-7.pdf"} < set(files)
    assert _examined(files, tmp_path / "opened") == 0


def test_appendices_of_the_study_report(stocked: TerminalOffice) -> None:
    """16.1.6 and 16.1.7 with deviations and unblindings, as tables and papers; for readers of the randomization."""
    stocked.hire("ines", "inspector", where=("--study", STUDY))
    asked = ("export", "e3", STUDY, "--out", "appendices", "--user")
    assert stocked.refused(*asked, "ines").startswith("Your role cannot")
    stocked.does(*asked, "uma")
    kinds = ("subjects_by_batch_16-1-6", "schedule_and_codes_16-1-7", "deviations", "unblinding-log")
    for name in kinds:
        assert (Path("appendices") / f"{name}.csv").exists()
        assert (Path("appendices") / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    stocked.does("audit", "pack", STUDY, "--out", "after.zip", "--user", "ines")
    assert b"study report appendices" in _opened("after.zip")["readings.csv"]
