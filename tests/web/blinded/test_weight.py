"""The buttons Enter the weight and Confirm the weight: two people, the second without the first one's number."""

import pytest

from tests.web.browser import Browser
from tests.web.visitors import visiting, weighed
from tests.web.ward import at, count, fill, intrude
from tests.web.world import World

WEEK_4 = "visit=W4&occurrence=0"


def due(world: World) -> str:
    """A subject whose kits of Week 4, by weight, are due today."""
    subject = visiting(world)
    world.wait(days=28)
    return subject


def opened(world: World, subject: str, username: str) -> Browser:
    """The page of the weight in that person's browser."""
    browser = world.signed_in(username)
    browser.get(f"{at(world, subject, 'weight')}?{WEEK_4}")
    return browser


def test_two_people_type_it_and_kits_follow(visits_world: World) -> None:
    """From the worklist over the kits' page to both entries, and on to the kits with one press more."""
    subject = due(visits_world)
    form = at(visits_world, subject, "weight")
    browser = visits_world.signed_in("coordinator.0")
    assert "two people type the weight" in browser.get("/worklist").text
    kits = f"{at(visits_world, subject, 'dispense')}?{WEEK_4}"
    assert "Two people type the body weight first" in browser.get(kits).text
    refused = browser.press(at(visits_world, subject, "dispense"))
    assert refused.status_code == 409
    assert "nobody did so far" in refused.text
    browser = opened(visits_world, subject, "coordinator.0")
    page = browser.press(form, weight="75,5").text
    assert "You entered the weight" in page
    assert "75" not in page[page.index("<main") : page.index("</main")]
    browser = opened(visits_world, subject, "pharmacist.0")
    assert "75.5" not in browser.text
    page = browser.press(form, weight="75.5").text
    assert browser.path == at(visits_world, subject, "dispense")
    assert "75.5 kg" in page
    assert "Two people type" not in page
    page = browser.press(at(visits_world, subject, "dispense")).text
    assert "2 of 2" in page or "2 left" in page
    history = browser.get(at(visits_world, subject)).text
    assert "entered the body weight for Week 4." in history
    assert "confirmed the body weight for Week 4: 75.5 kg." in history


def test_a_different_number_is_refused_without_showing_either(visits_world: World) -> None:
    """The field is empty again: the scale is read anew."""
    subject = due(visits_world)
    weighed(visits_world, subject)
    browser = opened(visits_world, subject, "pharmacist.0")
    answer = browser.press(at(visits_world, subject, "weight"), weight="57.5")
    assert answer.status_code == 409
    assert "This is not the weight that was entered first." in answer.text
    assert "75.5" not in answer.text
    assert "57.5" not in answer.text
    assert count(visits_world, "weighing") == 1


def test_nobody_confirms_alone(visits_world: World) -> None:
    """The page of whoever entered it has no form; sending one nevertheless is refused."""
    subject = due(visits_world)
    weighed(visits_world, subject)
    form = at(visits_world, subject, "weight")
    browser = opened(visits_world, subject, "coordinator.0")
    with pytest.raises(LookupError):
        browser.form(form)
    own = {"visit": "W4", "occurrence": "0", "act": "confirm", "weight": "75.5"}
    answer = intrude(browser, form, **own)
    assert answer.status_code == 403
    assert "You entered this weight yourself." in answer.text


def test_a_wrong_entry_is_made_anew(visits_world: World) -> None:
    """Anybody may; the earlier one stays in the history and has to be confirmed no more."""
    subject = due(visits_world)
    weighed(visits_world, subject, "175.5")
    form = at(visits_world, subject, "weight")
    browser = opened(visits_world, subject, "pharmacist.0")
    browser.get(f"{form}?{WEEK_4}&anew=yes")
    browser.press(form, weight="75.5")
    browser = opened(visits_world, subject, "coordinator.0")
    browser.press(form, weight="75.5")
    assert count(visits_world, "weighing") == 3
    assert "The weight is confirmed: 75.5 kg" in opened(visits_world, subject, "coordinator.0").text


def test_an_unscheduled_visit_asks_for_its_own(visits_world: World) -> None:
    """The refusal leads to the page, and the page back."""
    subject = due(visits_world)
    form, unscheduled = at(visits_world, subject, "weight"), at(visits_world, subject, "unscheduled")
    browser = visits_world.signed_in("coordinator.0")
    browser.get(unscheduled)
    page = browser.press(unscheduled, visit="W4").text
    assert f'href="{form}?visit=W4&amp;unscheduled=yes"' in page
    for username in ("coordinator.0", "pharmacist.0"):
        browser = visits_world.signed_in(username)
        assert "Unscheduled visit 1" in browser.get(f"{form}?visit=W4&unscheduled=yes").text
        browser.press(form, weight="75.5")
    assert browser.path == unscheduled
    browser.press(unscheduled, visit="W4")
    assert browser.path.startswith(at(visits_world, subject, "dispense"))


@pytest.mark.parametrize("weight", ["", "heavy", "-3"])
def test_it_wants_a_number(visits_world: World, weight: str) -> None:
    """What cannot be read is named and stays."""
    subject = due(visits_world)
    browser = opened(visits_world, subject, "coordinator.0")
    answer = browser.press(at(visits_world, subject, "weight"), weight=weight)
    assert answer.status_code == 400
    assert f'value="{weight}"' in answer.text or not weight
    assert count(visits_world, "weighing") == 0


def test_it_books_once(visits_world: World) -> None:
    """A double press is one entry."""
    subject = due(visits_world)
    form = at(visits_world, subject, "weight")
    browser = opened(visits_world, subject, "coordinator.0")
    fields = fill(browser, form, weight="75.5")
    assert [browser.send(form, fields).status_code for _ in range(2)] == [200, 200]
    assert count(visits_world, "weighing") == 1


def test_it_refuses_a_monitor_and_a_stranger(visits_world: World) -> None:
    """403 for a role that may look only, 404 for another site and for visits without a second check."""
    subject = due(visits_world)
    form = at(visits_world, subject, "weight")
    typed = {"visit": "W4", "occurrence": "0", "act": "enter", "weight": "75.5"}
    assert intrude(visits_world.signed_in("monitor.0"), form, **typed).status_code == 403
    assert intrude(visits_world.signed_in("pharmacist.1"), form, **typed).status_code == 404
    assert visits_world.signed_in("pharmacist.0").get(f"{form}?visit=D1").status_code == 404
