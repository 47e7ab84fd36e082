"""`irt audit at`, `review`, `incidents`, `copies`, `tmf`: the past, and what is done at regular times."""

import json

from tests.irt.commands.office import STUDY, TerminalOffice


def test_somebody_else_at_an_instant(studied: TerminalOffice) -> None:
    """Roles as they were held then; a role given later is not there yet, one taken back since still is."""
    studied.hire("ines", "inspector", where=("--study", STUDY))
    studied.wait(hours=1)
    treatments = ("audit", "at", "2026-03-02T08:30", "--treatments", "--person", "uma", "--study", STUDY, "--user")
    assert "Treatments of subjects: 0, rebuilt from randomizations by then" in studied.does(*treatments, "uma")
    assert studied.refused(*treatments, "ines").startswith("Your role cannot")
    studied.does(
        *("account", "revoke", "--user", "ada", "--username", "uma", "--role", "unblinded_statistician"),
        *("--study", STUDY, "--reason", "left"),
    )
    studied.wait(hours=1)
    asked = ("--person", "uma", "--study", STUDY, "--user", "ines")
    said = studied.does("audit", "at", "2026-03-02T08:30", *asked)
    assert "role: Unblinded statistician, study, since 02 Mar 2026 08:00 UTC" in said
    assert "Treatment was visible to this person: as unblinded statistician they could read" in said
    told = json.loads(studied.does("audit", "at", "2026-03-02T09:30", *asked, "--json"))
    assert (told["roles"], told["treatment"], told["entries_total"]) == ([], [], 0)
    assert "still to come" in studied.refused("audit", "at", "2026-03-02T11:00", *asked)
    assert "is not an instant" in studied.refused("audit", "at", "soon", *asked)
    assert studied.refused("audit", "at", "2026-03-02T08:30", *asked[:-1], "sam").startswith("Your role cannot")


def test_the_trail_is_reviewed_and_signed(studied: TerminalOffice) -> None:
    """What waits, by act; signed with both words; the next span begins behind it."""
    studied.hire("quentin", "quality", where=("--study", STUDY))
    asked = ("audit", "review", STUDY, "--user", "quentin")
    assert "wait; never reviewed." in studied.does(*asked)
    assert studied.does("access", "due", "--user", "quentin") == "0 due within two weeks, 0 of them late.\n"
    assert "Give both." in studied.refused(*asked, "--findings", "None")
    signed = studied.does(*asked, "--looked-at", "All refusals", "--findings", "None")
    assert signed.startswith("Review 1: entries 1 to ")
    last = int(signed.split(" to ")[1].split(" ")[0])
    told = json.loads(studied.does(*asked, "--json"))
    assert (told["from_entry"], told["reviews"][0]["findings"]) == (last + 1, "None")
    assert "all hold" in studied.does("signatures", "verify", "--study", STUDY)


def test_incidents_copies_and_the_master_file(studied: TerminalOffice) -> None:
    """Nothing yet of the first; every site is due; each document has its section."""
    studied.hire("ines", "inspector", where=("--study", STUDY))
    assert studied.does("audit", "incidents", STUDY, "--user", "ines") == "0 incidents, 0 overdue.\n"
    assert "never, due" in studied.does("audit", "copies", STUDY, "--user", "ines")
    told = json.loads(studied.does("audit", "tmf", STUDY, "--user", "ines", "--json"))["documents"]
    assert [one["section"] for one in told] == sorted(one["section"] for one in told)
    (roles,) = [one for one in told if one["source"] == "report access"]
    assert roles["rows"] > 0
