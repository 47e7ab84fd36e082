"""A depot's system that falls silent, numbers that lack, keys that overlap, and a carrier's words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.messages.signing import signed_headers
from irt.reads.blinded_exceptions import open_exceptions
from irt.reads.blinded_interfaces import carrier_words, waybills_under_way
from irt.services.fulfil_shipment import StepShipment, deliver_shipment
from irt.services.prepare_messages import PrepareMessages, prepare_messages
from irt.services.store import Store
from irt.services.track_parcels import CarrierWord, ParcelsTracked, TrackParcels, track_parcels
from irt.services.vendor_interfaces import (
    ExpectInterface,
    MakeWebhookKey,
    expect_interface,
    make_webhook_key,
    webhook_keys,
)
from irt.states.vendor_message import MessageStatus
from irt.supply.carrier import CarrierFile
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment
from irt.tables.vendor import CarrierEvent, WebhookKey
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.irt.services.vendor import SHIPMENT, Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def expect(vendor: Vendor, who: Any = Role.SUPPLY_MANAGER) -> None:
    """Supply expects to hear of the depot every twelve hours, and no gap longer than half an hour."""
    ask = ExpectInterface(study_id=vendor.house.study_id, depot=vendor.depot, silence_hours=12, gap_minutes=30)
    vendor.house.do(who, expect_interface, ask)


def inbox(vendor: Vendor, hours: float) -> dict[str, str]:
    """What of vendors is in the inbox so many hours after noon: kind -> words."""
    at = vendor.now + timedelta(hours=hours)
    with vendor.house.store.reading() as connection:
        lines = open_exceptions(connection, vendor.house.study_id, at)
    return {line.kind: line.words for line in lines if line.kind.startswith(("vendor", "message", "carrier"))}


def test_a_system_that_falls_silent_is_in_the_inbox(store: Store) -> None:
    """On both databases; a heartbeat ends it, and nobody watches where nobody expects anything."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    assert inbox(vendor, 500) == {}
    expect(vendor)
    assert (inbox(vendor, 11), list(inbox(vendor, 12))) == ({}, ["vendor_silent"])
    assert vendor.sends("heartbeat").status == MessageStatus.NOTED
    assert inbox(vendor, 11.9) == {}
    house.later(1)
    assert "nothing heard since 02 Mar 2026" in inbox(vendor, 0)["vendor_silent"]
    assert vendor.sends("acknowledgement").status == MessageStatus.APPLIED
    assert inbox(vendor, 0) == {}


def test_numbers_that_never_came_are_in_the_inbox(vendor: Vendor) -> None:
    """Once the minutes are over."""
    expect(vendor)
    vendor.sends("heartbeat", sequence=4)
    assert (inbox(vendor, 0.4), inbox(vendor, 0.5)) == (
        {},
        {"messages_missing": "3 numbers before it never came"},
    )


def test_a_message_that_nobody_fetches_is_in_the_inbox(vendor: Vendor) -> None:
    """With the day it was written; a later message does not hide it."""
    expect(vendor)
    house = vendor.house
    house.do(vendor.actor, prepare_messages, PrepareMessages(study_id=house.study_id))
    assert "not fetched, written 02 Mar 2026" in inbox(vendor, 12)["message_not_taken"]


def test_only_supply_expects_and_makes_keys(vendor: Vendor) -> None:
    """Neither a depot nor a site; nor for a depot that is none."""
    key = MakeWebhookKey(study_id=vendor.house.study_id, depot=vendor.depot)
    with pytest.raises(NotAllowed):
        expect(vendor, vendor.actor)
    with pytest.raises(NotAllowed):
        vendor.house.do(Role.PHARMACIST, make_webhook_key, key)
    with pytest.raises(BadInput):
        vendor.house.do(Role.SUPPLY_MANAGER, make_webhook_key, key.model_copy(update={"depot": "XXX"}))


def test_two_keys_sign_while_one_replaces_the_other(vendor: Vendor) -> None:
    """Another library believes either until the overlap is over; the keys are sealed, and told once."""
    house = vendor.house
    told = []
    for overlap_hours in (72, 48):
        ask = MakeWebhookKey(study_id=house.study_id, depot=vendor.depot, overlap_hours=overlap_hours)
        made = house.do(Role.SUPPLY_MANAGER, make_webhook_key, ask)
        assert made.key is not None
        told.append(made.key.get_secret_value())
    assert made.ends_at == vendor.now + timedelta(hours=48)
    real = datetime.now(UTC)
    for hours, believed in ((47, [True, True]), (49, [False, True])):
        keys = webhook_keys(house.store, vendor.depot_id, vendor.now + timedelta(hours=hours))
        headers = signed_headers(keys, "out-1-1", real, b'{"a": 1}')
        assert [_believes(each, headers) for each in told] == believed
    stored = str(house.rows(WebhookKey))
    assert not [each for each in told if each.removeprefix("whsec_") in stored]


