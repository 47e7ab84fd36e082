"""The button Replace the kit."""

from tests.web.ward import ask_one, assigned, count, fill, intrude
from tests.web.world import World


def test_it_takes_the_kit_out_and_assigns_another(world: World) -> None:
    """The new kit waits for its scan, the old one is out of stock."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/replace")
    answer = browser.press(
        f"{given.address}/replace", kit=given.kits[0], problem="damaged", reason="The seal is broken"
    )
    assert browser.path == given.address
    assert "Replaced" in answer.text
    assert answer.text.count("Waiting for scan") == 2
    assert ask_one(world, "SELECT quality FROM kit WHERE number = :number", number=given.kits[0]) == "damaged"


def test_every_question_needs_its_answer(world: World) -> None:
    """What is missing is named, and what was typed stays."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/replace")
    answer = browser.press(f"{given.address}/replace", kit=given.kits[0], reason="The seal is broken")
    assert answer.status_code == 400
    assert "Choose what is wrong with the kit" in answer.text
    assert "The seal is broken</textarea>" in answer.text
    browser.get(f"{given.address}/replace")
    assert browser.press(f"{given.address}/replace", problem="damaged", reason="x").status_code == 400
    assert count(world, "dispensed_kit") == 2


def test_it_books_once(world: World) -> None:
    """A double press is one replacement."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/replace")
    form = fill(
        browser, f"{given.address}/replace", kit=given.kits[0], problem="missing", reason="Not on the shelf"
    )
    for _ in range(2):
        assert browser.send(f"{given.address}/replace", form).status_code == 200
    assert count(world, "dispensed_kit") == 3


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    typed = {"kit": given.kits[0], "problem": "damaged", "reason": "x"}
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/replace", **typed).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/replace", **typed).status_code == 404
