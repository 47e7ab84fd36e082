"""The supply manager's overview, and who gets no further than its door."""

import pytest

from irt.tables.subject import Subject
from tests.rows import put
from tests.web.parcels import parcel
from tests.web.world import World

PAGES = ("/supply", "/supply/depots", "/supply/shipments", "/supply/sites", "/supply/levels")


def _subjects(world: World, how_many: int) -> None:
    for number in range(how_many):
        put(
            world.store,
            Subject,
            sponsor_id=1,
            study_id=world.study_id,
            site_id=world.sites[0][1],
            number=f"1001-{9000 + number}",
            status="randomized",
            screened_on=world.now.date(),
        )


def test_the_overview_says_what_counts(world: World) -> None:
    """Figures, levels beside stock, depots, and the picture with its table; depots by type have their own page."""
    parcel(world)
    browser = world.signed_in("supply_manager.all")
    page = browser.get("/supply").text
    assert "UNBLINDED" in page
    assert all(words in page for words in ("Stock against levels", "Next inbound", "Numbers behind the picture"))
    assert "PEN-A" in browser.get("/supply/depots").text
    assert "Enough stock" in page


def test_a_site_says_what_it_would_be_sent_and_why_not_more(world: World) -> None:
    """By kit type from five subjects on, each with the rule that keeps it back; before that, no type is named."""
    browser, number = world.signed_in("supply_manager.all"), world.sites[0][0]
    address = f"/supply/sites/{world.study_id}/{number}"
    before = browser.get(address).text
    assert "Too few subjects are on treatment here" in before
    assert "PEN-A" not in before
    _subjects(world, 5)
    after = browser.get(address).text
    assert all(words in after for words in ("Were it supplied now", "PEN-A", "level not reached", "Goods leave on"))


def test_a_site_that_is_not_open_is_sent_nothing(world: World) -> None:
    """A planned site says so."""
    address = f"/supply/sites/{world.study_id}/1003"
    assert "nothing is sent to it" in world.signed_in("supply_manager.all").get(address).text


def test_small_sites_are_shown_by_blinding_group(world: World) -> None:
    """Below five subjects no kit type is named beside a site; from five on each type has its row."""
    browser = world.signed_in("supply_manager.all")
    before = browser.get("/supply?search=1001").text.split("Expiry of unused kits")[0]
    assert "by blinding group, few subjects" in before
    assert "PEN-A" not in before
    _subjects(world, 5)
    after = browser.get("/supply?search=1001").text.split("Expiry of unused kits")[0]
    assert "PEN-A" in after
    assert "PEN-P" in after


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("person", ["pharmacist.0", "monitor.0", "inspector.all"])
def test_blinded_people_are_refused(world: World, person: str, address: str) -> None:
    """No unblinded page for any blinded role, and none of its words on the way."""
    answer = world.signed_in(person).get(address)
    assert answer.status_code == 403
    assert "PEN-A" not in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_a_blinded_planner_is_led_to_the_blinding_groups(world: World, address: str) -> None:
    """The same work by blinding group, or a refusal; never a kit type."""
    parcel(world)
    answer = world.signed_in("supply_planner.all").get(address)
    assert answer.status_code in (200, 403)
    assert "PEN-A" not in answer.text
    assert "irt-unblinded-tag" not in answer.text


def test_unblinded_pages_are_kept_by_no_browser(world: World) -> None:
    """The header of every one of them."""
    browser = world.signed_in("supply_manager.all")
    for address in PAGES:
        assert "no-store" in browser.get(address).headers["cache-control"]
