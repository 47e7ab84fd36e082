"""The button Assign kits, on the visit's page and as Dispense on the worklist."""

from irt.states.records import DispensingStatus
from tests.web.ward import ask_one, at, count, fill, intrude, ordered, randomized, screened
from tests.web.world import World


def test_from_the_worklist_it_is_one_press(world: World) -> None:
    """The signed order makes the row's button a form; the answer is the page with the kits to scan."""
    subject = ordered(world)
    browser = world.signed_in("pharmacist.0")
    assert "order signed" in browser.get("/worklist").text
    answer = browser.press(at(world, subject, "dispense"))
    assert answer.status_code == 200
    assert browser.path.startswith(at(world, subject, "dispense", ""))
    assert answer.text.count("Waiting for scan") == 2
    assert ask_one(world, "SELECT status FROM dispensing") == DispensingStatus.ASSIGNED


def test_the_visits_page_says_how_many_kits_to_expect(world: World) -> None:
    """The number is the same in every arm."""
    subject = ordered(world)
    page = world.signed_in("pharmacist.0").get(at(world, subject, "dispense?visit=D1")).text
    assert "2 kits will be assigned for Day 1, Every two weeks." in page


def test_without_an_order_it_refuses_in_words(world: World) -> None:
    """Nothing is booked; the page says what is missing."""
    subject = randomized(world)
    browser = world.signed_in("pharmacist.0")
    assert "has not signed the order" in browser.get(at(world, subject, "dispense?visit=D1")).text
    answer = browser.press(at(world, subject, "dispense"))
    assert answer.status_code == 409
    assert "The investigator has not signed the order for this visit. Nothing was booked." in answer.text
    assert count(world, "dispensing") == 0


def test_a_visit_that_is_none_of_the_subjects_is_not_found(world: World) -> None:
    """Neither an invented code nor a visit before randomization."""
    browser = world.signed_in("pharmacist.0")
    assert browser.get(at(world, ordered(world), "dispense?visit=W99")).status_code == 404
    assert browser.get(at(world, screened(world), "dispense?visit=D1")).status_code == 404


def test_it_assigns_once_however_often_it_is_pressed(world: World) -> None:
    """The same form again, or another person's form, leads to the same kits."""
    subject = ordered(world)
    browser, other = world.signed_in("pharmacist.0"), world.signed_in("coordinator.0")
    for each in (browser, other):
        each.get(at(world, subject, "dispense?visit=D1"))
    form = fill(browser, at(world, subject, "dispense"))
    first = browser.send(at(world, subject, "dispense"), form)
    second = browser.send(at(world, subject, "dispense"), form)
    third = other.press(at(world, subject, "dispense"))
    assert first.url.path == second.url.path == third.url.path
    assert count(world, "dispensing") == 1


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    subject = ordered(world)
    assert intrude(world.signed_in("monitor.0"), at(world, subject, "dispense"), visit="D1").status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), at(world, subject, "dispense"), visit="D1").status_code == 404
    assert count(world, "dispensing") == 0
