"""Items on shipments: they ride along at night or go by hand, and every one of them is somewhere."""

from datetime import date, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.messages.manifest import manifest_of, request_of
from irt.messages.shipment_story import Act
from irt.reads.blinded_manifest import story_of
from irt.reads.stock_books import reconcile_stock
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.book_items import BookDepotItems, book_depot_items
from irt.services.carry_items import ArrivedLot, LinesDoNotAddUp, NothingToReceive, ReceiveItems, receive_items
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    lose_shipment,
    pack_shipment,
    pick_shipment,
    return_shipment,
)
from irt.services.send_items import DepotHasNoItems, OrderItems, order_items
from irt.services.store import Store
from irt.states.item import ItemAct
from irt.tables.kit import ItemMovement
from irt.tables.shipment import Shipment, ShipmentItem
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, the_study
from tests.irt.messages.stories import AT

SOON, LATE = date(2026, 9, 30), date(2028, 1, 31)


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """A study whose sites keep five to twenty bags, and a depot with two lots of them."""
    study = the_study("escalation")
    bag = study.items[0].model_copy(update={"minimum": 5, "maximum": 20})
    house = SupplyHouse.of(store, study.model_copy(update={"items": (bag, *study.items[1:])}))
    for lot, expiry in (("B-2", LATE), ("B-1", SOON)):
        at_depot(house, ItemAct.RECEIVE, lot, 12, expiry=expiry)
    return house


def at_depot(house: SupplyHouse, act: ItemAct, lot: str, quantity: int, **changes: Any) -> None:
    """A booking at the first depot."""
    (depot, *_) = house.rows(Depot)
    asked = {"study_id": house.study_id, "depot": depot["code"], "item": "BAG", "lot": lot, "quantity": quantity}
    house.do(Role.DEPOT, book_depot_items, BookDepotItems(**asked, act=act, **changes))


def held(house: SupplyHouse) -> dict[tuple[str, str], int]:
    """Bags by custody and pile; the books must add up, whenever they are asked for."""
    with house.store.reading() as connection:
        assert reconcile_stock(connection, house.study_id).faults == []
    found: dict[tuple[str, str], int] = {}
    for row in house.rows(ItemMovement):
        key = (row["custody"], row["pile"])
        found[key] = found.get(key, 0) + row["quantity"]
    return {key: count for key, count in found.items() if count}


def step(house: SupplyHouse, number: str, *services: Any, **facts: Any) -> None:
    """Steps of a shipment, one after the other."""
    for service in services:
        who = Role.DEPOT if service.__name__ in DEPOT_STEPS else Role.SUPPLY_MANAGER
        house.do(who, service, StepShipment(study_id=house.study_id, number=number, **facts))


TO_THE_DOOR = (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment)
DEPOT_STEPS = {service.__name__ for service in TO_THE_DOOR}


def ordered(house: SupplyHouse, quantity: int = 15, who: Role = Role.SUPPLY_MANAGER) -> str:
    """A shipment of bags by hand."""
    ask = OrderItems(
        study_id=house.study_id,
        site=house.active_sites()[0]["number"],
        item="BAG",
        quantity=quantity,
        reason="More subjects than planned",
    )
    done = house.do(who, order_items, ask)
    assert done.waits is (who != Role.SUPPLY_MANAGER)
    return str(done.shipment)


def on_paper(house: SupplyHouse, number: str) -> list[tuple[str, str, int]]:
    """What manifest and request say of items: code, lot and how many; both say the same."""
    with house.store.reading() as connection:
        story = story_of(connection, number, study_id=house.study_id)
    manifest = manifest_of(story, AT)
    facts = manifest.model_dump(include={"message_id", "sender", "study", "environment", "sequence", "made_at"})
    request = request_of(story, facts)
    assert getattr(request, "items") == manifest.items  # noqa: B009 - of any kind
    return [(item.code, item.lot, item.quantity) for item in manifest.items]


def arrival(house: SupplyHouse, number: str, *lots: tuple[str, int, int, int], reason: str = "") -> ReceiveItems:
    """What the site counts."""
    told = [ArrivedLot(item="BAG", lot=lot, arrived=a, damaged=d, missing=m) for lot, a, d, m in lots]
    return ReceiveItems(study_id=house.study_id, number=number, lots=told, reason=reason)


def test_they_ride_with_the_nightly_order(house: SupplyHouse) -> None:
    """The lot with the earlier date first; what is on its way is not sent again; the carrier brings it whole."""
    house.sites(1)
    (number,) = house.resupply().shipments
    assert [(row["lot"], row["quantity"]) for row in house.rows(ShipmentItem)] == [("B-1", 12), ("B-2", 8)]
    assert house.resupply().shipments == []
    assert held(house) == {("depot", "usable"): 24}
    house.carry()
    assert held(house) == {("depot", "usable"): 4, ("shipment", "usable"): 20}
    house.later(30)
    house.carry()
    assert held(house) == {("depot", "usable"): 4, ("site", "usable"): 20}
    assert house.rows(Shipment, number=number)[0]["status"] == "received"
    assert house.resupply().shipments == []


