"""Allocations: read, filtered, and taken away by the buttons Export CSV and Export JSON."""

import csv
import json
from io import StringIO

from sqlalchemy import text

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS, EXPORT = "/randomization/allocations", "/randomization/allocations/export"


def _read(world: World, what: str = "allocations") -> int:
    with world.store.reading() as connection:
        question = text("SELECT count(*) FROM audit_entry WHERE act = 'read' AND record = :what")
        return int(connection.execute(question, {"what": what}).scalar_one())


def test_each_allocation_shows_state_probability_and_draw(world: World) -> None:
    """The newest first; the reading is written down each time."""
    randomized(world)
    randomized(world)
    browser = statistician(world)
    page = browser.get(ADDRESS).text
    assert "1–2 of 2" in page
    assert "1/2" in page
    assert " of 0–" in page
    assert _read(world) == 1


def test_filters_leave_what_was_asked_for(world: World) -> None:
    """By site, by arm, by note; and they say how to get back."""
    randomized(world, 0)
    randomized(world, 1)
    browser = statistician(world)
    assert "2–2 of 1" in browser.get(f"{ADDRESS}?site={world.sites[1][0]}").text
    counts = [
        f"of {here} ·" in browser.get(f"{ADDRESS}?arm={arm}").text for arm, here in (("A", 0), ("A", 1), ("A", 2))
    ]
    assert sum(counts) == 1
    assert "Nothing matches these filters." in browser.get(f"{ADDRESS}?noted=yes").text


def test_the_file_holds_exactly_the_filtered_rows(world: World) -> None:
    """As CSV and as JSON, in order of assignment; taking it is written down."""
    first, second = randomized(world, 0), randomized(world, 1)
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press(EXPORT, format="csv")
    rows = list(csv.DictReader(StringIO(browser.text.removeprefix("\ufeff"))))
    assert [row["subject"] for row in rows] == [first, second]
    assert rows[0]["probability"] == "1/2"
    assert "allocations_2026" in browser.answer.headers["content-disposition"]
    assert browser.answer.headers["cache-control"] == "no-store"
    browser.get(f"{ADDRESS}?site={world.sites[1][0]}")
    browser.press(EXPORT, format="json")
    assert [one["subject"] for one in json.loads(browser.text)] == [second]
    assert _read(world, "allocations export") == 2


def test_nobody_blinded_takes_it(world: World) -> None:
    """The guard stands before the file."""
    browser = world.signed_in("supply_planner.all")
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id), "format": "csv"}
    assert browser.send(EXPORT, fields).status_code == 403