def _believes(secret: str, headers: dict[str, str]) -> bool:
    try:
        return bool(Webhook(secret).verify(b'{"a": 1}', headers))
    except Exception:
        return False


def track(vendor: Vendor, *told: tuple[str, float], who: Any = None) -> ParcelsTracked:
    """The carrier tells statuses of the parcel, so many hours after noon."""
    words = [CarrierWord(waybill="W-1", status=s, at=vendor.now + timedelta(hours=h)) for s, h in told]  # type: ignore[arg-type]  # read as a status
    ask = TrackParcels(study_id=vendor.house.study_id, carrier="Example Couriers", told=words)
    return vendor.house.do(who or vendor.actor, track_parcels, ask)


def status(vendor: Vendor) -> str:
    """Where the shipment stands."""
    return str(vendor.house.rows(Shipment, number=SHIPMENT)[0]["status"])


def test_a_carriers_words_move_the_parcel_and_free_no_kit(vendor: Vendor) -> None:
    """Through customs to the site; told twice they count once, and no kit is usable before it is received."""
    vendor.sends("dispatch")
    assert track(vendor, ("picked_up", 0), ("customs", 0)).booked == 1
    assert status(vendor) == "customs_hold"
    vendor.house.later(1)
    done = track(vendor, ("customs", -24), ("out_for_delivery", -0.2), ("delivered", -0.1))
    assert (done.new, done.booked, status(vendor)) == (2, 2, "delivered")
    assert {row["custody"] for row in vendor.house.rows(Kit) if row["assignment"] == "reserved"} == {"shipment"}
    with vendor.house.store.reading() as connection:
        assert waybills_under_way(connection, vendor.house.study_id) == ["W-1"]
        lines = carrier_words(connection, vendor.house.study_id, SHIPMENT)
    assert [line.booked for line in lines if line.booked] == ["hold_at_customs", "clear_customs", "deliver"]


def test_trouble_on_the_way_is_in_the_inbox_and_books_nothing(vendor: Vendor) -> None:
    """Whether the parcel is lost or comes back is supply's to say; a better word ends it."""
    vendor.sends("dispatch")
    assert track(vendor, ("exception", -0.5)).booked == 0
    assert (status(vendor), list(inbox(vendor, 0))) == ("in_transit", ["carrier_trouble"])
    track(vendor, ("in_transit", 0))
    assert inbox(vendor, 0) == {}


def test_a_word_from_before_the_dispatch_is_kept_and_books_nothing(vendor: Vendor) -> None:
    """Nobody delivers what has not left; a person who types such a time is told so."""
    vendor.sends("dispatch")
    assert (track(vendor, ("delivered", -99)).booked, status(vendor)) == (0, "in_transit")
    early = vendor.now - timedelta(hours=99)
    ask = StepShipment(study_id=vendor.house.study_id, number=SHIPMENT, occurred_at=early)
    with pytest.raises(BadInput, match="before the dispatch"):
        vendor.house.do(vendor.actor, deliver_shipment, ask)


def test_words_of_no_parcel_of_another_depot_or_of_tomorrow(vendor: Vendor) -> None:
    """An unknown waybill is named; nothing else is booked."""
    assert track(vendor, ("delivered", 0)).unknown == ["W-1"]
    vendor.sends("dispatch")
    with pytest.raises(BadInput):
        track(vendor, ("delivered", 1))
    for who in (vendor.house.actor(Role.DEPOT, depot_id=vendor.depot_id + 1), Role.PHARMACIST):
        with pytest.raises(NotAllowed):
            track(vendor, ("delivered", 0), who=who)
    assert vendor.house.rows(CarrierEvent) == []


def test_a_carrier_that_a_file_speaks_for() -> None:
    """Rows of known waybills, oldest first; a row that cannot be read is named."""
    lines = ("W-1,delivered,2026-03-03T10:00:00Z,Leeds", "W-1,customs,2026-03-02T10:00:00Z,", "")
    rows = "\n".join(("waybill,status,at,place", *lines))
    found = list(CarrierFile("Example", rows).track(["W-1"]))
    assert [(each.status, each.place) for each in found] == [("customs", ""), ("delivered", "Leeds")]
    without_zone, strange = rows.replace("Z,L", ",L"), rows.replace("customs", "lost")
    for broken, named in (("status,at\n", "waybill"), (strange, "Row 3"), (without_zone, "Row 2")):
        with pytest.raises(BadInput, match=named):
            list(CarrierFile("Example", broken).track(["W-1"]))
