"""The buttons Put dosing on hold and Resume dosing."""

from tests.web.ward import ask_one, at, count, fill, intrude, treated
from tests.web.world import World


def test_a_hold_stops_assignments_until_dosing_is_resumed(world: World) -> None:
    """The page's primary button is then the way back."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    browser.get(at(world, subject, "steps", "hold"))
    page = browser.press(at(world, subject, "steps", "hold"), reason="Raised liver values").text
    assert "Dose hold" in page
    assert f'btn-primary" href="{at(world, subject, "steps", "resume")}"' in page
    browser.get(at(world, subject, "steps", "resume"))
    page = browser.press(at(world, subject, "steps", "resume"), reason="Values are normal").text
    assert "resumed dosing." in page
    assert ask_one(world, "SELECT status FROM subject") == "on_treatment"


def test_it_wants_a_reason_and_books_once(world: World) -> None:
    """A double press is one event; a second hold is refused in words."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    action = at(world, subject, "steps", "hold")
    browser.get(action)
    assert browser.press(action).status_code == 400
    form = fill(browser, action, reason="Raised liver values")
    for _ in range(2):
        assert browser.send(action, form).status_code == 200
    assert browser.send(action, {**form, "command_key": "another form"}).status_code == 409
    assert count(world, "subject_event WHERE kind = 'hold_dose'") == 1


def test_it_refuses_who_does_not_decide_and_a_stranger(world: World) -> None:
    """A pharmacist does not hold doses; another site's investigator finds no such subject."""
    action = at(world, treated(world).subject, "steps", "hold")
    assert intrude(world.signed_in("pharmacist.0"), action, reason="x").status_code == 403
    assert intrude(world.signed_in("investigator.1"), action, reason="x").status_code == 404
    assert (
        intrude(world.signed_in("investigator.0"), action.replace("hold", "dance"), reason="x").status_code == 404
    )
