"""A study's lists, its seed's custody and its export, as they are typed."""

import json
from pathlib import Path

import pytest

from irt.commands import randomization_custody
from irt.commands.study_files import study_text
from tests.irt.commands.office import STUDY, TerminalOffice, with_few_kits

ASK = ("randomization", "study-list", "ask", STUDY, "--for-mode", "production", "--user", "uma")
APPROVE = ("randomization", "study-list", "approve", STUDY)
LOAD = ("randomization", "study-list", "load", STUDY, "--user", "uma")
SHOW = ("randomization", "study-list", "show", STUDY, "--user", "uma")
LISTED = "randomization: {method: listed, params: {block_sizes: [2, 4]}, strata: [ldl], positions: 4}\n"


def statisticians(office: TerminalOffice) -> None:
    """`uma` and `vera`, independent."""
    for name in ("uma", "vera"):
        office.hire(name, "unblinded_statistician", where=("--study", STUDY))


@pytest.fixture
def listed(office: TerminalOffice) -> TerminalOffice:
    """NB-301 as a study of lists, loaded by `cora` and approved by `theo`."""
    text = with_few_kits(study_text("fourier"))
    before, _, after = text.partition("\nrandomization:\n")
    rest = after.splitlines(keepends=True)
    while rest and (rest[0].startswith(" ") or not rest[0].strip()):
        rest.pop(0)
    Path("listed.yaml").write_text(f"{before}\n{LISTED}\n{''.join(rest)}")
    office.hire("cora", "configurator")
    office.does("study", "load", "listed.yaml", "--size", "small", "--user", "cora")
    office.hire("theo", "study_team")
    office.does("study", "approve", STUDY, "--user", "theo")
    statisticians(office)
    return office


def test_a_list_is_asked_for_approved_and_loaded(listed: TerminalOffice) -> None:
    """By two people; what is left is shown, and the second person can keep what was signed."""
    listed.does(*ASK)
    assert "another person" in listed.refused(*APPROVE, "--user", "uma", "--yes").lower()
    assert "8 positions in 2 strata" in listed.does(*APPROVE, "--user", "vera", "--yes", "--out", "l.csv")
    assert Path("l.csv").read_text().startswith("stratum,position,block,arm\n")
    assert "Merkle root" in listed.does(*LOAD)
    shown = listed.does(*SHOW)
    assert shown.count("4 of 4 left, nobody came lately") == 2
    assert "loaded already" in listed.refused(*LOAD)


def test_an_imported_list_is_checked_first(listed: TerminalOffice) -> None:
    """A file with a fault never reaches the second person; one for another mode neither."""
    Path("short.csv").write_text("stratum,arm\nldl=LT85,A\n")
    assert "the stratum ldl=GE85 has no list" in listed.refused(*ASK, "--file", "short.csv")
    assert "mode" in listed.refused(*ASK[:5], "test", *ASK[6:])
    assert "No list was asked for" in listed.refused(*APPROVE, "--user", "vera", "--yes")


def test_the_seed_goes_to_two_holders_and_comes_back_at_the_end(
    studied: TerminalOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys under passphrases; told after lock and unblinding alone; and the export verifies with it."""
    monkeypatch.setattr(randomization_custody, "_typed", lambda words, confirm=False: b"a long passphrase")
    studied.hire("vera", "unblinded_statistician", where=("--study", STUDY))
    keys = [studied.does("randomization", "holder-key", "--out", f"{name}.pem").strip() for name in ("anna", "ben")]
    holders = ("--holder", keys[0], "--holder", keys[1])
    assert "two holders" in studied.does("randomization", "seal", STUDY, *holders, "--user", "vera")
    files = ("--holder-key", "anna.pem", "--holder-key", "ben.pem")
    unsealed = studied.does("randomization", "unseal", STUDY, *files, "--allocator", keys[0], "--user", "vera")
    assert keys[0][:16] in unsealed
    reveal = ("randomization", "reveal", STUDY, *files, "--out", "seed.hex", "--user", "vera")
    assert "not locked" in studied.refused(*reveal)
    assert "is not closed" in studied.refused("randomization", "end", STUDY, "locked", "--user", "theo")
    assert not Path("seed.hex").exists()
    studied.does("randomization", "export", STUDY, "--out", "export.json", "--user", "vera")
    told = json.loads(Path("export.json").read_text())
    assert told["header"]["allocations"] == 0
    studied.does("randomization", "verify", "export.json")
