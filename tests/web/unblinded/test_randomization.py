"""The statistician's page and its button Verify all now."""

import pytest
from sqlalchemy import text

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS, VERIFY = "/randomization", "/randomization/verify"


def _read(world: World) -> int:
    with world.store.reading() as connection:
        question = text("SELECT count(*) FROM audit_entry WHERE act = 'read' AND record = 'balance'")
        return int(connection.execute(question).scalar_one())


def test_balance_is_shown_by_factor_stratum_and_site(world: World) -> None:
    """With the course over time, and guesses; the reading is written down each time."""
    randomized(world)
    randomized(world, 1)
    browser = statistician(world)
    page = browser.get(ADDRESS).text
    assert all(words in page for words in ("LDL", "Stratum", "Site", world.sites[0][0], world.sites[1][0]))
    assert "Balance over time" in page
    assert "Guessed so far" in page
    assert _read(world) == 1
    browser.get(ADDRESS)
    assert _read(world) == 2


def test_a_wrong_stratum_is_listed_with_the_true_one(world: World) -> None:
    """The stratum used is kept, the true one stands beside it."""
    randomized(world)
    browser = statistician(world)
    assert "No subject is known to be in the wrong stratum." in browser.get(ADDRESS).text
    browser.get("/randomization/allocations")
    corrected = {"number": "1", "kind": "wrong_stratum", "factor-ldl": "GE85", "text": "Typed from last year"}
    browser.press("/randomization/allocations/annotate", **corrected)
    page = browser.get(ADDRESS).text
    assert "Stratum used" in page
    assert "Each stays where it was drawn." in page


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
