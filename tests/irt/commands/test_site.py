"""`irt site`: the life of a site from the command line."""

import json
from pathlib import Path

import pytest

from tests.irt.commands.office import STUDY, TerminalOffice

PLACE = ("1001", "--study", STUDY, "--reason", "so be it", "--user", "ada")


def test_a_site_lives(studied: TerminalOffice) -> None:
    """Open, held, open again, closed: each step says where the site stands."""
    steps = [("activate", "active"), ("hold", "on hold"), ("resume", "active"), ("close", "closed")]
    for verb, status in steps:
        assert studied.does("site", verb, *PLACE) == f"Site 1001 of NB-301 (production) is {status}.\n"


@pytest.mark.parametrize("verb", ["hold", "resume"])
def test_a_step_that_is_not_next_is_refused(studied: TerminalOffice, verb: str) -> None:
    """A planned site is neither held nor resumed."""
    assert studied.refused("site", verb, *PLACE)


def test_a_site_or_study_nobody_knows(studied: TerminalOffice) -> None:
    """Named by number and protocol, never by ids."""
    unknown = ("--study", STUDY, "--reason", "so be it", "--user", "ada")
    assert studied.refused("site", "activate", "9999", *unknown).startswith("No such site.")
    assert "NONE-1" in studied.refused("site", "activate", "1001", "--study", "NONE-1", *unknown[2:])


def test_a_study_in_two_modes_is_named_with_its_mode(studied: TerminalOffice) -> None:
    """The protocol number alone could be either."""
    studied.does("study", "load", studied.study_file(), "--size", "small", "--mode", "training", "--user", "cora")
    assert studied.refused("site", "activate", *PLACE).startswith(f"{STUDY} is loaded more than once: production")
    assert "production" in studied.does("site", "activate", *PLACE, "--mode", "production")
    assert studied.refused("site", "activate", *PLACE, "--mode", "test").endswith("in test mode.")


def test_a_site_of_a_draft_stays_closed(office: TerminalOffice) -> None:
    """The study's version is approved first."""
    office.load_draft()
    assert "approved" in office.refused("site", "activate", *PLACE)


@pytest.mark.parametrize("verb", ["activate", "hold", "resume", "close"])
def test_help_has_an_example(office: TerminalOffice, verb: str) -> None:
    """Each verb shows how it is typed."""
    assert f"Example: irt site {verb} 1001 --study NB-301" in office.does("site", verb, "--help")


def test_approvals_from_the_terminal(studied: TerminalOffice) -> None:
    """Recorded with a document's hash, confirmed by somebody else, listed with what is missing."""
    paper = Path("ec-26-114.pdf")
    paper.write_bytes(b"granted")
    studied.hire("tess", "study_team")
    place = ("--study", STUDY, "--document", str(paper))
    facts = ("--site", "1001", "--granted", "2026-02-20", "--reference", "EC 26/114")
    said = studied.does("site", "record-approval", "ethics_committee", *facts, *place, "--user", "tess")
    assert said.endswith("It waits for a second person: irt site confirm-approval 1\n")
    assert "Another person" in studied.refused("site", "confirm-approval", "1", *place, "--user", "tess")
    assert studied.does("site", "confirm-approval", "1", *place, "--user", "theo").endswith("is confirmed.\n")
    listed = studied.does("site", "approvals", "--study", STUDY, "--user", "tess")
    assert "asks for no approvals" in listed
    assert json.loads(studied.does("site", "approvals", "--study", STUDY, "--json", "--user", "tess"))[0]["next"]
    gone = ("site", "withdraw-approval", "1", "--study", STUDY, "--reason", "suspended", "--user", "tess")
    assert studied.does(*gone).endswith("is withdrawn.\n")
