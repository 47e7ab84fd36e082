"""The button Sign of an investigator's order."""

import pytest

from tests.cast import PASSWORD
from tests.web.ward import ask_one, at, count, fill, intrude, randomized
from tests.web.world import World


def test_it_signs_the_order_and_kits_can_be_assigned(world: World) -> None:
    """The investigator's worklist leads to it; afterwards the pharmacist's row can be finished."""
    subject = randomized(world)
    browser, pharmacist = world.signed_in("investigator.0"), world.signed_in("pharmacist.0")
    assert f"{at(world, subject, 'order')}?visit=D1&amp;occurrence=0" in browser.get("/worklist").text
    assert "waits for the investigator’s order" in pharmacist.get("/worklist").text
    browser.get(at(world, subject, "order?visit=D1"))
    answer = browser.press(at(world, subject, "order"), password=PASSWORD)
    assert "The order is signed" in answer.text
    assert "meaning: I order dispensing for this visit" in answer.text
    assert "order signed" in pharmacist.get("/worklist").text


@pytest.mark.parametrize("password", ["", "not the password"])
def test_a_wrong_password_signs_nothing_and_counts(world: World, password: str) -> None:
    """The page says how many tries are left, and never gives the password back."""
    subject = randomized(world)
    browser = world.signed_in("investigator.0")
    browser.get(at(world, subject, "order?visit=D1"))
    answer = browser.press(at(world, subject, "order"), password=password)
    assert answer.status_code == 403
    assert "tries left" in answer.text
    assert "not the password" not in answer.text
    assert count(world, "dispensing_order") == 0
    assert ask_one(world, "SELECT count(*) FROM audit_entry WHERE act = 'signature_refused'") == 1


def test_it_signs_once(world: World) -> None:
    """A double press, and another form of the same visit, sign nothing twice."""
    subject = randomized(world)
    browser = world.signed_in("investigator.0")
    browser.get(at(world, subject, "order?visit=D1"))
    form = fill(browser, at(world, subject, "order"), password=PASSWORD)
    for _ in range(2):
        assert browser.send(at(world, subject, "order"), form).status_code == 200
    other = browser.send(at(world, subject, "order"), {**form, "command_key": "another form"})
    assert other.status_code == 409
    assert "Nothing was signed twice" in other.text
    assert count(world, "dispensing_order") == 1


def test_another_dose_than_the_one_read_is_not_signed(world: World) -> None:
    """What is signed is what was on the page."""
    subject = randomized(world)
    browser = world.signed_in("investigator.0")
    browser.get(at(world, subject, "order?visit=D1"))
    answer = browser.press(at(world, subject, "order"), password=PASSWORD, dose_level="QM")
    assert answer.status_code == 409
    assert "Read the order again" in answer.text


def test_it_refuses_who_does_not_order_and_a_stranger(world: World) -> None:
    """A pharmacist does not sign orders; another site's investigator finds no such subject."""
    subject = randomized(world)
    typed = {"visit": "D1", "password": PASSWORD, "dose_level": "Q2W"}
    assert intrude(world.signed_in("pharmacist.0"), at(world, subject, "order"), **typed).status_code == 403
    assert intrude(world.signed_in("investigator.1"), at(world, subject, "order"), **typed).status_code == 404
    assert world.signed_in("investigator.0").get(at(world, subject, "order?visit=SCR")).status_code == 404
    assert count(world, "dispensing_order") == 0
