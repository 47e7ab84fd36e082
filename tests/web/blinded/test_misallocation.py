"""The button Record the other kit."""

from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.ward import Assigned, ask_one, assigned, count, fill, free_kit, intrude
from tests.web.world import World


def answers(world: World, given: Assigned, **changes: str) -> dict[str, str]:
    """What is entered where a free kit was given instead of the first."""
    return {
        "assigned": given.kits[0],
        "given": free_kit(world),
        "taken": "unknown",
        "reason": "Taken from the wrong shelf",
        "password": PASSWORD,
        **changes,
    }


def at_the_form(world: World, given: Assigned) -> Browser:
    """The pharmacist before the form."""
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/misallocation")
    return browser


def test_both_kits_follow_reality(world: World) -> None:
    """The page shows both, and the deviation's number."""
    given = assigned(world)
    typed = answers(world, given)
    browser = at_the_form(world, given)
    page = browser.press(f"{given.address}/misallocation", **typed).text
    assert f"{typed['given']} was handed over instead of {given.kits[0]}. Deviation D-0001." in page
    where = "SELECT custody FROM kit WHERE number = :number"
    assert ask_one(world, where, number=typed["given"]) == "subject"
    assert ask_one(world, where, number=given.kits[0]) == "site"


def test_the_wrong_scan_brings_its_number_along(world: World) -> None:
    """Nobody types it twice."""
    given = assigned(world)
    kit = free_kit(world)
    page = world.signed_in("pharmacist.0").get(f"{given.address}/misallocation?given={kit}").text
    assert f'value="{kit}"' in page


def test_this_study_asks_for_a_signature(world: World) -> None:
    """A wrong password books nothing."""
    given = assigned(world)
    browser = at_the_form(world, given)
    answer = browser.press(f"{given.address}/misallocation", **answers(world, given, password="wrong"))
    assert answer.status_code == 403
    assert "tries left" in answer.text
    assert count(world, "deviation") == 0


def test_a_kit_of_this_visit_is_no_misallocation(world: World) -> None:
    """It is scanned as usual."""
    given = assigned(world)
    browser = at_the_form(world, given)
    typed = {**answers(world, given), "given": given.kits[1]}
    answer = browser.press(f"{given.address}/misallocation", **typed)
    assert answer.status_code == 409
    assert "is one of this visit&#39;s kits. Nothing was booked." in answer.text


def test_what_is_missing_is_named(world: World) -> None:
    """Whether it was taken, which kits, why."""
    given = assigned(world)
    browser = at_the_form(world, given)
    for name in ("assigned", "given", "taken", "reason"):
        browser.get(f"{given.address}/misallocation")
        typed = {key: value for key, value in answers(world, given).items() if key != name}
        assert browser.press(f"{given.address}/misallocation", **typed).status_code == 400
    assert count(world, "deviation") == 0


def test_it_books_once(world: World) -> None:
    """A double press is one deviation and one signature."""
    given = assigned(world)
    browser = at_the_form(world, given)
    form = fill(browser, f"{given.address}/misallocation", **answers(world, given))
    for _ in range(2):
        assert browser.send(f"{given.address}/misallocation", form).status_code == 200
    assert count(world, "deviation") == 1


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    typed = answers(world, given)
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/misallocation", **typed).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/misallocation", **typed).status_code == 404
