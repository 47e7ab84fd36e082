"""Receiving a parcel of two hundred kits, beside the same parcel's way through the depot."""

from collections.abc import Iterator
from time import perf_counter

from irt.blinding.roles import Role
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.store import Store
from irt.study.resupply import MinMax
from irt.tables.kit import Kit
from tests.bench.figures import Figure
from tests.builders_supply import SupplyHouse, a_lot, the_lipid_study
from tests.irt.services.test_receive_shipment import dispatch

KITS = 200


def receipt_figures(database: str, store: Store) -> Iterator[Figure]:
    """Seconds of the receipt, one by one as the page books it."""
    lipid = the_lipid_study()
    levels = {kit_type.code: MinMax(minimum=KITS // 2, maximum=KITS // 2) for kit_type in lipid.kit_types}
    resupply = lipid.resupply.model_copy(update={"study": levels, "countries": {}, "sites": {}})
    house = SupplyHouse.of(store, lipid.model_copy(update={"resupply": resupply}))
    house.load([a_lot(kits=5000), a_lot(lot="P1", kit_type="PEN-P", kits=5000)])
    house.sites(1)
    (number,) = house.resupply().shipments
    start = perf_counter()
    dispatch(house, number)
    sent = perf_counter() - start
    house.later(5)
    received = sorted(row["number"] for row in house.rows(Kit, custody="shipment"))
    start = perf_counter()
    house.do(
        Role.PHARMACIST,
        receive_shipment,
        ReceiveShipment(study_id=house.study_id, number=number, received=received),
    )
    seconds = perf_counter() - start
    if len(received) != KITS:
        raise RuntimeError(f"the parcel held {len(received)} kits")
    yardstick = f"{sent:.2f} s from the request to the carrier"
    yield Figure(f"{database}, {KITS} kits are received", f"{seconds:.2f} s", yardstick, "1 s", seconds <= 1)
