"""The monitor's page: what is new since her last visit, the visit signed, and nobody else's sites."""

from datetime import timedelta

from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.world import World


def test_a_signed_visit_is_the_mark_from_which_things_are_new(world: World) -> None:
    """She lands on her sites; signs with what was open then; afterwards only later records are new."""
    today, (site, site_id) = world.now.date(), world.sites[0]
    browser = world.signed_in("monitor.0")
    page = browser.get("/").text
    assert (browser.path, site in page, "not visited yet" in page) == ("/monitoring", True, True)
    assert world.sites[1][0] not in page
    here = f"/monitoring/{site_id}"
    assert "New since the beginning" in browser.get(here).text
    ahead = (today + timedelta(days=1)).isoformat()
    refused = browser.press(here, on_day=ahead, verified="All returns", password=PASSWORD)
    assert (refused.status_code, "still to come" in refused.text) == (400, True)
    assert "All returns" in refused.text
    browser.get(here)
    assert browser.press(here, verified="All returns", password="wrong").status_code == 403
    browser.get(here)
    signed = browser.press(here, on_day=today.isoformat(), verified="All returns", password=PASSWORD).text
    assert "Visit 1, " in signed
    system = System.of(world, "monitor.0")
    assert _new(system) == (today.isoformat(), 0)
    world.wait(hours=2)
    for place in (0, 1):
        coordinator = System.of(world, f"coordinator.{place}")
        coordinator.booked("/subjects/screen", site=world.sites[place][0], on_day=today.isoformat())
    assert _new(system) == (today.isoformat(), 1)
    history = world.signed_in("inspector.all").get("/history").text
    assert "verified records on monitoring visit" in history


def _new(system: System) -> tuple[str, int]:
    (told,) = system.asks_study("/monitoring").json()["items"]
    return told["last_visit_on"], sum(n for name, n in told["figures"].items() if name.startswith("new_"))


def test_only_the_monitor_of_the_site_records(world: World) -> None:
    """Another site's monitor finds nothing there; a pharmacist has no such page."""
    site_id = world.sites[0][1]
    assert world.signed_in("monitor.1").get(f"/monitoring/{site_id}").status_code == 404
    assert world.signed_in("pharmacist.0").get("/monitoring").status_code == 403
    asked = System.of(world, "monitor.1").does(
        "/monitoring/record",
        site_id=site_id,
        on_day="2026-03-02",
        verified="Nothing",
        signing={"password": PASSWORD},
    )
    assert asked.status_code == 404
