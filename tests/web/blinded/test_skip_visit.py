"""The button Record as skipped."""

from tests.web.ward import at, count, fill, intrude, treated
from tests.web.world import World


def test_it_records_a_visit_that_did_not_take_place(world: World) -> None:
    """It can be chosen once its window has begun; the subject's page shows the reason."""
    subject = treated(world).subject
    browser = world.signed_in("pharmacist.0")
    assert "No visit waits for a record." in browser.get(at(world, subject, "skip")).text
    world.wait(days=28)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "skip?visit=W4&occurrence=0"))
    answer = browser.press(at(world, subject, "skip"), visit="W4~0", reason="On holiday")
    assert browser.path == at(world, subject)
    assert "marked Week 4 as skipped." in answer.text
    assert "Reason: On holiday" in answer.text


def test_it_wants_a_visit_and_a_reason(world: World) -> None:
    """Each is named where it is missing."""
    subject = treated(world).subject
    world.wait(days=28)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "skip"))
    assert "Choose the visit." in browser.press(at(world, subject, "skip"), reason="On holiday").text
    answer = browser.press(at(world, subject, "skip"), visit="W4~0", reason="")
    assert answer.status_code == 400
    assert count(world, "subject_visit") == 1


def test_it_books_once(world: World) -> None:
    """A double press is one record; another form is refused in words."""
    subject = treated(world).subject
    world.wait(days=28)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "skip"))
    form = fill(browser, at(world, subject, "skip"), visit="W4~0", reason="On holiday")
    for _ in range(2):
        assert browser.send(at(world, subject, "skip"), form).status_code == 200
    other = browser.send(at(world, subject, "skip"), {**form, "command_key": "another form"})
    assert other.status_code == 409
    assert count(world, "subject_visit") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    subject = treated(world).subject
    typed = {"visit": "W4~0", "reason": "x"}
    assert intrude(world.signed_in("monitor.0"), at(world, subject, "skip"), **typed).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), at(world, subject, "skip"), **typed).status_code == 404
