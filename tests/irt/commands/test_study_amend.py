"""`irt study amend`, `withdraw`, `compare`; `irt site adopt`: a new version by two people, site by site."""

import json
from pathlib import Path

import pytest

from irt.commands.study_files import study_text
from tests.irt.commands.office import STUDY, TerminalOffice, with_few_kits

CAP = "  - {scope: country, key: GB, subjects: 300, hard: true}\n"


def amended_file() -> str:
    """NB-301 with one more limit of enrolment."""
    text = with_few_kits(study_text("fourier"))
    assert "\ncaps:\n" in text
    file = Path("amended.yaml")
    file.write_text(text.replace("\ncaps:\n", f"\ncaps:\n{CAP}"))
    return str(file)


def test_a_version_is_loaded_approved_and_adopted(studied: TerminalOffice) -> None:
    """Loaded by one, approved by another, in force where it is put in force."""
    loaded = studied.does("study", "amend", amended_file(), "--study", STUDY, "--user", "cora").splitlines()
    assert loaded[0] == f"{STUDY} (production), version 2: a draft"
    assert loaded[2:] == [
        "Limit on country · GB · randomized is new: scope country, key GB, subjects 300, "
        "counts randomized, hard yes."
    ]
    approved = studied.does("study", "approve", STUDY, "--user", "theo").splitlines()
    assert approved[:2] == [f"{STUDY} (production), version 2: approved", loaded[1]]
    place = ("--study", STUDY, "--version", "2", "--reason", "ethics agreed", "--user", "ada")
    said = studied.does("site", "adopt", "1001", "1002", *place)
    assert said.splitlines() == [
        f"Site {number} of {STUDY} (production) goes on from version 1 to 2." for number in ("1001", "1002")
    ]
    assert "goes on to later ones only" in studied.refused("site", "adopt", "1001", *place)


def test_what_a_draft_changes_is_told(studied: TerminalOffice) -> None:
    """Of the version and of its file alike; by kit type to unblinded people only."""
    studied.does("study", "amend", amended_file(), "--study", STUDY, "--user", "cora")
    asked = ("study", "impact", STUDY, "--version", "2")
    told = studied.does(*asked, "--user", "theo").splitlines()
    assert told[0].startswith("Version 2 against version 1")
    assert told[-2] == "Orders of 28 nights by the rule min_max: none differ"
    kept = json.loads(studied.does(*asked, "--json", "--user", "theo"))
    assert told[-1] == f"hash {kept['hash']}"
    assert {one["outcome"] for one in kept["sites"]} == {"opens_on_it"}
    assert "cannot do this" in studied.refused(*asked, "--unblinded", "--user", "theo")
    assert "version or a file" in studied.refused("study", "impact", STUDY, "--user", "theo")


def test_a_draft_is_withdrawn(studied: TerminalOffice) -> None:
    """Then another file can be loaded."""
    studied.does("study", "amend", amended_file(), "--study", STUDY, "--user", "cora")
    assert "waits for approval" in studied.refused(
        "study", "amend", "amended.yaml", "--study", STUDY, "--user", "cora"
    )
    said = studied.does("study", "withdraw", STUDY, "--reason", "wrong file", "--user", "cora")
    assert said == f"{STUDY} (production), version 2: withdrawn\n"
    assert "version 3" in studied.does("study", "amend", "amended.yaml", "--study", STUDY, "--user", "cora")


def test_what_does_not_fit_is_refused_by_name(studied: TerminalOffice) -> None:
    """A lane is operational data; the same file again changes nothing."""
    text = with_few_kits(study_text("fourier"))
    Path("lanes.yaml").write_text(text.replace("lead_time_days: 5", "lead_time_days: 9"))
    refused = studied.refused("study", "amend", "lanes.yaml", "--study", STUDY, "--user", "cora")
    assert "LaneChanged: lane NLD to GB changes; it is operational data" in refused
    same = studied.study_file()
    assert "word for word" in studied.refused("study", "amend", same, "--study", STUDY, "--user", "cora")


def test_two_files_are_compared(office: TerminalOffice) -> None:
    """In both voices; no database is needed."""
    changed = study_text("fourier").replace("contents: ", "contents: sterile ", 1)
    Path("other.yaml").write_text(changed)
    blinded = office.does("study", "compare", "fourier", "other.yaml")
    assert blinded == "Nothing changed.\n"
    assert "contents was" in office.does("study", "compare", "fourier", "other.yaml", "--unblinded")
    assert "no such study file" in office.refused("study", "compare", "fourier", "nowhere.yaml")


@pytest.mark.parametrize(
    "words", [("study", "amend"), ("study", "withdraw"), ("study", "compare"), ("site", "adopt")]
)
def test_help_has_an_example(office: TerminalOffice, words: tuple[str, ...]) -> None:
    """Each shows how it is typed."""
    assert f"Example: irt {' '.join(words)}" in office.does(*words, "--help")
