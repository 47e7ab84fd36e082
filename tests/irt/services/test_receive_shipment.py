"""Receipt at the site: each kit as it came, the monitor's word, both times of a late entry."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services import fulfil_shipment as steps
from irt.services.fulfil_shipment import StepShipment
from irt.services.receive_shipment import (
    KitNotInShipment,
    ReceiptTimeImpossible,
    ReceiveShipment,
    ShipmentReceived,
    receive_shipment,
)
from irt.services.store import Store
from irt.states.table import TransitionRefused
from irt.tables.kit import Kit, Movement
from irt.tables.record import AuditEntry
from irt.tables.shipment import Excursion, Shipment, ShipmentKit, ShipmentStep
from tests.builders_supply import SupplyHouse, a_house


def dispatch(house: SupplyHouse, number: str = "S-10001") -> None:
    """The depot sends a shipment off."""
    ask = StepShipment(study_id=house.study_id, number=number)
    for step in (
        steps.acknowledge_shipment,
        steps.pick_shipment,
        steps.pack_shipment,
        steps.dispatch_shipment,
    ):
        house.do(Role.DEPOT, step, ask)


def with_a_parcel(house: SupplyHouse) -> None:
    """One shipment of sixty kits on its way to the first site."""
    house.load()
    house.sites(1)
    house.resupply()
    dispatch(house)
    house.later(5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with a parcel under way."""
    with a_house(with_a_parcel, tmp_path) as made:
        yield made


def parcel(house: SupplyHouse) -> list[str]:
    """Numbers of the kits under way."""
    return sorted(row["number"] for row in house.rows(Kit, custody="shipment"))


def receive(house: SupplyHouse, received: list[str], **facts: object) -> ShipmentReceived:
    """A pharmacist books the receipt."""
    ask = {"study_id": house.study_id, "number": "S-10001", "received": received, **facts}
    return house.do(Role.PHARMACIST, receive_shipment, ReceiveShipment.model_validate(ask))


def states(house: SupplyHouse, numbers: list[str]) -> set[tuple[str, str, str]]:
    """Custody, quality and assignment of some kits."""
    return {
        (row["custody"], row["quality"], row["assignment"]) for row in house.rows(Kit) if row["number"] in numbers
    }


def test_a_whole_parcel_is_usable_at_once(house: SupplyHouse) -> None:
    """All kits lie at the site, released and free; the shipment is received."""
    kits = parcel(house)
    done = receive(house, kits)
    assert (done.status, done.usable, done.still_to_come, done.excursion) == ("received", kits, 0, None)
    assert states(house, kits) == {("site", "released", "free")}
    assert {row["outcome"] for row in house.rows(ShipmentKit)} == {"received"}
    assert house.resupply().shipments == []


def test_damaged_and_missing_kits_are_told_apart(store: Store) -> None:
    """One broken, one not in the box: a discrepancy, and each kit follows reality."""
    house = SupplyHouse.of(store)
    with_a_parcel(house)
    broken, gone, *rest = parcel(house)
    done = receive(house, rest, damaged=[broken], missing=[gone])
    assert done.status == "received_with_discrepancy"
    assert states(house, [broken]) == {("site", "damaged", "free")}
    assert states(house, [gone]) == {("unknown", "released", "free")}
    assert states(house, rest) == {("site", "released", "free")}


@pytest.mark.parametrize(("temperature", "excursion"), [("alarm", "suspected"), ("no_data", "no_data")])
def test_after_an_alarm_or_without_data_all_kits_wait(house: SupplyHouse, temperature: str, excursion: str) -> None:
    """Every kit is in quarantine, an excursion is open, and the next run orders as if they were lost."""
    kits = parcel(house)
    done = receive(house, kits, temperature=temperature)
    assert (done.usable, done.quarantined, done.excursion) == ([], kits, "X-0001")
    assert states(house, kits) == {("site", "quarantined", "free")}
    assert [row["status"] for row in house.rows(Excursion)] == [excursion]
    assert house.resupply().kits == 60


