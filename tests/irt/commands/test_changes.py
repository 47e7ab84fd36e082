"""Operational data from the command line: proposed by one person, listed, shown, and decided by another."""

import pytest

from tests.irt.commands.office import STUDY, TerminalOffice

ON = ("--study", STUDY)
BY_SAM = (*ON, "--reason", "as agreed", "--user", "sam")


@pytest.fixture
def supplied(studied: TerminalOffice) -> TerminalOffice:
    """`sam` manages supply and proposes, `ada` administers and decides."""
    return studied


def test_a_lane_is_proposed_listed_and_approved(supplied: TerminalOffice) -> None:
    """What is not given stays as it is; whoever proposed does not approve."""
    assert supplied.does("supply", "changes", *ON, "--user", "ada") == "Nothing waits.\n"
    said = supplied.does("supply", "lane", "NLD", "GB", "--lead-time-days", "3", "--closed", "2026-12-25", *BY_SAM)
    assert said.endswith("waits for a second person. Next: irt supply decide 1\n")
    assert "1 lane NLD to GB, from 2026-03-02, by Sam Holm" in supplied.does(
        "supply", "changes", *ON, "--user", "ada"
    )
    assert "Another person must decide it." in supplied.refused(
        "supply", "decide", "1", *ON, "--yes", "--user", "sam"
    )
    shown = supplied.does("supply", "decide", "1", *ON, "--yes", "--user", "ada").splitlines()
    assert "Lead time days: 5 becomes 3" in shown
    assert "Holidays: none becomes 2026-12-25" in shown
    assert not any("Cut off" in line for line in shown)
    assert shown[-1] == "Change 1, lane NLD to GB: approved"
    assert "decided before" in supplied.refused("supply", "decide", "1", *ON, "--yes", "--user", "ada")


def test_a_site_is_added_and_reached(supplied: TerminalOffice) -> None:
    """Added, corrected and given a contact; then it is opened."""
    supplied.does("site", "add", "1999", "--name", "Rowan Infirmary", "--country", "GB", *BY_SAM)
    supplied.does("supply", "decide", "1", *ON, "--yes", "--user", "ada")
    supplied.does("site", "correct", "1999", "--zone", "Europe/Dublin", *BY_SAM)
    place = ("--receiver", "Pharmacy", "--address", "1 High Street", "--address", "Leeds", "--phone", "0113")
    supplied.does("site", "contact", "1999", *place, *BY_SAM)
    for change in ("2", "3"):
        supplied.does("supply", "decide", change, *ON, "--yes", "--user", "ada")
    opened = supplied.does("site", "activate", "1999", *ON, "--reason", "opened", "--user", "ada")
    assert opened == f"Site 1999 of {STUDY} (production) is active.\n"


def test_levels_are_for_people_who_may_know_kit_types(supplied: TerminalOffice) -> None:
    """The administrator sets none; a second supply manager sees the figures and decides."""
    supplied.does("supply", "levels", "PEN-A", "4", "8", "--country", "GB", *BY_SAM)
    assert "Your role cannot do this" in supplied.refused("supply", "decide", "1", *ON, "--yes", "--user", "ada")
    supplied.hire("suse", "supply_manager", where=ON)
    assert "PEN-A: 4 to 8" in supplied.does("supply", "decide", "1", *ON, "--yes", "--user", "suse")


def test_a_refusal_says_why(supplied: TerminalOffice) -> None:
    """Without a reason nothing is decided."""
    supplied.does("site", "correct", "1001", "--name", "Another", *BY_SAM)
    decide = ("supply", "decide", "1", *ON, "--refuse", "--yes", "--user", "ada")
    assert "A refusal needs a reason" in supplied.refused(*decide)
    assert supplied.does(*decide, "--reason", "wrong name").endswith("refused\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("supply", "lane", "NLD", "GB", "--cut-off", "late"), "The cut off of the lane"),
        (("supply", "lane", "NLD", "ZZ", "--lead-time-days", "3"), "ZZ is no country, depot or site"),
        (("site", "add", "10/1", "--name", "X", "--country", "GB"), "The number"),
        (("site", "correct", "1001"), "This is as it stands already"),
    ],
)
def test_what_cannot_be_is_said(supplied: TerminalOffice, words: tuple[str, ...], said: str) -> None:
    """In one line; nothing waits."""
    assert said in supplied.refused(*words, *BY_SAM)
    assert supplied.does("supply", "changes", *ON, "--user", "ada") == "Nothing waits.\n"


@pytest.mark.parametrize(
    "words",
    [
        *(("supply", verb) for verb in ("lane", "levels", "changes", "decide")),
        *(("site", verb) for verb in ("add", "correct", "contact")),
    ],
)
def test_help_has_an_example(office: TerminalOffice, words: tuple[str, ...]) -> None:
    """Each shows how it is typed."""
    assert f"Example: irt {' '.join(words)}" in office.does(*words, "--help")
