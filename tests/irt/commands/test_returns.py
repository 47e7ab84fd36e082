"""`irt returns` at a terminal: what is refused before site and monitor have signed."""

import json
from pathlib import Path

from sqlalchemy import text

from tests.irt.commands.office import SITE, STUDY, TerminalOffice


def test_a_kit_elsewhere_is_unknown_and_nothing_is_destroyed(stocked: TerminalOffice) -> None:
    """The kit lies at a depot: the site does not verify it, and no certificate covers it."""
    with stocked.store.reading() as connection:
        kit = connection.execute(text("SELECT min(number) FROM kit")).scalar_one()
    where = ("--study", STUDY, "--site", SITE)
    stocked.hire("pat", "pharmacist", where=where)
    stocked.hire("mona", "monitor", where=where)
    assert "not a kit at this site" in stocked.refused("returns", "verify", kit, *where, "--user", "pat")
    assert "not a kit at this site" in stocked.refused("returns", "monitor", kit, *where, "--user", "mona")
    Path("c.pdf").write_bytes(b"%PDF \xff")
    paper = ("--certificate", "C-7", "--destroyer", "Remex", "--day", "2026-03-01", "--paper", "c.pdf")
    said = stocked.refused("returns", "destroy", kit, "--study", STUDY, *paper, "--user", "quinn")
    assert "Nothing was" in said or "cannot" in said


def test_sites_account_for_their_kits_at_the_terminal(stocked: TerminalOffice) -> None:
    """As lines or as JSON; a site that the study has not is refused by its number."""
    told = json.loads(stocked.does("returns", "reconcile", "--study", STUDY, "--site", SITE, "--json"))
    assert [(site["site"], site["adds_up"]) for site in told] == [(SITE, True)]
    assert "not a site of this study" in stocked.refused("returns", "reconcile", "--study", STUDY, "--site", "9")
