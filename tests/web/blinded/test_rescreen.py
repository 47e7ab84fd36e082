"""The button Screen again."""

from irt.services.screen_subject import FailScreening, fail_screening
from tests.web.ward import ask_one, at, count, fill, intrude, screened
from tests.web.world import World


def failed(world: World) -> str:
    """A subject whose screening failed."""
    subject = screened(world)
    ask = FailScreening(study_id=world.study_id, subject=subject, on_day=world.now.date(), reason="Other")
    world.office.does(world.office.account("coordinator.0"), fail_screening, ask)
    return subject


def test_it_screens_again_under_a_new_number(world: World) -> None:
    """The subject keeps its number; the screening gets the next one."""
    subject = failed(world)
    world.wait(days=31)
    browser = world.signed_in("coordinator.0")
    assert "Screen again" in browser.get(at(world, subject)).text
    browser.get(at(world, subject, "steps", "re-screen"))
    answer = browser.press(at(world, subject, "steps", "re-screen"))
    assert browser.path == at(world, subject)
    assert f"{world.sites[0][0]}-S002" in answer.text


def test_it_says_when_it_is_too_early(world: World) -> None:
    """The study asks to wait thirty days."""
    subject = failed(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "steps", "re-screen"))
    answer = browser.press(at(world, subject, "steps", "re-screen"))
    assert answer.status_code == 409
    assert "asks to wait 30 days" in answer.text
    assert ask_one(world, "SELECT status FROM subject") == "screen_failed"


def test_it_books_once(world: World) -> None:
    """A double press is one screening."""
    subject = failed(world)
    world.wait(days=31)
    browser = world.signed_in("coordinator.0")
    action = at(world, subject, "steps", "re-screen")
    browser.get(action)
    form = fill(browser, action)
    browser.send(action, form)
    browser.send(action, form)
    assert count(world, "screening") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    action = at(world, failed(world), "steps", "re-screen")
    assert intrude(world.signed_in("monitor.0"), action).status_code == 403
    assert intrude(world.signed_in("coordinator.1"), action).status_code == 404
