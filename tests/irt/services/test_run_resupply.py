"""A resupply run: what is proposed is reserved, told blind, and explained to those who may know."""

import pytest

from irt.services.store import Store
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_supply import SupplyHouse


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """The lipid study with one blinded lot at the European depot."""
    made = SupplyHouse.of(store)
    made.load()
    return made


def test_an_empty_site_is_filled_to_the_maximum(house: SupplyHouse) -> None:
    """Both pens come in one shipment, reserved at the depot, both up to thirty."""
    house.sites(1)
    done = house.resupply()
    assert (done.sites_considered, done.shipments, done.kits) == (1, ["S-10001"], 60)
    reserved = {key[4]: kits for key, kits in house.stock().items() if key[3] == "reserved"}
    assert reserved == {"PEN-A": 30, "PEN-P": 30}
    assert [row["status"] for row in house.rows(Shipment)] == ["requested"]
    assert len(house.rows(ShipmentKit)) == 60
    trace = house.rows(ShipmentCalculation)[0]["trace"]
    assert trace["kit_types"]["PEN-A"]["why"] == "below minimum"
