"""Return shipments: verified kits in sealed boxes, received by scan, destroyed; what lacks stays in the books."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.messages.invoice import NoInvoice, invoice_of
from irt.reads.blinded_events import chronicle_of_kit, chronicle_of_period
from irt.reads.stock_books import reconcile_stock
from irt.services import fulfil_shipment as steps
from irt.services.destroy_kits import destroy_kits
from irt.services.fulfil_shipment import StepShipment
from irt.services.return_shipments import (
    CancelReturn,
    InAnotherReturn,
    NotInReturn,
    NotVerified,
    PackReturn,
    ReceiveReturn,
    ReturnReceived,
    ReturnStepped,
    SendReturn,
    cancel_return,
    pack_return,
    receive_return,
    send_return,
)
from irt.services.store import Store
from irt.services.verify_kits import monitor_returns, verify_returns
from irt.states.table import TransitionRefused
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.returning import ReturnBox
from irt.tables.shipment import Shipment
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites
from tests.irt.messages.test_invoice import CUSTOMS
from tests.irt.services.test_destroy_kits import destroying, rejected, verifying


def with_verified_kits(house: SupplyHouse) -> None:
    """Four kits of the first site that nobody may use, verified by the site and the monitor."""
    with_stocked_sites(house)
    site, kits = rejected(house, 4)
    house.do(Role.PHARMACIST, verify_returns, verifying(house, site, kits))
    house.do(Role.MONITOR, monitor_returns, verifying(house, site, kits))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """A site with four verified kits."""
    with a_house(with_verified_kits, tmp_path) as made:
        yield made


def verified(house: SupplyHouse) -> list[str]:
    """Kits that are ready to go back."""
    rows = house.rows(Kit, custody="site", accountability="verified_by_monitor")
    return sorted(row["number"] for row in rows)


def packing(house: SupplyHouse, *boxes: list[str]) -> PackReturn:
    """Boxes for the Dutch depot."""
    packed = [{"seal": f"SEAL-{n}", "kits": kits} for n, kits in enumerate(boxes, start=1)]
    facts = {"study_id": house.study_id, "site": house.active_sites()[0]["number"], "depot": "NLD"}
    return PackReturn.model_validate({**facts, "boxes": packed})


def packed(house: SupplyHouse, *boxes: list[str]) -> ReturnStepped:
    """A pharmacist closes the boxes."""
    return house.do(Role.PHARMACIST, pack_return, packing(house, *boxes))


def sent(house: SupplyHouse) -> tuple[str, list[str]]:
    """All verified kits on their way in two boxes: the return's number, and the kits."""
    kits = verified(house)
    number = packed(house, kits[:3], kits[3:]).number
    ask = SendReturn(study_id=house.study_id, number=number, waybill="W-5")
    house.do(Role.PHARMACIST, send_return, ask)
    return number, kits


def receives(house: SupplyHouse, number: str, **found: Any) -> ReturnReceived:
    """The depot opens the boxes."""
    ask = ReceiveReturn.model_validate({"study_id": house.study_id, "number": number, **found})
    return house.do(Role.DEPOT, receive_return, ask)


def where(house: SupplyHouse, kits: list[str]) -> set[tuple[str, str]]:
    """Custody and accountability of kits."""
    rows = [house.rows(Kit, number=kit)[0] for kit in kits]
    return {(row["custody"], row["accountability"]) for row in rows}


def whole(house: SupplyHouse) -> None:
    """The books add up, and every kit that is under way is in one shipment."""
    with house.store.reading() as connection:
        assert reconcile_stock(connection, house.study_id).faults == []


def test_from_the_site_to_the_certificate(store: Store) -> None:
    """On both databases: packed under seals, sent, received by scan, destroyed; every step in the trail."""
    house = SupplyHouse.of(store)
    with_verified_kits(house)
    kits = verified(house)
    done = packed(house, kits[:3], kits[3:])
    assert (done.number, done.status, done.kits, done.boxes) == ("R-1001", "packed", 4, 2)
    assert [row["seal"] for row in house.rows(ReturnBox)] == ["SEAL-1", "SEAL-2"]
    assert where(house, kits) == {("site", "verified_by_monitor")}
    ask = SendReturn(study_id=house.study_id, number=done.number, waybill="W-5")
    house.do(Role.PHARMACIST, send_return, ask)
    assert where(house, kits) == {("shipment", "return_shipped")}
    whole(house)
    assert receives(house, done.number, received=kits).status == "received"
    assert where(house, kits) == {("vendor", "received_for_destruction")}
    whole(house)
    house.do(Role.QUALITY, destroy_kits, destroying(house, kits))
    assert where(house, kits) == {("vendor", "destroyed")}
    whole(house)
    told = [
        sentence(
            person="Pat", **{name: row[name] for name in ("act", "record_kind", "record", "old", "new", "reason")}
        )
        for row in house.rows(AuditEntry)
        if row["act"].startswith("return_")
    ]
    assert len(told) == 3
    assert told[1] == f"Pat sent return R-1001 from site {house.active_sites()[0]['number']} to depot NLD."
    assert house.resupply().shipments is not None


def test_only_verified_kits_go_back(house: SupplyHouse) -> None:
    """None that may still be given, none that the monitor has not seen, none of another site, none twice."""
    kits = verified(house)
    here, there = (
        house.rows(Kit, custody="site", place_id=site["id"], quality="released")[0]["number"]
        for site in house.active_sites()
    )
    with pytest.raises(NotVerified, match=here):
        packed(house, [*kits, here])
    with pytest.raises(NotFound, match=there):
        packed(house, [*kits, there])
    packed(house, kits[:2])
    with pytest.raises(InAnotherReturn, match=kits[0]):
        packed(house, kits)
    with pytest.raises(BadInput, match="listed twice"):
        packed(house, kits[2:], kits[2:3])
    assert where(house, kits) == {("site", "verified_by_monitor")}


