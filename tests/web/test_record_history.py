"""Every page that shows one record leads to what was done to it."""

import pytest

from irt.blinding.roles import Role
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from tests.web.parcels import house_of
from tests.web.world import World
from web.render import TEMPLATES

PAGES = (
    *("subjects/subject", "stock/kit", "shipments/shipment", "depot/shipment", "returns/shipment", "network/site"),
    *("quality/deviation", "quality/excursion", "holds/hold", "outage/pack", "labels/master", "records/incident"),
)


@pytest.mark.parametrize("page", PAGES)
def test_a_record_leads_to_its_history(page: str) -> None:
    """By the one macro that shows the way to whoever may read it."""
    assert "{{ ui.record_history(" in (TEMPLATES / "blinded" / f"{page}.html").read_text()


def test_the_way_is_shown_to_whoever_may_read_it(world: World) -> None:
    """A pharmacist gets from a shipment to its entries and no others; the depot is shown no way."""
    shipment = house_of(world).rows(AuditEntry, record_kind="shipment", site_id=world.sites[0][1])[0]["record"]
    browser = world.signed_in("pharmacist.0")
    page = browser.get(f"/shipments/{world.study_id}/{shipment}").text
    way = f"/history?study={world.study_id}&amp;record={shipment}"
    assert way in page
    told = browser.get(way.replace("&amp;", "&")).text
    assert told.count(f"shipment {shipment}") + told.count(f" {shipment} ") > 0
    assert "screened subject" not in told
    origin = house_of(world).rows(Shipment, number=shipment)[0]["origin_depot_id"]
    world.office.hire("picker", (Role.DEPOT, {"study_id": world.study_id, "depot_id": origin}))
    depot = world.signed_in("picker").get(f"/depot/{world.study_id}/{shipment}")
    assert depot.status_code == 200
    assert "/history?" not in depot.text