def test_an_order_of_the_site_waits_and_is_counted_at_receipt(house: SupplyHouse) -> None:
    """Damaged ones are set aside, missing ones written off with the reason; then the parcel is received."""
    house.sites(1)
    number = ordered(house, who=Role.PHARMACIST)
    house.do(Role.SUPPLY_MANAGER, approve_shipment, ApproveShipment(study_id=house.study_id, number=number))
    with pytest.raises(NothingToReceive):
        house.do(Role.PHARMACIST, receive_items, arrival(house, number, ("B-1", 12, 0, 0), ("B-2", 3, 0, 0)))
    step(house, number, *TO_THE_DOOR)
    for wrong, refusal in (
        ((("B-1", 12, 0, 0),), BadInput),
        ((("B-1", 12, 0, 0), ("B-2", 2, 0, 0)), LinesDoNotAddUp),
        ((("B-1", 12, 0, 0), ("B-2", 2, 1, 0)), BadInput),
    ):
        with pytest.raises(refusal):
            house.do(Role.PHARMACIST, receive_items, arrival(house, number, *wrong))
    with pytest.raises(NotAllowed):
        house.do(Role.MONITOR, receive_items, arrival(house, number, ("B-1", 12, 0, 0), ("B-2", 3, 0, 0)))
    ask = arrival(house, number, ("B-1", 9, 2, 1), ("B-2", 3, 0, 0), reason="The box was crushed")
    done = house.do(Role.PHARMACIST, receive_items, ask)
    assert (done.status, done.arrived, done.damaged, done.missing) == ("received_with_discrepancy", 12, 2, 1)
    assert held(house) == {("depot", "usable"): 9, ("site", "usable"): 12, ("site", "set_aside"): 2}
    with house.store.reading() as connection:
        moved = story_of(connection, number, study_id=house.study_id).items_moved
    told = {each.act: [(item.lot, item.quantity) for item in each.items] for each in moved}
    assert told[Act.PACKED] == [("B-1", 12), ("B-2", 3)]
    assert (told[Act.RECEIVED], told[Act.RECEIVED_DAMAGED]) == ([("B-1", 9), ("B-2", 3)], [("B-1", 2)])
    with pytest.raises(NothingToReceive):
        house.do(Role.PHARMACIST, receive_items, ask)


def test_what_the_depot_no_longer_has_does_not_leave(house: SupplyHouse) -> None:
    """Nothing falls below nothing: the parcel takes what is there, an expired lot stays, and so say its papers."""
    house.sites(1)
    number = ordered(house, 20)
    assert on_paper(house, number) == [("BAG", "B-1", 12), ("BAG", "B-2", 8)]
    at_depot(house, ItemAct.COUNT, "B-2", 5, reason="Some were torn")
    house.day = SOON + timedelta(days=1)
    step(house, number, *TO_THE_DOOR)
    assert [(row["lot"], row["sent"]) for row in house.rows(ShipmentItem)] == [("B-1", 0), ("B-2", 5)]
    assert on_paper(house, number) == [("BAG", "B-2", 5)]
    assert held(house) == {("depot", "usable"): 12, ("shipment", "usable"): 5}


@pytest.mark.parametrize(
    ("ending", "left"),
    [
        (lose_shipment, {("depot", "usable"): 9}),
        (return_shipment, {("depot", "usable"): 9, ("depot", "set_aside"): 15}),
    ],
)
def test_a_parcel_that_never_arrives(house: SupplyHouse, ending: Any, left: dict[tuple[str, str], int]) -> None:
    """Lost items are gone; those that come back are set aside at the depot."""
    house.sites(1)
    number = ordered(house)
    step(house, number, *TO_THE_DOOR)
    if ending is lose_shipment:
        house.later(1)
    step(house, number, ending, reason="The carrier called")
    assert held(house) == left


def test_what_cannot_be_sent_is_refused(house: SupplyHouse) -> None:
    """Promised stock is not promised twice."""
    house.sites(1)
    ordered(house, 20)
    with pytest.raises(DepotHasNoItems, match="can send 4 of"):
        ordered(house, 5)
    with pytest.raises(NotAllowed):
        ordered(house, 1, Role.MONITOR)
    site = house.active_sites()[0]["number"]
    ask = OrderItems(study_id=house.study_id, site=site, item="SPOON", quantity=1, reason="x")
    with pytest.raises(NotFound):
        house.do(Role.SUPPLY_MANAGER, order_items, ask)
