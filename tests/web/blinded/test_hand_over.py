"""The button Confirm hand-over."""

from dataclasses import replace

from irt.reads.blinded_dispensing import dispensing_page
from tests.web.browser import Browser
from tests.web.ward import Assigned, ask_one, assigned, count, fill, intrude
from tests.web.world import World


def scanned(world: World) -> tuple[Browser, Assigned]:
    """A dispensing whose kits are all checked."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(given.address)
    for kit in given.kits:
        browser.press(f"{given.address}/scan", code=kit)
    return browser, given


def test_it_books_every_kit(world: World) -> None:
    """The page says when and by whom, and the subject is on treatment."""
    browser, given = scanned(world)
    answer = browser.press(f"{given.address}/hand-over")
    assert browser.path == given.address
    assert "2 kits handed over at" in answer.text
    assert "Pharmacist.0 Holm" in answer.text
    assert ask_one(world, "SELECT status FROM subject") == "on_treatment"
    assert ask_one(world, "SELECT count(*) FROM kit WHERE custody = 'subject'") == 2


def test_kits_that_were_not_scanned_stop_it(world: World) -> None:
    """The button that looked disabled books nothing either."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(given.address)
    answer = browser.press(f"{given.address}/hand-over")
    assert answer.status_code == 409
    assert f"2 of the kits are not checked: {given.kits[0]}, {given.kits[1]}. Nothing was booked." in answer.text
    assert ask_one(world, "SELECT count(*) FROM kit WHERE custody = 'subject'") == 0


def test_it_books_once(world: World) -> None:
    """A double press shows the same result; a press from an older page says that it has ended."""
    browser, given = scanned(world)
    form = fill(browser, f"{given.address}/hand-over")
    answers = [browser.send(f"{given.address}/hand-over", form).text for _ in range(2)]
    assert all("2 kits handed over at" in answer for answer in answers)
    late = browser.send(f"{given.address}/hand-over", {**form, "command_key": "an older page"})
    assert late.status_code == 409
    assert count(world, "movement WHERE event = 'hand_over'") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/hand-over").status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/hand-over").status_code == 404


def test_a_visit_without_kits_is_confirmed_all_the_same(world: World) -> None:
    """Where the study gives nothing there is nothing to scan, and the visit still took place."""
    given = assigned(world)
    actor = world.office.account("pharmacist.0")
    with world.store.reading() as connection:
        view = dispensing_page(connection, actor, world.study_id, given.subject, given.dispensing_id, world.now)
    assert not view.ready
    assert replace(view, kits=()).ready
