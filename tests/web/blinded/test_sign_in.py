"""The button Continue of the sign-in page."""

from tests.cast import PASSWORD
from tests.web.world import World


def test_it_signs_in(world: World) -> None:
    """Name and password lead to the start page, with the person's name in the frame."""
    browser = world.browser()
    answer = browser.sign_in("pharmacist.0", PASSWORD)
    assert answer.status_code == 200
    assert "Pharmacist.0 Holm" in answer.text
