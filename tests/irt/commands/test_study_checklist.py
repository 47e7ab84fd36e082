"""`irt study checklist`: every line told, the exit code by what blocks, and two signatures under one hash."""

import json
from pathlib import Path

from tests.irt.commands.office import STUDY, TerminalOffice


def test_the_checklist_at_a_terminal(studied: TerminalOffice) -> None:
    """Nothing blocks a study without a gate that asks for nothing; a draft blocks; both sides sign."""
    asked = ("study", "checklist", STUDY, "--user", "theo")
    told = json.loads(studied.does(*asked, "--json"))
    assert {line["name"]: line["state"] for line in told["lines"]}["gate"] == "not_asked"
    assert told["blocking"] == []
    said = studied.does(*asked)
    assert "OPEN       leak_report: The leak linter passed this version" in said
    assert "next: irt leaks run STUDY --keep" in said
    studied.hire("quentin", "quality", where=("--study", STUDY))
    digest = json.loads(studied.does(*asked, "--json"))["hash"]
    for signer, count in (("theo", 1), ("quentin", 2)):
        signed = studied.does("study", "checklist-sign", STUDY, "--hash", digest, "--user", signer)
        assert signed == f"The checklist of version 1 is signed by {count} of 2.\n"
    studied.hire("stella", "safety", where=("--study", STUDY))
    assert "since changed: people, conflicts" in studied.does(*asked)
    amended = studied.study_file()
    Path(amended).write_text(Path(amended).read_text().replace("title: ", "title: The amended ", 1))
    studied.does("study", "amend", amended, "--study", STUDY, "--user", "cora")
    assert "The first site waits for: version." in studied.refused(*asked, "--version", "2")
    assert "no version 3" in studied.refused(*asked, "--version", "3")
