"""The button Give the kits back: the kits wait in quarantine, the visit is open again or skipped."""

import pytest

from tests.web.ward import ask_one, assigned, at, count, fill, intrude, ordered
from tests.web.world import World

HOME = {"reason": "The subject went home", "visit_then": "open"}


def test_it_gives_every_kit_back_to_quarantine(world: World) -> None:
    """The page says so, with the reason; a form of the ended dispensing leads there too."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    answer = browser.press(f"{given.address}/not-done", **HOME)
    assert "Visit not done, kits given back at" in answer.text
    assert "Reason: The subject went home." in answer.text
    assert ask_one(world, "SELECT count(*) FROM kit WHERE quality = 'quarantined'") == 2
    browser.get(f"{given.address}/not-done")
    assert browser.path == given.address


def test_a_visit_left_open_is_due_again(world: World) -> None:
    """The worklist asks for it, kits are assigned again, and the history tells both."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    browser.press(f"{given.address}/not-done", **HOME)
    page = browser.get(at(world, given.subject)).text
    assert "Due now" in page
    assert "left Day 1 open: it may still take place." in page
    ordered(world, subject=given.subject)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, given.subject, "dispense?visit=D1&occurrence=0"))
    browser.press(at(world, given.subject, "dispense"))
    assert browser.path == at(world, given.subject, "dispense", given.dispensing_id + 1)


def test_a_visit_that_did_not_take_place_is_skipped(world: World) -> None:
    """Nothing is due afterwards."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    browser.press(f"{given.address}/not-done", **{**HOME, "visit_then": "skipped"})
    page = browser.get(at(world, given.subject)).text
    assert "Skipped, with reason" in page
    assert "marked Day 1 as skipped." in page
    assert "Due now" not in page


@pytest.mark.parametrize("lacking", ["reason", "visit_then"])
def test_it_wants_a_reason_and_what_becomes_of_the_visit(world: World, lacking: str) -> None:
    """Each is asked for; what was typed stays."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    answer = browser.press(f"{given.address}/not-done", **{**HOME, lacking: ""})
    assert answer.status_code == 400
    assert count(world, "movement WHERE event = 'reverse'") == 0
    assert "The subject went home" in answer.text or lacking == "reason"


def test_it_books_once(world: World) -> None:
    """A double press moves each kit once."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    form = fill(browser, f"{given.address}/not-done", **HOME)
    for _ in range(2):
        assert browser.send(f"{given.address}/not-done", form).status_code == 200
    assert count(world, "movement WHERE event = 'reverse'") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/not-done", **HOME).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/not-done", **HOME).status_code == 404
    assert world.signed_in("pharmacist.0").get(f"{given.address}/elsewhere").status_code == 404
