"""Storage units: named, told by their loggers, drawn, and due again; an excursion without kits is closed."""

import re
from datetime import timedelta

from irt.tables.shipment import Excursion
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.ward import ask_one
from tests.web.world import World


def log_of(world: World, *celsius: float, days_ago: int = 3) -> bytes:
    """An hourly file that ends before now."""
    start = world.now - timedelta(days=days_ago)
    rows = [f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%MZ},{degrees}" for hour, degrees in enumerate(celsius)]
    return ("timestamp,temperature_c\n" + "\n".join(rows) + "\n").encode()


def named_fridge(world: World) -> Browser:
    """The first site's fridge has a name."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/temperature")
    browser.press("/temperature", site=str(world.sites[0][1]), name="Fridge 1", storage="2-8C")
    return browser


def stored(browser: Browser, content: bytes, name: str = "F1.csv") -> Browser:
    browser.get("/temperature/1")
    fields = {**browser.form("/temperature/1").fields, "logger": "default"}
    fields.pop("file", None)
    files = {"file": (name, content, "application/octet-stream")}
    browser.answer = browser.client.post("/temperature/1", data=fields, files=files, follow_redirects=True)
    return browser


def test_a_fridge_is_named_told_of_and_due_again(world: World) -> None:
    """Its curve and limits, until when it was told, and the day of the next file; another site does not see it."""
    browser = named_fridge(world)
    assert all(words in browser.text for words in ("Fridge 1", "nothing yet", "No excursion"))
    page = stored(browser, log_of(world, *[5.0] * 30)).text
    assert all(words in page for words in ("irt-chart", "Accept", "2 to 8 °C", "5.0 °C"))
    listed = browser.get("/temperature").text
    assert "5.0 to 5.0 °C" in listed
    assert "Overdue:" not in listed
    world.wait(days=40)
    assert "Overdue:" in world.signed_in("pharmacist.0").get("/temperature").text
    assert "Fridge 1" not in world.signed_in("pharmacist.1").get("/temperature").text
    assert world.signed_in("pharmacist.1").get("/temperature/1").status_code == 404


def test_a_frozen_fridge_holds_its_kits(world: World) -> None:
    """Every kit that may have lain there waits for quality, who decides on its kits and closes nothing before."""
    browser = named_fridge(world)
    page = stored(browser, log_of(world, *[5.0] * 30, -1.0, 5.0)).text
    assert "Reject" in page
    assert re.search(r"Excursion</dt><dd>X-0001", page)
    assert [row["status"] for row in house_of(world).rows(Excursion)] == ["reported"]
    quality = world.signed_in("quality.all")
    assert "Close it" not in quality.get(f"/quality/excursions/{world.study_id}/X-0001").text
    kit = ask_one(
        world, "SELECT min(number) FROM kit WHERE custody = 'site' AND place_id = :site", site=world.sites[0][1]
    )
    assert "Hours outside" not in browser.get(f"/stock/{world.study_id}/kits/{kit}").text


def test_an_excursion_without_kits_is_closed_on_its_page(world: World) -> None:
    """Signed, with a reason; the fridge then stands without one."""
    browser = named_fridge(world)
    stored(browser, log_of(world, *[5.0] * 3, -1.0, days_ago=60))
    here = f"/quality/excursions/{world.study_id}/X-0001"
    quality = world.signed_in("quality.all")
    assert "Close it" in quality.get(here).text
    answer = quality.press(here, reason="", password=PASSWORD)
    assert (answer.status_code, "reason" in answer.text) == (400, True)
    quality.press(here, reason="No kit lay there then", password=PASSWORD)
    assert "Closed" in quality.text
    assert "No excursion" in browser.get("/temperature").text
