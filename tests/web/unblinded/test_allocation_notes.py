"""The button Write the note, below the allocations."""

import pytest

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS = "/randomization/allocations"
ANNOTATE = "/randomization/allocations/annotate"


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
    browser.get("/randomization")
    browser.press("/randomization/verify")
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
