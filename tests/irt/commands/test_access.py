"""`irt access review` and `irt access history`."""

import json

from tests.irt.commands.office import STUDY, TerminalOffice


def test_a_role_taken_back_is_history(studied: TerminalOffice) -> None:
    """In force it is in the review; taken back it is in the history alone, with its reason and end."""
    told = json.loads(studied.does("access", "review", STUDY, "--user", "ada", "--json"))
    assert {role["username"] for role in told["roles"]} >= {"ada", "sam", "uma", "quinn", "cora", "theo"}
    assert (told["due"], told["last_review"]) == (False, None)
    studied.does(
        *("account", "revoke", "--user", "ada", "--username", "quinn", "--role", "qualified_person"),
        *("--study", STUDY, "--reason", "left"),
    )
    said = studied.does("access", "review", STUDY, "--user", "ada")
    assert "quinn" not in said
    assert "never reviewed" in said
    past = json.loads(studied.does("access", "history", STUDY, "--user", "ada", "--json"))["roles"]
    (left,) = [role for role in past if role["username"] == "quinn"]
    assert left["revoked_at"] == "2026-03-02T08:00:00+00:00"
    assert left["granted_by"] == "Ada Finn"


def test_a_role_with_an_end(studied: TerminalOffice) -> None:
    """An inspector is let in for a visit; without an end that is something to look at."""
    studied.hire("ines")
    studied.grant("ines", "inspector", "--study", STUDY, "--until", "2026-03-09")
    studied.hire("igor", "inspector", where=("--study", STUDY))
    said = studied.does("access", "review", STUDY, "--user", "ada")
    assert "ines (Ines Holm): inspector, study, since 02 Mar 2026, until 09 Mar 2026\n" in said
    assert "igor (Igor Holm): inspector, study, since 02 Mar 2026, a role for a visit has no end\n" in said
    studied.wait(days=8)
    assert "ines" not in studied.does("access", "review", STUDY, "--user", "ada")
    assert "ended" not in studied.refused("audit", "export", STUDY, "--out", "trail", "--user", "ines")


def test_it_is_not_for_everybody(studied: TerminalOffice) -> None:
    """Who manages supply does not review people."""
    assert studied.refused("access", "review", STUDY, "--user", "sam").startswith("Your role cannot do this.")


def test_conflicts_are_told_without_anybody_signed_in(studied: TerminalOffice) -> None:
    """They are rules: each role with its side, what it sees and what it excludes."""
    told = json.loads(studied.does("access", "conflicts", "--json"))
    assert told["supply_manager"]["side"] == "unblinded"
    assert "coordinator" in told["supply_manager"]["excludes"]
    assert told["safety"] == {"side": "neutral", "sees": ["c0", "c1", "c4"], "excludes": []}
    assert "safety (neutral) excludes: nothing\n" in studied.does("access", "conflicts")
