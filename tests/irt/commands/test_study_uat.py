"""`irt study uat`: scripts carried out on a scratch copy, kept against the version, signed one by one."""

import json
from pathlib import Path

from tests.irt.commands.office import STUDY, TerminalOffice


def test_acceptance_from_the_scripts_to_a_signature(studied: TerminalOffice) -> None:
    """Every step that needs no hand comes out as expected; another version's scripts are not kept."""
    said = studied.does("study", "uat", studied.study_file(), "--out", "acceptance")
    assert ", 0 otherwise" in said
    answers = Path("acceptance/answers.json")
    told = json.loads(answers.read_text())
    steps = {step["number"]: step for script in told["scripts"] for step in script["steps"]}
    assert steps["UAT-01.01"]["answer"].startswith("Refused: SiteNotActive")
    assert sum(step["passed"] is True for step in steps.values()) > 20
    assert "| UAT-01.01 |" in Path("acceptance/UAT-01.md").read_text()
    keep = ("study", "uat-keep", STUDY, "--answers", str(answers), "--user", "cora")
    assert studied.does(*keep) == "Run 1 of NB-301 (production), version 1, is kept.\n"
    sign = ("study", "uat-sign", STUDY, "1", "UAT-01", "--passed", "--evidence", "as expected", "--user", "theo")
    assert studied.does(*sign) == "UAT-01 of run 1 is signed as passed.\n"
    assert "signed already" in studied.refused(*sign)
    told["scripts"][0]["steps"][0]["expected"] = "Booked"
    answers.write_text(json.dumps(told))
    assert "not the scripts of version 1" in studied.refused(*keep)
