"""`irt account invite`, `invitations` and `withdraw`."""

import json

from tests.irt.commands.office import STUDY, TerminalOffice

INVITE = ("account", "invite", "--user", "ada", "--email", "ivo@example.org", "--study", STUDY, "--reason", "visit")


def test_a_person_is_invited_and_the_invitation_withdrawn(studied: TerminalOffice) -> None:
    """Listed until then as open; without training nobody is invited."""
    assert "Nobody was invited" in studied.refused(*INVITE, "--role", "inspector")
    said = studied.does(*INVITE, "--role", "inspector", "--until", "2026-03-09", "--trained")
    assert said.startswith("ivo@example.org is invited as inspector in NB-301: invitation ")
    (one,) = json.loads(studied.does("account", "invitations", "--user", "ada", "--json"))
    assert (one["state"], one["where"]) == ("open", "NB-301 (production)")
    words = ("account", "withdraw", "--user", "ada", "--invitation", one["public_id"], "--reason", "over")
    studied.does(*words)
    told = studied.does("account", "invitations", "--user", "ada")
    assert "withdrawn" in told
    assert told.endswith("1 invitations, 0 open.\n")
    assert "not open any more" in studied.refused(*words)
