"""A site's accountability on its page, over the API and at the terminal: it adds up, or says where it does not."""

from sqlalchemy import update

from irt.tables.columns import table_of
from irt.tables.kit import Kit
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.spent import verified
from tests.web.ward import treated
from tests.web.world import World


def test_every_lot_adds_up_for_the_site_and_its_monitor(world: World) -> None:
    """With kits given, rejected and verified; linked from the stock, with lines to sign on paper."""
    treated(world)
    verified(world, 2)
    here = f"/stock/accountability?site={world.sites[0][1]}"
    browser = world.signed_in("monitor.0")
    assert 'href="/stock/accountability"' in browser.get("/stock").text
    page = browser.get(here).text
    assert "Everything adds up" in page
    assert "Now: with subjects" in page
    assert "Now: came back, here" in page
    assert "PEN-" not in page
    assert world.signed_in("pharmacist.1").get(here).status_code == 404
    assert "Choose a site" in world.signed_in("inspector.all").get("/stock/accountability").text


def test_what_disagrees_is_named(world: World) -> None:
    """A kit that is written as given without a visit: its number stands on the page and in the answer."""
    kit = house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1])[0]
    kits = table_of(Kit)
    with world.store.writing() as connection:
        connection.execute(update(kits).where(kits.c.id == kit["id"]).values(assignment="dispensed"))
    page = world.signed_in("pharmacist.0").get("/stock/accountability").text
    assert "It does not add up" in page
    assert f"kit {kit['number']}: it counts as given, and no visit says to whom" in page
    system = System.of(world, "pharmacist.0")
    found = system.asks_study(f"/sites/{world.sites[0][0]}/accountability").json()
    assert [lot["faults"] for lot in found["lots"] if lot["faults"]] == [
        [f"kit {kit['number']}: it counts as given, and no visit says to whom"]
    ]
    assert system.asks_study(f"/sites/{world.sites[1][0]}/accountability").status_code == 404


def test_the_last_count_stands_on_the_form(world: World) -> None:
    """What was not found, and why."""
    house = house_of(world)
    rows = house.rows(Kit, custody="site", place_id=world.sites[0][1])
    gone, *rest = sorted(row["number"] for row in rows)
    site = System.of(world, "pharmacist.0")
    site.booked("/kits/count", site=world.sites[0][0], scanned=rest, reasons={gone: "Shelf looked through twice"})
    page = world.signed_in("pharmacist.0").get("/stock/accountability").text
    assert "Shelf looked through twice" in page
    assert "Now: missing" in page
    assert "Everything adds up" in page
