"""`irt unblinding`: practice, tests, accident, log, known and seals."""

import json

from tests.irt.commands.office import STUDY, TerminalOffice


def test_the_log_of_a_study_at_the_terminal(studied: TerminalOffice) -> None:
    """Sites that never practised are named; nobody without the right reads it; all paths are not for everybody."""
    told = json.loads(studied.does("unblinding", "tests", STUDY, "--user", "theo", "--json"))
    assert {site["due"] for site in told["sites"]} == {True}
    site = told["sites"][0]["site"]
    studied.hire("ira")
    studied.grant("ira", "investigator", "--study", STUDY, "--site", site)
    said = studied.does("unblinding", "practise", STUDY, "--site", site, "--user", "ira")
    assert said == f"Site {site}: practised. Practice only: this subject does not exist and has no treatment.\n"
    assert f"{site}: page, 02 Mar 2026, Ira Holm\n" in studied.does("unblinding", "tests", STUDY, "--user", "theo")
    assert studied.does("unblinding", "log", STUDY, "--user", "theo") == "0 lines, 0 with something owed.\n"
    whole = studied.does("unblinding", "log", STUDY, "--user", "uma", "--all-paths", "--csv")
    assert whole.startswith("path,record")
    assert "all paths" in studied.refused("unblinding", "log", STUDY, "--user", "theo", "--all-paths")
    assert studied.does("unblinding", "known", STUDY, "--user", "theo") == "0 flags.\n"
    assert studied.does("unblinding", "seals", STUDY, "--user", "theo").startswith("0 packs")
    assert studied.refused("unblinding", "log", STUDY, "--user", "sam").startswith("Your role cannot do this.")
    accident = ("accident", STUDY, "no-1", "--learner", "ira", "--how", "other", "--told", "not_sure")
    when = ("--learned", "2026-03-01T09:30+0000", "--words", "A note lay open.")
    assert "No such subject" in studied.refused("unblinding", *accident, *when, "--user", "ira")