def test_the_rest_of_a_parcel_may_come_later(house: SupplyHouse) -> None:
    """What is not named is still awaited, counts as on its way, and completes the receipt when it comes."""
    kits = parcel(house)
    done = receive(house, kits[:50])
    assert (done.status, done.still_to_come) == ("received_partly", 10)
    assert house.resupply().shipments == []
    with pytest.raises(KitNotInShipment):
        receive(house, kits[:1])
    assert receive(house, kits[50:]).status == "received"
    assert states(house, kits) == {("site", "released", "free")}


def test_closing_gives_up_on_the_rest(house: SupplyHouse) -> None:
    """Kits that never came are missing once the shipment is closed."""
    kits = parcel(house)
    receive(house, kits[:50])
    closing = StepShipment(study_id=house.study_id, number="S-10001", reason="Not in the parcel")
    house.do(Role.SUPPLY_MANAGER, steps.close_shipment, closing)
    assert states(house, kits[50:]) == {("unknown", "released", "free")}


def test_a_late_entry_keeps_both_times(house: SupplyHouse) -> None:
    """The true time of receipt stands beside the time of typing, on the step and on every movement."""
    then = datetime.combine(house.day - timedelta(days=2), time(9), UTC)
    receive(house, parcel(house), received_at=then, reason="Weekend")
    step = house.rows(ShipmentStep, event="receive")[0]
    assert (step["occurred_at"], step["recorded_at"].date()) == (then, house.day)
    assert {row["occurred_at"] for row in house.rows(Movement, event="receive")} == {then}
    assert house.rows(Shipment)[0]["received_at"] == then


@pytest.mark.parametrize("days", [-30, 1])
def test_an_impossible_time_is_refused(house: SupplyHouse, days: int) -> None:
    """Neither before the dispatch nor in the future."""
    then = datetime.combine(house.day + timedelta(days=days), time(12), UTC)
    with pytest.raises(ReceiptTimeImpossible):
        receive(house, parcel(house), received_at=then)
    assert house.rows(Shipment)[0]["status"] == "in_transit"


def test_a_strange_kit_is_refused_in_words(house: SupplyHouse) -> None:
    """A kit that is still at the depot is not in this parcel; the refusal is written down."""
    stranger = house.rows(Kit, custody="depot")[0]["number"]
    with pytest.raises(KitNotInShipment, match=stranger):
        receive(house, [*parcel(house), stranger])
    assert house.rows(AuditEntry, act="shipment_receipt_refused")
    assert states(house, [stranger]) == {("depot", "released", "free")}


def with_two_requests(house: SupplyHouse) -> None:
    """Two sites, a shipment requested for each."""
    house.load()
    house.sites(2)
    house.resupply()


def test_what_else_is_refused(tmp_path: Path) -> None:
    """One not yet sent, a kit named twice, nothing named, an unknown shipment, another site's pharmacist."""
    with a_house(with_two_requests, tmp_path) as house:
        first, second = (row["id"] for row in house.active_sites())
        reserved = [row["kit_id"] for row in house.rows(ShipmentKit, shipment_id=house.rows(Shipment)[0]["id"])]
        kits = [row["number"] for row in house.rows(Kit) if row["id"] in reserved]
        with pytest.raises(TransitionRefused):
            receive(house, kits)
        dispatch(house)
        with pytest.raises(BadInput):
            receive(house, [])
        with pytest.raises(BadInput):
            receive(house, kits, missing=kits[:1])
        with pytest.raises(NotFound):
            receive(house, kits, number="S-99999")
        ask = ReceiveShipment(study_id=house.study_id, number="S-10001", received=kits)
        with pytest.raises(NotAllowed):
            house.do(house.actor(Role.PHARMACIST, site_id=second), receive_shipment, ask)
        house.do(house.actor(Role.PHARMACIST, site_id=first), receive_shipment, ask)
        assert house.rows(Shipment)[0]["status"] == "received"
