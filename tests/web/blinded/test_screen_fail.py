"""The button Record the failure."""

from tests.web.ward import ask_one, at, count, fill, intrude, randomized, screened
from tests.web.world import World


def test_it_ends_the_screening(world: World) -> None:
    """With a reason of the study's own list; the subject's page says so."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "steps", "screen-fail"))
    answer = browser.press(at(world, subject, "steps", "screen-fail"), reason="Consent withdrawn")
    assert browser.path == at(world, subject)
    assert "Screen failed" in answer.text
    assert "Reason: Consent withdrawn" in answer.text


def test_it_wants_a_reason(world: World) -> None:
    """Without one nothing is booked."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "steps", "screen-fail"))
    answer = browser.press(at(world, subject, "steps", "screen-fail"), reason=" ")
    assert answer.status_code == 400
    assert "The reason is missing" in answer.text
    assert ask_one(world, "SELECT status FROM subject") == "screening"


def test_it_refuses_a_randomized_subject(world: World) -> None:
    """The lifecycle has no such step."""
    subject = randomized(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "steps", "screen-fail"))
    answer = browser.press(at(world, subject, "steps", "screen-fail"), reason="Other")
    assert answer.status_code == 409
    assert ask_one(world, "SELECT status FROM subject") == "randomized"


def test_it_books_once(world: World) -> None:
    """A second press leads to the same page and adds no event."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    action = at(world, subject, "steps", "screen-fail")
    browser.get(action)
    form = fill(browser, action, reason="Other")
    assert [browser.send(action, form).status_code for _ in range(2)] == [200, 200]
    assert count(world, "subject_event") == 1


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    action = at(world, screened(world), "steps", "screen-fail")
    assert intrude(world.signed_in("monitor.0"), action, reason="Other").status_code == 403
    assert intrude(world.signed_in("coordinator.1"), action, reason="Other").status_code == 404
