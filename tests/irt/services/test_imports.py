"""Licences and shippers in force: what the night plans around, what an order is refused for, what cannot leave."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.reads.imports import licences_on
from irt.reads.unblinded_explain import site_reasons
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.import_licences import NotLicensed
from irt.services.order_kits import OrderSets, order_sets
from irt.services.propose_changes import ProposeLane
from irt.services.propose_imports import (
    ProposeImportLicence,
    ProposeShipper,
    propose_import_licence,
)
from irt.services.send_kits import WayBarred
from irt.services.store import Store
from irt.study.network import ImportLicence, Lane, Shipper
from irt.tables.shipment import ShipmentKit
from tests.builders_home import IN_AUTUMN_2021, HomeTrial, mailing
from tests.builders_supply import SupplyHouse


def a_house(store: Store) -> SupplyHouse:
    """Kits in the Netherlands and one British site."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(1)
    return house


def licensed(house: SupplyHouse, days: int = 30, number: str = "GB-7", **changes: Any) -> ProposeImportLicence:
    """A British licence from today on."""
    facts = {"country": "GB", "number": number, "valid_from": house.day} | changes
    licence = ImportLicence.model_validate({**facts, "valid_until": house.day + timedelta(days=days)})
    return ProposeImportLicence(
        study_id=house.study_id, licence=licence, effective_from=house.day, reason="Granted by the authority"
    )


def kits_sent(house: SupplyHouse) -> int:
    """Kits in shipments."""
    return len(house.rows(ShipmentKit))


def test_without_a_valid_licence_nothing_is_sent_there(store: Store) -> None:
    """From the first licence on; the reason stands in the explanation and in the refusal of an order."""
    house = a_house(store)
    house.agree(licensed(house, days=2))
    house.later(4)
    assert house.resupply().shipments == []
    with house.store.reading() as connection:
        reasons = site_reasons(connection, house.study_id, "1001", house_time(house))
    missing = f"no import licence for GB on {house.day + timedelta(days=3)}"
    assert {one.why_not for one in reasons.rows} <= {(missing,)}
    order = OrderSets(study_id=house.study_id, site="1001", blinding_group="PEN", sets=1, reason="Urgent")
    with pytest.raises(WayBarred, match="no import licence for GB"):
        house.do(Role.SUPPLY_PLANNER, order_sets, order)
    house.agree(licensed(house, number="GB-8"))
    assert house.resupply().kits == 60


def house_time(house: SupplyHouse) -> datetime:
    """Noon of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def test_a_licence_is_used_up(store: Store) -> None:
    """The night sends what it still covers, over all sites of the country; the rest waits for another one."""
    house = a_house(store)
    house.sites(1)
    house.agree(licensed(house, kits={"PEN": 40}))
    assert house.resupply().kits == 40
    with house.store.reading() as connection:
        (licence,) = licences_on(connection, house.study_id, house.day)
    assert licence.used == {"PEN": 40}
    house.later(1)
    assert house.resupply().kits == 0
    house.agree(licensed(house, kits={"PEN": 60}, valid_from=house.day - timedelta(days=1)))
    assert (house.resupply().kits, kits_sent(house)) == (20, 60)


def test_a_parcel_does_not_leave_after_its_licence_has_ended(store: Store) -> None:
    """Planned in time, packed too late: the depot is refused by name, and the parcel waits."""
    house = a_house(store)
    house.agree(licensed(house, days=1))
    (number,) = house.resupply().shipments
    ask = StepShipment(study_id=house.study_id, number=number, waybill="W", monitor="M")
    for step in (acknowledge_shipment, pick_shipment, pack_shipment):
        house.do(Role.DEPOT, step, ask)
    house.later(2)
    with pytest.raises(NotLicensed, match="no import licence for GB"):
        house.do(Role.DEPOT, dispatch_shipment, ask)
    house.agree(licensed(house, number="GB-8"))
    assert house.do(Role.DEPOT, dispatch_shipment, ask).status == "in_transit"


def test_a_parcel_to_a_home_abroad_needs_its_licence_too(sqlite_store: Store) -> None:
    """A home is in the country of the site that cares for the patient; at home no licence is asked for."""
    study = mailing()
    abroad = tuple(depot.model_copy(update={"country": "CA"}) for depot in study.depots)
    trial = HomeTrial.mailing(sqlite_store, study.model_copy(update={"depots": abroad}))
    trial.agree(licensed(trial, days=1, country="US", kits={"IVM400": 100}))
    number = trial.released(trial.assigned().dispensing_id).shipment or ""
    ask = StepShipment(study_id=trial.study_id, number=number, waybill="W", monitor="M")
    for step in (acknowledge_shipment, pick_shipment, pack_shipment):
        trial.do(Role.DEPOT, step, ask)
    trial.later(5)
    with pytest.raises(NotLicensed, match="no import licence for US"):
        trial.do(Role.DEPOT, dispatch_shipment, ask)
    trial.agree(licensed(trial, number="US-8", country="US", kits={"IVM400": 100}, valid_from=IN_AUTUMN_2021))
    assert trial.do(Role.DEPOT, dispatch_shipment, ask).status == "in_transit"
    with trial.store.reading() as connection:
        used = licences_on(connection, trial.study_id, trial.day)[-1].used
    assert sum(used.values()) == len(trial.rows(ShipmentKit))


def by_shipper(house: SupplyHouse, hold_hours: int, lead_time_days: int = 2) -> None:
    """The British lane goes by a box of so many hours, on every working day."""
    shipper = Shipper(code="CB", name="Cold box", hold_hours={"2-8C": hold_hours})
    told = {"study_id": house.study_id, "effective_from": house.day, "reason": "Qualified"}
    house.agree(ProposeShipper.model_validate({**told, "shipper": shipper}))
    lane = Lane(origin="NLD", target="GB", lead_time_days=lead_time_days, shipper="CB")
    house.agree(ProposeLane.model_validate({**told, "lane": lane}))


def test_a_consignment_that_outlasts_its_shipper_waits_for_another_day(store: Store) -> None:
    """Two days from Thursday on end on a Saturday: 96 hours, more than the box holds; on Monday it goes."""
    house = a_house(store)
    by_shipper(house, hold_hours=72)
    house.later(3)
    assert house.resupply().shipments == []
    with house.store.reading() as connection:
        reasons = site_reasons(connection, house.study_id, "1001", house_time(house))
    assert reasons.explanation is not None
    expected = f"shipper CB holds 72 hours, the way takes 96 from {house.day}"
    assert reasons.explanation.barred == {"PEN": expected}
    house.later(4)
    assert house.resupply().kits == 60


def test_who_may_and_what_is_refused(sqlite_store: Store) -> None:
    """Supply proposes; countries and groups are the study's; the same again changes nothing."""
    house = a_house(sqlite_store)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, propose_import_licence, licensed(house))
    with pytest.raises(BadInput, match="not a country"):
        house.do(Role.SUPPLY_MANAGER, propose_import_licence, licensed(house, country="XX"))
    with pytest.raises(BadInput, match="not a blinding group"):
        house.do(Role.SUPPLY_MANAGER, propose_import_licence, licensed(house, kits={"PEN-A": 1}))
    house.agree(licensed(house))
    with pytest.raises(BadInput, match="as it stands"):
        house.do(Role.SUPPLY_MANAGER, propose_import_licence, licensed(house))
    with pytest.raises(ValueError, match="ends before it begins"):
        licensed(house, days=-1)
