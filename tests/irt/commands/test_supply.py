"""`irt supply`: from an empty database to a supplied site, kit lists by two people, and nights that come once."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from irt.services.store import Store
from tests.irt.commands.office import MONDAY, SITE, STUDY, TerminalOffice
from tests.irt.commands.running import Terminal

LOT = "L2509-N"


@pytest.fixture
def ready(stocked: TerminalOffice) -> TerminalOffice:
    """Kits released and one site open."""
    _open_and_release(stocked)
    return stocked


def _open_and_release(office: TerminalOffice) -> None:
    office.does("supply", "release", LOT, "--study", STUDY, "--user", "quinn")
    office.does("site", "activate", SITE, "--study", STUDY, "--reason", "initiation visit", "--user", "sam")


def _night(office: TerminalOffice, *words: str) -> Any:
    return json.loads(office.does("supply", "night", "--json", *words))


def test_an_empty_database_becomes_a_supplied_site(terminal: Terminal, store: Store) -> None:
    """People, study, kits, release, site, night: commands alone, on both databases; and the audit trail holds."""
    office = TerminalOffice.opened(terminal, store)
    office.begin()
    office.load_study()
    office.hire_supply()
    office.load_kits()
    _open_and_release(office)
    (run,) = _night(office)
    assert (run["study"], run["mode"], run["sites_considered"], len(run["shipments"])) == (
        STUDY,
        "production",
        1,
        1,
    )
    assert run["kits"] > 0
    with store.reading() as connection:
        sent = connection.execute(
            text(
                "SELECT site.number, shipment.number, shipment.status FROM shipment"
                " JOIN site ON site.id = shipment.site_id"
            )
        ).all()
        reserved = connection.execute(text("SELECT count(*) FROM shipment_kit")).scalar_one()
    assert [tuple(row) for row in sent] == [(SITE, run["shipments"][0], "requested")]
    assert reserved == run["kits"]
    assert "BROKEN" not in office.does("audit", "verify")


def test_a_night_comes_once(ready: TerminalOffice) -> None:
    """Again the same day it tells the first outcome and books nothing; the next day is another night."""
    first = _night(ready)
    ready.wait(hours=3)
    assert _night(ready) == first
    assert _night(ready, "--day", f"{MONDAY:%Y-%m-%d}") == first
    ready.wait(days=1)
    assert _night(ready)[0]["shipments"] == []
    with ready.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM resupply_run")).scalar_one() == 2


def test_the_night_in_words(ready: TerminalOffice) -> None:
    """One line a study, for one study by name or for all."""
    said = ready.does("supply", "night", "--study", STUDY)
    assert said == ready.does("supply", "night")
    assert said.startswith(f"{STUDY} (production), 2026-03-02: 1 site considered, 1 shipment, ")


def test_the_night_acts_as_the_installation(ready: TerminalOffice) -> None:
    """Its line in the audit trail names no person."""
    ready.does("supply", "night")
    with ready.store.reading() as connection:
        who = connection.execute(text("SELECT person FROM audit_entry WHERE act = 'resupply_run'")).scalar_one()
    assert who == "IRT"


def test_a_day_to_come_is_refused(ready: TerminalOffice) -> None:
    """Tomorrow's stock is not known today."""
    assert ready.refused("supply", "night", "--day", "2026-03-03").startswith("2026-03-03 is still to come.")


def test_a_study_without_an_approved_version_is_left_out(office: TerminalOffice) -> None:
    """It waits for its second person; named, it says so, and the exit is 1."""
    office.load_draft()
    assert office.does("supply", "night").startswith("No study has an approved version yet.")
    ran = office.types("supply", "night", "--study", STUDY)
    assert (ran.exit_code, ran.err) == (1, "irt: 1 of 1 studies could not be supplied.\n")
    assert "No version of this study is approved yet" in ran.out


def test_nobody_supplies_an_installation_without_people(terminal: Terminal, sqlite_store: Store) -> None:
    """The night before the first day."""
    office = TerminalOffice.opened(terminal, sqlite_store)
    assert office.refused("supply", "night").endswith("Run: irt account first-administrator.")


def test_a_kit_list_needs_a_second_person(studied: TerminalOffice) -> None:
    """Not loaded before it is granted, not granted by the one who asked, not granted twice."""
    words = (STUDY, "--size", "small", "--user")
    assert "waits for approval" in studied.refused("supply", "list-kits", "approve", *words, "uma", "--yes")
    assert "not approved by a second person" in studied.refused("supply", "list-kits", "load", *words, "sam")
    asked = studied.does("supply", "list-kits", "ask", *words, "sam")
    assert "not approved by a second person" in studied.refused("supply", "list-kits", "load", *words, "sam")
    ran = studied.types("supply", "list-kits", "approve", *words, "sam", "--yes")
    assert ran.exit_code == 1
    assert "Another person must decide it." in ran.err
    granted = studied.does("supply", "list-kits", "approve", *words, "uma", "--yes")
    assert asked.splitlines()[:-1] == granted.splitlines()[:-1]
    assert studied.does("supply", "list-kits", "load", *words, "sam").startswith(asked.splitlines()[-2].split()[0])
    assert "was loaded before" in studied.refused("supply", "list-kits", "load", *words, "sam")


