"""`irt site`: the life of a site from the command line."""

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