def test_each_seal_is_one_box(house: SupplyHouse) -> None:
    """Two boxes with one seal are a slip."""
    kits = verified(house)
    ask = packing(house, kits[:2], kits[2:])
    ask.boxes[1].seal = "SEAL-1"
    with pytest.raises(BadInput, match="seal"):
        house.do(Role.PHARMACIST, pack_return, ask)


def test_what_was_packed_is_unpacked_again(house: SupplyHouse) -> None:
    """With a reason, before it left; the same kits may be packed once more, under another number."""
    kits = verified(house)
    number = packed(house, kits).number
    ask = CancelReturn(study_id=house.study_id, number=number, reason="Box torn")
    assert house.do(Role.PHARMACIST, cancel_return, ask).status == "cancelled"
    assert packed(house, kits).number == "R-1002"
    whole(house)


def test_a_kit_that_lacks_is_missing_until_it_is_found(house: SupplyHouse) -> None:
    """With a reason; the depot books it when it turns up, and the return stays one with a discrepancy."""
    number, kits = sent(house)
    with pytest.raises(BadInput, match="reason"):
        receives(house, number, received=kits[1:], missing=kits[:1])
    done = receives(house, number, received=kits[1:], missing=kits[:1], reason="Box 1 was open", seals_whole=False)
    assert (done.status, done.missing) == ("received_with_discrepancy", kits[:1])
    assert where(house, kits[:1]) == {("unknown", "return_shipped")}
    whole(house)
    with pytest.raises(NotInReturn):
        receives(house, number, received=kits[1:2], reason="Again")
    found = receives(house, number, received=kits[:1], reason="Lay in another box")
    assert (found.status, found.missing) == ("received_with_discrepancy", [])
    assert where(house, kits) == {("vendor", "received_for_destruction")}
    whole(house)


def test_a_broken_seal_is_a_discrepancy(house: SupplyHouse) -> None:
    """Though every kit is there."""
    number, kits = sent(house)
    done = receives(house, number, received=kits, seals_whole=False, reason="Seal 2 was broken")
    assert done.status == "received_with_discrepancy"


def test_a_return_in_parts(house: SupplyHouse) -> None:
    """Kits named nowhere are still to come."""
    number, kits = sent(house)
    assert receives(house, number, received=kits[:3]).still_to_come == 1
    assert receives(house, number, received=kits[3:]).status == "received"
    stranger = house.rows(Kit, custody="site")[0]["number"]
    other = house.rows(Shipment)[0]["number"]
    with pytest.raises(TransitionRefused):
        house.do(Role.PHARMACIST, send_return, SendReturn(study_id=house.study_id, number=number))
    with pytest.raises(NotFound):
        receives(house, other, received=[stranger])


def test_a_lost_return_is_made_up_for(house: SupplyHouse) -> None:
    """Supply says so; its kits are missing and still owed, and one that turns up is received."""
    number, kits = sent(house)
    ask = StepShipment(study_id=house.study_id, number=number, reason="The carrier lost it")
    house.do(Role.SUPPLY_MANAGER, steps.lose_shipment, ask)
    assert where(house, kits) == {("unknown", "return_shipped")}
    whole(house)
    receives(house, number, received=kits[:1], reason="Found in the carrier's store")
    assert where(house, kits[:1]) == {("vendor", "received_for_destruction")}
    whole(house)


def test_each_step_has_its_people(house: SupplyHouse) -> None:
    """Neither the depot packs, nor the site receives, nor another depot, nor does it leave for yesterday."""
    kits = verified(house)
    with pytest.raises(NotAllowed):
        house.do(Role.DEPOT, pack_return, packing(house, kits))
    with pytest.raises(NotAllowed):
        house.do(Role.MONITOR, pack_return, packing(house, kits))
    number = packed(house, kits).number
    early = SendReturn(study_id=house.study_id, number=number, expected_on=house.day - timedelta(days=1))
    with pytest.raises(BadInput, match="past"):
        house.do(Role.PHARMACIST, send_return, early)
    house.do(Role.PHARMACIST, send_return, SendReturn(study_id=house.study_id, number=number))
    ask = ReceiveReturn(study_id=house.study_id, number=number, received=kits)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, receive_return, ask)
    with pytest.raises(NotAllowed, match="another depot"):
        house.do(house.actor(Role.DEPOT, depot_id=99), receive_return, ask)
    step = StepShipment(study_id=house.study_id, number=number, reason="As it happened")
    with pytest.raises(NotAllowed):
        house.do(Role.DEPOT, steps.deliver_shipment, step)


def test_a_return_is_told_with_where_it_came_from_and_went(house: SupplyHouse) -> None:
    """In the events of a kit and of a period; no broker needs an invoice for it."""
    number, kits = sent(house)
    until = datetime.combine(house.day + timedelta(days=1), time(), UTC)
    with house.store.reading() as connection:
        of_kit = chronicle_of_kit(connection, house.study_id, kits[0])
        of_period = chronicle_of_period(connection, house.study_id, until - timedelta(days=30), until)
    for told in (of_kit, of_period):
        (back,) = (parcel for parcel in told.parcels if parcel.number == number)
        assert back.origin is not None
        assert (back.origin.code, back.destination.code) == (house.active_sites()[0]["number"], "NLD")
    with pytest.raises(NoInvoice):
        invoice_of(back, {}, CUSTOMS, until)
