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


ANNOTATE = "/randomization/annotate"


def test_a_note_stands_beside_its_randomization(world: World) -> None:
    """With the levels that should have been; a second press writes nothing more."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    fields = browser.form(ANNOTATE).fields | {
        "number": "1",
        "kind": "wrong_stratum",
        "factor-ldl": "GE85",
        "text": "The value of last year was typed",
    }
    browser.send(ANNOTATE, fields)
    browser.send(ANNOTATE, fields)
    assert "The note stands beside randomization 1" in browser.text
    assert browser.text.count("The value of last year was typed") == 1
    assert "should have been ldl GE85; drawn as entered" in browser.text
    browser.get(ADDRESS)
    browser.press(VERIFY)
    assert "1 of 1 allocation derived again: all the same" in browser.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "", "text": "Words"}, "Say what kind of note it is."),
        ({"kind": "remark", "text": " "}, "Write the note."),
        ({"kind": "remark", "text": "Words", "number": "77"}, "No such randomization."),
        ({"kind": "wrong_stratum", "text": "Words"}, "The stratum as entered is the same."),
    ],
)
def test_a_note_is_refused_in_words(world: World, typed: dict[str, str], words: str) -> None:
    """What was typed stays in the form."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    assert browser.press(ANNOTATE, **{"number": "1", **typed}).status_code in (400, 404)
    assert words in browser.text
    assert "stands beside" not in browser.text
