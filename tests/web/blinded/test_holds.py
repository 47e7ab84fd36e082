"""The buttons Open a hold and Lift the hold, and what quality, sites and others see of it."""

import re

import pytest

from irt.tables.hold import KitHold
from irt.tables.kit import Kit
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

OPEN = "/holds/open"
TYPED = {"kind": "recall", "over": "lot", "number": "L1", "reason": "Sterility failure", "password": PASSWORD}


def _opened(world: World, **typed: str) -> Browser:
    """Quality opens a hold and stands on the page of its job."""
    browser = world.signed_in("quality.all")
    browser.get("/holds")
    browser.press(OPEN, **{**TYPED, **typed})
    return browser


def test_a_recall_is_opened_followed_and_lifted(world: World) -> None:
    """From the signature to the closing report; the reason and what is inside stand nowhere."""
    browser = _opened(world)
    job = browser.path
    assert job.startswith("/jobs/")
    page = browser.get("/holds").text
    assert "Finding the kits" in page
    world.works()
    assert "were found" in browser.get(job).text
    one = f"/holds/{world.study_id}/H-0001"
    page = browser.get(one).text
    assert f"Site {world.sites[0][0]}" in page
    assert "Recalled" in page
    assert not re.search(r"PEN-[AP]|Sterility", page)
    report = browser.get(f"{one}/report")
    assert report.headers["content-type"].startswith("text/csv")
    assert len(report.text.splitlines()) == 1 + len(house_of(world).rows(Kit))
    browser.get(one)
    browser.press(f"{one}/lift", reason="All accounted for", password=PASSWORD)
    assert "Hold H-0001 is lifted" in browser.text
    assert "This hold was lifted" in browser.get(one).text
    assert [row["act"] for row in house_of(world).rows(KitHold)] == ["open", "lift"]


def test_a_drill_says_how_long_it_took(world: World) -> None:
    """And every kit is as it was."""
    browser = _opened(world, kind="drill", over="site", number=world.sites[0][0])
    world.works()
    page = browser.get(f"/holds/{world.study_id}/H-0001").text
    assert "Measured" in page
    assert {row["quality"] for row in house_of(world).rows(Kit)} == {"released"}


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"kind": ""}, "Say what it is", 400),
        ({"number": " "}, "Say what it is", 400),
        ({"number": "L9"}, "is not a lot of this study", 404),
        ({"over": "kits", "number": "10", "last": "9"}, "A range goes from", 400),
        ({"reason": ""}, "The reason is missing", 400),
        ({"password": "a guess"}, "Nothing was signed", 403),
    ],
)
def test_a_hold_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """What was typed stays, but for the password; nothing is blocked."""
    browser = world.signed_in("quality.all")
    browser.get("/holds")
    answer = browser.send(OPEN, {**browser.form(OPEN).fields, **TYPED, **typed})
    assert (answer.status_code, words in answer.text, "a guess" in answer.text) == (status, True, False)
    assert house_of(world).rows(KitHold) == []


def test_a_hold_under_way_is_not_lifted(world: World) -> None:
    """The page says that its kits are still being found."""
    browser = _opened(world)
    one = f"/holds/{world.study_id}/H-0001"
    browser.get(one)
    answer = browser.send(
        f"{one}/lift", {**browser.form(f"{one}/lift").fields, "reason": "Over", "password": PASSWORD}
    )
    assert answer.status_code == 409
    assert "still being found" in answer.text


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_manager.all", "inspector.all"])
def test_nobody_else_sees_or_opens_one(world: World, person: str) -> None:
    """403 for the list, the page, the report and the button."""
    _opened(world)
    browser = world.signed_in(person)
    one = f"/holds/{world.study_id}/H-0001"
    assert [browser.get(path).status_code for path in ("/holds", one, f"{one}/report")] == [403] * 3
