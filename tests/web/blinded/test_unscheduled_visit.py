"""The button Assign kits of an unscheduled visit."""

from tests.web.ward import at, count, fill, intrude, ordered, treated
from tests.web.world import World


def test_it_assigns_the_kits_of_the_visit_named(world: World) -> None:
    """On an order of its own; the visit has its own name."""
    subject = treated(world).subject
    ordered(world, subject=subject)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "unscheduled"))
    answer = browser.press(at(world, subject, "unscheduled"), visit="D1")
    assert "Unscheduled visit 1" in answer.text
    assert answer.text.count("Waiting for scan") == 2


def test_without_an_order_it_refuses_in_words(world: World) -> None:
    """The order of the planned visit is used up."""
    subject = treated(world).subject
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "unscheduled"))
    answer = browser.press(at(world, subject, "unscheduled"), visit="D1")
    assert answer.status_code == 409
    assert "has not signed the order" in answer.text
    assert count(world, "dispensing") == 1


def test_it_books_once(world: World) -> None:
    """A double press opens the same kits."""
    subject = treated(world).subject
    ordered(world, subject=subject)
    browser = world.signed_in("pharmacist.0")
    browser.get(at(world, subject, "unscheduled"))
    form = fill(browser, at(world, subject, "unscheduled"), visit="D1")
    paths = {browser.send(at(world, subject, "unscheduled"), form).url.path for _ in range(2)}
    assert len(paths) == 1
    assert count(world, "dispensing") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    action = at(world, treated(world).subject, "unscheduled")
    assert intrude(world.signed_in("monitor.0"), action, visit="D1").status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), action, visit="D1").status_code == 404
