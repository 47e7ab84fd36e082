"""A parcel on its way, for tests of pages: stock levels are raised, and the depot sends what is missing."""

from datetime import timedelta

from irt.blinding.roles import Role
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    deliver_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.tables.kit import Kit
from irt.tables.secret import ResupplySetting
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_supply import SupplyHouse, the_study
from tests.rows import put
from tests.web.world import World

TO_DISPATCH = (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment)


def house_of(world: World) -> SupplyHouse:
    """The supply side of the world, on its day."""
    yesterday = world.now.date() - timedelta(days=1)
    return SupplyHouse(world.store, world.study_id, the_study("fourier"), yesterday, world.office.keys)


def raise_levels(world: World, more: int) -> None:
    """Raises the first site's levels, so that it lacks so many kits of each type."""
    house = house_of(world)
    site_id = world.sites[0][1]
    held = len(house.rows(Kit, custody="site", place_id=site_id)) // 2
    for kit_type in house.definition.kit_types:
        put(
            world.store,
            ResupplySetting,
            sponsor_id=1,
            study_id=world.study_id,
            site_id=site_id,
            kit_type=kit_type.code,
            minimum=held + 1,
            maximum=held + more,
            effective_from=house.day,
        )


def requested_parcel(world: World, more: int = 2) -> str:
    """Raises the first site's levels; the number of the shipment that follows."""
    raise_levels(world, more)
    (number,) = house_of(world).resupply().shipments
    return number


def parcel(world: World, more: int = 2, delivered: bool = True) -> str:
    """The number of a shipment that the carrier has delivered to the first site, or that is on its way."""
    number, house = requested_parcel(world, more), house_of(world)
    for step in TO_DISPATCH if not delivered else (*TO_DISPATCH, deliver_shipment):
        ask = StepShipment(study_id=world.study_id, number=number, waybill="W-1234", monitor="TM-77")
        house.do(Role.DEPOT, step, ask)
    return number


def kits_of(world: World, number: str) -> list[str]:
    """The kit numbers of a shipment, in order."""
    house = house_of(world)
    (shipment,) = house.rows(Shipment, number=number)
    ids = {row["kit_id"] for row in house.rows(ShipmentKit, shipment_id=shipment["id"])}
    return sorted(kit["number"] for kit in house.rows(Kit) if kit["id"] in ids)