def test_a_refused_kit_list_is_not_loaded(studied: TerminalOffice) -> None:
    """The second person says why."""
    words = (STUDY, "--size", "small", "--user")
    studied.does("supply", "list-kits", "ask", *words, "sam")
    said = studied.does(
        "supply", "list-kits", "approve", *words, "uma", "--refuse", "lot P2509-N is not packed yet"
    )
    assert said.endswith("The list is refused.\n")
    assert "not approved" in studied.refused("supply", "list-kits", "load", *words, "sam")


@pytest.mark.parametrize("user", ["ada", "cora", "quinn"])
def test_a_list_is_shown_to_nobody_else(studied: TerminalOffice, user: str) -> None:
    """Who may not load kits does not read what is in them."""
    ran = studied.types("supply", "list-kits", "ask", STUDY, "--size", "small", "--user", user)
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.startswith("irt: Your role cannot do this.")


def test_a_lot_is_released_once_for_known_countries(stocked: TerminalOffice) -> None:
    """By the qualified person, for the countries named."""
    words = ("supply", "release", LOT, "--study", STUDY)
    assert "Your role cannot do this." in stocked.refused(*words, "--user", "sam")
    assert "XX is not a country" in stocked.refused(*words, "--countries", "XX", "--user", "quinn")
    assert "is released for GB, DE: " in stocked.does(*words, "--countries", "GB, DE", "--user", "quinn")
    assert "was released on 2026-03-02" in stocked.refused(*words, "--user", "quinn")


def test_a_study_without_routes_has_no_steps(stocked: TerminalOffice) -> None:
    """Lots are told with no route, and a step is refused in words; only who has a part in routes may ask."""
    quinn = ("--study", STUDY, "--user", "quinn")
    assert stocked.does("supply", "route", *quinn) == "There is no lot on a release route here.\n"
    assert json.loads(stocked.does("supply", "route", "--json", "--lot", LOT, *quinn))[0]["routes"] == []
    step = ("supply", "step", LOT, "qp_certification", "--route", "eu", *quinn)
    assert stocked.refused(*step).startswith("This study has no release routes.")
    assert "do not go together" in stocked.refused(*step, "--refuse", "no", "--withdraw", "no")


def test_a_packagers_file_is_asked_for_approved_and_loaded(stocked: TerminalOffice) -> None:
    """The same file at each step; another one is refused at the loading."""
    Path("list.csv").write_text(
        "number,kit_type,lot,blinded_lot,expiry,depot\n"
        "H90017,PEN-A,X1,LX,2028-06-30,NLD\nH31002,PEN-P,X2,LX,2028-03-31,NLD\n"
    )
    Path("other.csv").write_text(Path("list.csv").read_text().replace("H90017", "H90018"))
    steps = ("supply", "list-kits")
    file = ("--file", "list.csv", "--user", "sam")
    assert "Say which mode the list is for" in stocked.refused(*steps, "ask", STUDY, *file)
    assert "is for test, and the study" in stocked.refused(*steps, "ask", STUDY, *file, "--for-mode", "test")
    said = stocked.does(*steps, "ask", STUDY, *file, "--for-mode", "production")
    assert "lot X1 as LX: 1 of PEN-A" in said
    assert stocked.refused(*steps, "ask", STUDY, "--user", "sam").startswith(
        "Name a size of the study file, or a file"
    )
    stocked.does(*steps, "approve", STUDY, "--file", "list.csv", "--yes", "--user", "uma")
    load = (*steps, "load", STUDY, "--user", "sam", "--file")
    assert stocked.refused(*load, "other.csv").startswith("The list is not the one that was approved.")
    assert stocked.does(*load, "list.csv").startswith("2 kits in the lots LX.")


def test_a_study_without_a_pool_reserves_nothing(stocked: TerminalOffice) -> None:
    """Told and refused in words; who may not load kits is not even told."""
    sam = ("--study", STUDY, "--user", "sam")
    assert stocked.does("supply", "pool", "show", *sam) == "No pool serves this study.\n"
    assert json.loads(stocked.does("supply", "pool", "show", "--json", *sam))["pools"] == []
    reserve = ("supply", "pool", "reserve", "POOL-1", "--depot", "NLD", *sam)
    assert stocked.refused(*reserve, "PEN-A=4", "PEN-P=4").startswith("No pool POOL-1 serves this study.")
    assert "not a kit type and a number" in stocked.refused(*reserve, "PEN-A=some")
    give_back = ("supply", "pool", "give-back", "48213", "--reason", "enough")
    assert "is not a kit of this study" in stocked.refused(*give_back, *sam)
    assert "Your role cannot" in stocked.refused("supply", "pool", "show", "--study", STUDY, "--user", "quinn")
