"""A resupply run: what is proposed is reserved, told blind, and explained to those who may know."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.propose_levels import ProposeLevels
from irt.services.raise_shipments import PlanNotPossible
from irt.services.run_resupply import RunResupply, run_resupply_with
from irt.services.store import Store
from irt.states.records import SiteEvent
from irt.supply.planner import NetworkView, ProposedLine, ProposedShipment
from irt.supply.resupply import MinMax
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent, ShipmentCalculation
from irt.tables.shipment import ResupplyRun, Shipment, ShipmentKit
from tests.builders_supply import SupplyHouse, a_house, a_lot, with_kits


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with one blinded lot at the Dutch depot."""
    with a_house(with_kits, tmp_path) as made:
        yield made


def test_an_empty_site_is_filled_to_the_maximum(store: Store) -> None:
    """Both pens come in one shipment, reserved at the depot, both up to thirty."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(1)
    done = house.resupply()
    assert (done.sites_considered, done.shipments, done.kits) == (1, ["S-10001"], 60)
    reserved = {key[4]: kits for key, kits in house.stock().items() if key[3] == "reserved"}
    assert reserved == {"PEN-A": 30, "PEN-P": 30}
    assert [row["status"] for row in house.rows(Shipment)] == ["requested"]
    assert len(house.rows(ShipmentKit)) == 60
    trace = house.rows(ShipmentCalculation)[0]["trace"]
    assert trace["kit_types"]["PEN-A"]["why"] == "below minimum"


def test_what_is_on_its_way_is_not_ordered_again(house: SupplyHouse) -> None:
    """A second run finds nothing to do, and is recorded all the same."""
    house.sites(2)
    assert house.resupply().shipments == ["S-10001", "S-10002"]
    done = house.resupply()
    assert (done.sites_considered, done.shipments, done.kits) == (2, [], 0)
    assert [row["shipments_proposed"] for row in house.rows(ResupplyRun)] == [2, 0]


def test_sites_that_are_not_active_get_nothing(house: SupplyHouse) -> None:
    """A planned site and one on hold are not considered."""
    ((number, _),) = house.sites(1)
    holding = ChangeSite(study_id=house.study_id, site=number, event=SiteEvent.HOLD, reason="Audit")
    house.do(Role.SUPPLY_MANAGER, change_site, holding)
    assert house.resupply().sites_considered == 0


def test_kits_are_picked_in_the_warehouses_order(house: SupplyHouse) -> None:
    """Of each lot the next in sequence, the first shipment before the second; their numbers are in no order."""
    house.sites(2)
    house.resupply()
    kits, contents, shipped = table_of(Kit), table_of(KitContent), table_of(ShipmentKit)
    question = (
        select(shipped.c.shipment_id, contents.c.kit_type, contents.c.sequence, kits.c.number)
        .join(contents, contents.c.kit_id == shipped.c.kit_id)
        .join(kits, kits.c.id == shipped.c.kit_id)
        .order_by(contents.c.sequence)
    )
    with house.store.reading() as connection:
        rows = connection.execute(question).all()
    first, second = sorted({row.shipment_id for row in rows})
    for kit_type in ("PEN-A", "PEN-P"):
        shipped_kits = [row for row in rows if row.kit_type == kit_type]
        listed = sorted(row["sequence"] for row in house.rows(KitContent, kit_type=kit_type))
        assert [row.sequence for row in shipped_kits] == listed[:60]
        assert [row.shipment_id for row in shipped_kits] == [*[first] * 30, *[second] * 30]
        numbers = [row.number for row in shipped_kits]
        assert numbers != sorted(numbers)


def test_blinded_people_read_of_kits_not_of_types(house: SupplyHouse) -> None:
    """The audit trail tells number, site and kits; neither type nor lot of a product."""
    house.sites(1)
    house.resupply()
    (entry,) = house.rows(AuditEntry, act="shipment_requested")
    assert entry["new"] == {"status": "requested", "site": house.active_sites()[0]["number"], "kits": 60}
    for row in house.rows(AuditEntry):
        assert "PEN-" not in str(row)


def test_goods_leave_on_the_lanes_days(house: SupplyHouse) -> None:
    """Ordered on a Friday, refrigerated goods for Britain leave on Monday and arrive five days later."""
    house.sites(1)
    house.later(4)
    house.resupply()
    (shipment,) = house.rows(Shipment)
    assert shipment["dispatch_on"] == house.day + timedelta(days=3)
    assert shipment["expected_on"] == house.day + timedelta(days=8)


def test_the_lowest_level_that_names_a_type_counts(house: SupplyHouse) -> None:
    """Site before country before study, each from its day on."""
    ((number, _), *_) = house.sites(2)
    for kit_type in ("PEN-A", "PEN-P"):
        for place in ({"site": number, "maximum": 4}, {"country": "GB", "maximum": 6}):
            ask = {
                "study_id": house.study_id,
                "kit_type": kit_type,
                "minimum": 2,
                "reason": "Few subjects",
                **place,
            }
            house.agree(ProposeLevels.model_validate({**ask, "effective_from": house.day}))
    later = ProposeLevels(
        study_id=house.study_id,
        kit_type="PEN-A",
        minimum=20,
        maximum=40,
        site=number,
        effective_from=house.day + timedelta(days=1),
        reason="More subjects",
    )
    house.agree(later)
    house.resupply()
    per_shipment = Counter(row["shipment_id"] for row in house.rows(ShipmentKit))
    assert [kits for _, kits in sorted(per_shipment.items())] == [8, 12]


def test_two_lots_first_expired_first_out(house: SupplyHouse) -> None:
    """The lot that expires first leaves first; the other makes up the rest."""
    early = [
        a_lot(lot=f"E{pen}", blinded_lot="E", kit_type=f"PEN-{pen}", kits=10, expiry=date(2027, 9, 30))
        for pen in "AP"
    ]
    house.load(early)
    house.sites(1)
    house.resupply()
    types = house.rows(ShipmentCalculation)[0]["trace"]["kit_types"]
    assert types["PEN-A"]["granted"] == {"E": 10, "L1": 20}


class Greedy:
    """A planner that asks for more than there is."""

    name = "greedy"

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Everything twice."""
        site = network.sites[0]
        lots = network.depots[site.depot].stock
        lines = tuple(ProposedLine(lot.kit_type, lot.lot, lot.kits * 2) for _, lot in lots)
        return [ProposedShipment(site.depot, site.number, lines, day, {})]


def test_a_plan_beyond_the_depot_is_refused_whole(house: SupplyHouse) -> None:
    """Whatever the planner: no shipment, no reservation."""
    house.sites(1)
    ask = RunResupply(study_id=house.study_id, day=house.day)
    with pytest.raises(PlanNotPossible):
        house.do(Role.SUPPLY_MANAGER, run_resupply_with(Greedy()), ask)
    assert house.rows(Shipment) == []
    assert {key[3] for key in house.stock()} == {"free"}


def test_only_supply_runs_it(house: SupplyHouse) -> None:
    """Not a pharmacist."""
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, run_resupply_with(MinMax()), RunResupply(study_id=house.study_id, day=house.day))


def test_two_runs_at_once_order_once(store: Store) -> None:
    """Two supply managers press together: one run orders, the other finds the kits on their way."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(3)
    together = Barrier(2)

    def press() -> int:
        together.wait()
        return house.resupply().kits

    with ThreadPoolExecutor(2) as pool:
        kits = sorted(pressed.result() for pressed in [pool.submit(press) for _ in range(2)])
    assert kits == [0, 180]
    assert len({row["kit_id"] for row in house.rows(ShipmentKit)}) == len(house.rows(ShipmentKit)) == 180
