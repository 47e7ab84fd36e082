"""The panel of a main site: scanned kits go to its satellite; who has none sees no panel."""

from sqlalchemy import update

from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.study import Site
from tests.web.parcels import house_of
from tests.web.world import World


def test_kits_are_sent_to_a_satellite(world: World) -> None:
    """A wrong scan keeps what was typed and books nothing; the right ones are on their way, and the satellite's."""
    browser = world.signed_in("pharmacist.0")
    assert "Send to satellite" not in browser.get("/shipments").text
    (_, main), (satellite, satellite_id) = world.sites
    sites = table_of(Site)
    with world.store.writing() as connection:
        connection.execute(update(sites).where(sites.c.id == satellite_id).values(main_site_id=main))
    kits = sorted(row["number"] for row in house_of(world).rows(Kit, custody="site", place_id=main))[:2]
    page = browser.get("/shipments")
    assert "Send to satellite" in page.text
    typed = {"satellite": f"{world.study_id}/{satellite}", "monitor": "TM-5", "waybill": "", "expected_on": ""}
    refused = browser.press("/shipments/satellites", **typed, kits=f"{kits[0]} {kits[0]}")
    assert refused.status_code == 400
    assert "A kit is listed twice" in refused.text
    assert "TM-5" in refused.text
    done = browser.press("/shipments/satellites", **typed, kits="\n".join(kits))
    assert "Parcel T-1001 is on its way." in done.text
    there = world.signed_in("pharmacist.1").get("/shipments").text
    assert f"/shipments/{world.study_id}/T-1001/receive" in there
    assert "Send to satellite" not in there
    assert world.signed_in("coordinator.0").get("/shipments").text.count("Send to satellite") == 0
