"""`irt randomization test-study`: a study that learns, tested by its own draws, by the statistician alone."""

import json
from pathlib import Path

from irt.services.store import Store
from irt.tables.record import AuditEntry
from tests.builders_designs import a_study, without_stock
from tests.irt.commands.office import STUDY, TerminalOffice
from tests.irt.commands.running import Terminal

WORDS = ("randomization", "test-study", STUDY, "--outcomes", "outcomes.csv", "--trials", "40")
LEARNS = {
    "method": "doubly_adaptive",
    "params": {"target": "rsihr", "burn_in": 4, "burn_in_by": "permuted"},
}


def test_a_study_that_learns(terminal: Terminal, sqlite_store: Store) -> None:
    """In lines or as JSON; what stays is said; the reading is written down."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    office.begin()
    trial = without_stock(sqlite_store, a_study(LEARNS))
    office.hire("stan", "unblinded_statistician", where=("--study", STUDY))
    office.hire("sam", "supply_manager", where=("--study", STUDY))
    Path("outcomes.csv").write_text("subject,outcome\n")
    assert "Nobody is randomized yet" in office.refused(*WORDS, "--user", "stan")
    subjects = [trial.randomized() for _ in range(6)]
    trial.feed(dict.fromkeys(subjects, 1))
    assert "lists no subjects" in office.refused(*WORDS, "--user", "stan")
    rows = "".join(f"{subject},{place}\n" for place, subject in enumerate(subjects))
    Path("outcomes.csv").write_text(f"subject,outcome\n{rows}")
    assert "role" in office.refused(*WORDS, "--user", "sam")
    ran = office.types(*WORDS, "--json", "--user", "stan")
    told = json.loads(ran.out)
    assert (ran.exit_code, "Trials drawn" in ran.err) == (0, True)
    assert (told["subjects"], told["compared"], told["trials"], told["exact"]) == (6, 6, 40, False)
    assert 0 < told["p_value"] <= 1
    assert "forced draws keep their arm" in told["kept"]
    assert "p value: " in office.types(*WORDS, "--statistic", "ranks", "--user", "stan").out
    read = [row["record"] for row in trial.rows(AuditEntry, act="read")]
    assert "re-randomization test" in str(read)
    Path("outcomes.csv").write_bytes(b"\xff")
    assert "not readable as UTF-8" in office.refused(*WORDS, "--user", "stan")
