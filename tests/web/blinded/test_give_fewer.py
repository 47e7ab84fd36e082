"""The button Hand over these kits only."""

from tests.web.ward import ask_one, assigned, fill, intrude
from tests.web.world import World


def test_it_hands_over_the_ticked_kits_and_keeps_the_rest_apart(world: World) -> None:
    """The rest waits in quarantine, with the reason."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(given.address)
    browser.press(f"{given.address}/scan", code=given.kits[0])
    page = browser.get(f"{given.address}/fewer").text
    assert f"{given.kits[1]}</span> (not scanned)" in page
    answer = browser.press(f"{given.address}/fewer", reason="The subject travels light")
    assert "Only 1 kit handed over at" in answer.text
    assert "Reason: The subject travels light." in answer.text
    kept = "SELECT quality FROM kit WHERE number = :number"
    assert ask_one(world, kept, number=given.kits[1]) == "quarantined"


def test_a_kit_that_was_not_scanned_is_not_given(world: World) -> None:
    """Nothing is booked."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/fewer")
    form = fill(browser, f"{given.address}/fewer", reason="Travels light")
    answer = browser.send(f"{given.address}/fewer", {**form, f"given-{given.kits[0]}": "yes"})
    assert answer.status_code == 409
    assert "not checked" in answer.text
    assert browser.send(f"{given.address}/fewer", form).status_code == 400
    assert ask_one(world, "SELECT status FROM dispensing") == "assigned"


def test_it_books_once(world: World) -> None:
    """A double press shows the same result."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(given.address)
    browser.press(f"{given.address}/scan", code=given.kits[0])
    browser.get(f"{given.address}/fewer")
    form = fill(browser, f"{given.address}/fewer", reason="Travels light")
    answers = [browser.send(f"{given.address}/fewer", form).text for _ in range(2)]
    assert all("Only 1 kit handed over at" in answer for answer in answers)


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    typed = {f"given-{given.kits[0]}": "yes", "reason": "x"}
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/fewer", **typed).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/fewer", **typed).status_code == 404
