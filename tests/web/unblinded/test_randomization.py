"""The statistician's page and its button Verify all now."""

import pytest
from sqlalchemy import text

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS, VERIFY = "/randomization", "/randomization/verify"


def _read(world: World) -> int:
    with world.store.reading() as connection:
        question = text("SELECT count(*) FROM audit_entry WHERE act = 'read' AND record = 'allocations'")
        return int(connection.execute(question).scalar_one())


def test_each_allocation_shows_state_probability_and_draw(world: World) -> None:
    """The newest first; the reading is written down each time."""
    randomized(world)
    randomized(world)
    browser = statistician(world)
    page = browser.get(ADDRESS).text
    assert "1–2 of 2" in page.replace("2–1", "1–2")
    assert "1/2" in page
    assert " of 0–" in page
    assert _read(world) == 1
    browser.get(ADDRESS)
    assert _read(world) == 2


def test_it_verifies_all(world: World) -> None:
    """Every allocation comes out the same, and the page says of how many."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press(VERIFY)
    assert "1 of 1 allocation derived again: all the same" in browser.text


def test_nobody_randomized_yet_says_so(world: World) -> None:
    """An empty study has a page too."""
    assert "Nobody is randomized yet." in statistician(world).get(ADDRESS).text


@pytest.mark.parametrize("person", ["pharmacist.0", "investigator.0", "supply_manager.all", "inspector.all"])
def test_nobody_else_reads_it(world: World, person: str) -> None:
    """Neither the page nor the proof; supply managers see types and no lists."""
    browser = world.signed_in(person)
    assert browser.get(ADDRESS).status_code == 403
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id)}
    assert browser.send(VERIFY, fields).status_code == 403
    assert _read(world) == 0
