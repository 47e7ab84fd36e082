"""`irt resupply`: runs on demand, tries without booking, and explains to everybody what they may know."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.irt.commands.office import SITE, STUDY, TerminalOffice

LOT = "L2509-N"


@pytest.fixture
def ready(stocked: TerminalOffice) -> TerminalOffice:
    """Kits released and one site open."""
    stocked.does("supply", "release", LOT, "--study", STUDY, "--user", "quinn")
    stocked.does("site", "activate", SITE, "--study", STUDY, "--reason", "initiation visit", "--user", "sam")
    return stocked


def told(office: TerminalOffice, *words: str) -> Any:
    """What the command says as JSON."""
    return json.loads(office.does("resupply", *words, "--json"))


def test_a_dry_run_books_nothing(ready: TerminalOffice) -> None:
    """It tells the parcel, by blinding group to whoever does not sign in, and leaves the books as they were."""
    dry = told(ready, "run", "--study", STUDY, "--dry-run")
    (parcel,) = dry["shipments"]
    assert (dry["dry_run"], parcel["site"], [line["blinding_group"] for line in parcel["lines"]]) == (
        True,
        SITE,
        ["PEN"],
    )
    assert sum(line["kits"] for line in parcel["lines"]) == dry["kits"] > 0
    with ready.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM shipment")).scalar_one() == 0


def test_a_run_ships_what_the_dry_run_told(ready: TerminalOffice) -> None:
    """On demand and as often as asked; a second run finds nothing to do."""
    dry = told(ready, "run", "--dry-run")
    ran = told(ready, "run", "--site", SITE)
    assert (ran["kits"], len(ran["shipments"])) == (dry["kits"], 1)
    assert told(ready, "run")["shipments"] == []


def test_a_shipment_is_explained(ready: TerminalOffice) -> None:
    """By blinding group without signing in; by rule and levels to the unblinded supply manager."""
    (number,) = told(ready, "run")["shipments"]
    blinded = told(ready, "explain", number)
    assert blinded["raised_by"] == "resupply"
    assert [group["blinding_group"] for group in blinded["groups"]] == ["PEN"]
    unblinded = told(ready, "explain", number, "--user", "sam")
    assert unblinded["planner"] == "min_max"
    assert "wanted = maximum - considered" in unblinded["rule"]
    assert unblinded["types"][0]["considered"] == 0


def test_a_site_is_explained_without_kit_types(ready: TerminalOffice) -> None:
    """Before the run a parcel would go; after it nothing is due. No kit type and no level is ever named."""
    before, said = told(ready, "explain", SITE), ready.does("resupply", "explain", SITE)
    assert before["groups"][0]["sent"] > 0
    told(ready, "run")
    after = told(ready, "explain", SITE)
    assert after["groups"][0]["there_or_coming"] == before["groups"][0]["sent"]
    assert after["groups"][0]["why_not"] == ["nothing is due, or the depot cannot send it"]
    for words in (said, json.dumps(before), json.dumps(after)):
        assert "PEN-A" not in words
        assert "PEN-P" not in words
        assert "minimum" not in words


def test_a_site_with_few_subjects_is_explained_by_group_to_everybody(ready: TerminalOffice) -> None:
    """Even the unblinded supply manager reads sums there, as on the pages."""
    assert "groups" in told(ready, "explain", SITE, "--user", "sam")


def test_what_is_not_there_is_refused(ready: TerminalOffice) -> None:
    """A shipment and a site that the study has not."""
    assert "No such shipment" in ready.refused("resupply", "explain", "S-99999")
    assert "not a site of this study" in ready.refused("resupply", "explain", "9999")
