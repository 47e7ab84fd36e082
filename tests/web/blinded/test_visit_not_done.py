"""The button Give the kits back."""

from tests.web.ward import ask_one, assigned, count, fill, intrude
from tests.web.world import World


def test_it_gives_every_kit_back_to_quarantine(world: World) -> None:
    """The page says so, with the reason; a form of the ended dispensing leads there too."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    answer = browser.press(f"{given.address}/not-done", reason="The subject went home")
    assert "Visit not done, kits given back at" in answer.text
    assert "Reason: The subject went home." in answer.text
    assert ask_one(world, "SELECT count(*) FROM kit WHERE quality = 'quarantined'") == 2
    browser.get(f"{given.address}/not-done")
    assert browser.path == given.address


def test_it_wants_a_reason_and_books_once(world: World) -> None:
    """A double press moves each kit once."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(f"{given.address}/not-done")
    assert browser.press(f"{given.address}/not-done").status_code == 400
    form = fill(browser, f"{given.address}/not-done", reason="The subject went home")
    for _ in range(2):
        assert browser.send(f"{given.address}/not-done", form).status_code == 200
    assert count(world, "movement WHERE event = 'reverse'") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = assigned(world)
    assert intrude(world.signed_in("monitor.0"), f"{given.address}/not-done", reason="x").status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), f"{given.address}/not-done", reason="x").status_code == 404
