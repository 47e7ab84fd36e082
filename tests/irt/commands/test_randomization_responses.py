"""`irt randomization responses`: a file of what became known, by the statistician; one line where it cannot be."""

from pathlib import Path

from irt.services.store import Store
from tests.builders_designs import DESIGNS, a_study, without_stock
from tests.irt.commands.office import STUDY, TerminalOffice
from tests.irt.commands.running import Terminal

WORDS = ("randomization", "responses", "week24.csv", "--study", STUDY, "--source", "EDC export 7")


def test_a_file_from_the_command_line(terminal: Terminal, sqlite_store: Store) -> None:
    """Recorded once; told in one line; refused to whoever is no statistician of the study."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    office.begin()
    trial = without_stock(sqlite_store, a_study(DESIGNS["play_the_winner"]))
    one, other = trial.randomized(), trial.randomized()
    where = ("--study", STUDY)
    office.hire("stan", "unblinded_statistician", where=where)
    office.hire("sam", "supply_manager", where=where)
    assert "cannot be read as text" in office.refused(*WORDS, "--user", "stan")
    Path("week24.csv").write_text(f"subject,response\n{one},1\n{other},0\n")
    assert "role" in office.refused(*WORDS, "--user", "sam")
    told = office.does(*WORDS, "--user", "stan", "--cut-off", "2026-03-01")
    assert told == "2 responses recorded, 0 corrected, 0 known already.\n"
    Path("week24.csv").write_text(f"subject,response\n{one},0\n{other},0\n")
    assert "Say why it changes" in office.refused(*WORDS, "--user", "stan")
    told = office.does(*WORDS, "--user", "stan", "--reason", "Read again")
    assert told == "0 responses recorded, 1 corrected, 1 known already.\n"
