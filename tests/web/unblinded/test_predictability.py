"""Guesses so far, and the button Work it out: what code breaks tell of the others."""

import pytest

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS, ASK = "/randomization/predictability", "/randomization/predictability/ask"


def test_guesses_are_shown_by_stratum(world: World) -> None:
    """The first subject of a block is a coin's throw."""
    randomized(world)
    page = statistician(world).get(ADDRESS).text
    assert "ldl LT85" in page
    assert "50.0 %" in page


def test_what_known_arms_tell_is_worked_out(world: World) -> None:
    """Exactly for permuted blocks; the answer names the randomizations that were supposed known."""
    for _ in range(3):
        randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press(ASK, also="1, 2")
    world.works()
    page = browser.get("/randomization/designs/1").text
    assert "What 2 known arms tell" in page
    assert "1, 2" in page
    assert "no. 3:" in page
    assert "What 2 known arms tell" in browser.get(ADDRESS).text


@pytest.mark.parametrize(
    ("also", "words"),
    [("", "No arm became known."), ("9", "Name up to 40 randomizations from 1 to 1"), ("x", "Name up to 40")],
)
def test_nothing_known_is_refused(world: World, also: str, words: str) -> None:
    """What was typed stays."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    assert browser.press(ASK, also=also).status_code == 400
    assert words in browser.text


def test_without_subjects_there_is_nothing_to_guess(world: World) -> None:
    """The page says so, and so does the button."""
    browser = statistician(world)
    assert "Nobody is randomized yet." in browser.get(ADDRESS).text
    assert browser.press(ASK, also="1").status_code == 409
    assert "nothing to work out" in browser.text


def test_nobody_blinded_reads_it(world: World) -> None:
    """Neither page nor question."""
    browser = world.signed_in("inspector.all")
    assert browser.get(ADDRESS).status_code == 403
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id)}
    assert browser.send(ASK, fields).status_code == 403
