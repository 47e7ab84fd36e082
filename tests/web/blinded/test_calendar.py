"""The buttons Make an address, Make a new address, Stop the address; and the feed as a calendar reads it."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from irt.tables.people import CalendarFeed
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of, parcel
from tests.web.world import World

PAGE = "/account/calendar"
ADDRESS = re.compile(r"/calendar/([A-Za-z0-9_-]{43})\.ics")


def address_made(browser: Browser) -> str:
    """The path of a new address."""
    browser.get(PAGE)
    browser.press(PAGE)
    found = ADDRESS.search(browser.text)
    assert found is not None
    return found.group(0)


def titles(world: World, address: str) -> list[str]:
    """What a program that is not signed in reads there."""
    answer = world.browser().get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "private, no-store"
    assert max(len(line) for line in answer.content.splitlines()) <= 75
    calendar = Calendar.from_ical(answer.content)
    events = list(calendar.walk("VEVENT"))
    assert [event.errors for event in events] == [[] for _ in events]
    uids = [str(event["uid"]) for event in events]
    assert len(set(uids)) == len(uids)
    assert all(event["dtend"].dt - event["dtstart"].dt == timedelta(days=1) for event in events)
    return [str(event["summary"]) for event in events]


def test_an_address_tells_deliveries_visits_and_last_days(world: World) -> None:
    """Subjects by number, lots by their label; outside production every title says so."""
    number, (site, _) = parcel(world, delivered=False), world.sites[0]
    investigator = System.of(world, "investigator.0")
    subject, _ = investigator.dispenses()
    told = titles(world, address_made(world.signed_in("pharmacist.0")))
    assert any(f"Delivery {number} expected at site {site}" in title for title in told)
    assert any(f"of subject {subject}" in title for title in told)
    assert any("Last day of lot" in title for title in told)
    assert all(title.startswith("[test] ") for title in told)
    listed = investigator.asks("/calendar").json()["items"]
    assert [f"[test] {item['study']}: {item['words']}" for item in listed] == told


def test_a_calendar_tells_neither_treatment_nor_names_nor_quantities(world: World) -> None:
    """A calendar lies on a telephone: no kit type, no name, no number of kits."""
    System.of(world, "investigator.0").dispenses()
    told = " ".join(titles(world, address_made(world.signed_in("pharmacist.0"))))
    assert not any(secret in told for secret in ("PEN-A", "PEN-P", "placebo", "kits", "Holm"))
    elsewhere = " ".join(titles(world, address_made(world.signed_in("pharmacist.1"))))
    assert world.sites[0][0] not in elsewhere


def test_a_new_address_ends_the_old_one_and_stopping_ends_it(world: World) -> None:
    """Shown once, stored as a hash; a stranger's guess, a closed account and an ended address find nothing."""
    browser = world.signed_in("pharmacist.0")
    first = address_made(browser)
    fields = browser.form(PAGE).fields
    second = address_made(browser)
    assert world.browser().get(first).status_code == 404
    assert browser.send(PAGE, {**fields}).status_code == 200
    assert browser.send(PAGE, {**fields}).status_code == 409
    assert world.browser().get(second).status_code == 404
    third = address_made(browser)
    stored = [row["token_hash"] for row in house_of(world).rows(CalendarFeed)]
    assert not any(third.split("/")[2].removesuffix(".ics") in told for told in stored)
    browser.get(PAGE)
    browser.press(f"{PAGE}/stop")
    assert "does not work any more" in browser.text
    assert world.browser().get(third).status_code == 404
    last = address_made(browser)
    world.close_account("pharmacist.0")
    assert world.browser().get(last).status_code == 404


@pytest.mark.parametrize("file", ["x.ics", "a" * 43 + ".ics", "a" * 43])
def test_a_guess_finds_nothing(world: World, file: str) -> None:
    """One answer for all of them."""
    assert world.browser().get(f"/calendar/{file}").status_code == 404


def test_a_token_stops_an_address_and_makes_none(world: World) -> None:
    """A token's scopes narrow what it reads."""
    address = address_made(world.signed_in("pharmacist.0"))
    system = System.of(world, "pharmacist.0", scopes=["view_audit"])
    assert system.asks("/calendar").json()["items"] == []
    assert system.does_alone("/calendar/stop").json() == {"stopped": 1}
    assert world.browser().get(address).status_code == 404
