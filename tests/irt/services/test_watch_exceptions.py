"""Who is written to of a matter of supply, and that kits of a parcel that never reports do not stay in limbo."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.reads.blinded_exceptions import open_exceptions
from irt.reads.blinded_notices import notice_lines
from irt.services.bootstrap import ensure_system_account
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    deliver_shipment,
    dispatch_shipment,
    lose_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.store import Store
from irt.services.take_exception import TakeException, take_exception
from irt.services.vendor_interfaces import ExpectInterface, expect_interface
from irt.services.watch_exceptions import TellExceptions, Watch, tell_exceptions
from irt.states.kit import Custody
from irt.tables.kit import Kit
from irt.tables.record import Outbox
from irt.tables.shipment import ShipmentKit
from irt.tables.supply import ExceptionNotice
from tests.builders_supply import SupplyHouse
from tests.irt.services.test_notices import Night


def requested(store: Store) -> SupplyHouse:
    """One shipment of sixty kits, requested at noon; the installation has its own account."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(1)
    house.resupply()
    ensure_system_account(store, noon(house))
    return house


def noon(house: SupplyHouse) -> datetime:
    """Noon of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def kinds(house: SupplyHouse) -> list[str]:
    """What is in the inbox."""
    with house.store.reading() as connection:
        return [str(line.kind) for line in open_exceptions(connection, house.study_id, noon(house))]


def letters(house: SupplyHouse) -> list[tuple[str, str, Any]]:
    """Kind, audience and the one person, of every message."""
    return [(row["kind"], str(row["audience"]), row["body"]["to_account"]) for row in house.rows(Outbox)]


def test_each_matter_is_told_once_at_each_stage(store: Store) -> None:
    """When it opens, when its deadline has passed, and when it is escalated: then to the study team."""
    house = requested(store)
    watch = Watch(house.store)
    assert (watch.look(noon(house)), letters(house)) == (0, [])
    house.later(1)
    assert watch.look(noon(house)) == 1
    assert watch.look(noon(house) + timedelta(minutes=9)) == 0
    assert Watch(house.store).look(noon(house) + timedelta(hours=1)) == 0
    assert letters(house) == [("exceptions_open", who, None) for who in ("blinded", "unblinded")]
    house.later(2)
    assert watch.look(noon(house)) == 1
    house.later(1)
    watch.look(noon(house))
    assert [kind for kind, *_ in letters(house)[2::2]] == ["exceptions_overdue", "exceptions_escalated"]
    assert [row["stage"] for row in house.rows(ExceptionNotice)] == ["open", "overdue", "escalated"]
    assert not any("PEN-" in str(row["body"]) for row in house.rows(Outbox))


def test_a_study_that_names_the_letters_has_their_words_approved_first(sqlite_store: Store) -> None:
    """Held until then, and previewed for each kind of reader; as before where the study does not name them."""
    night = Night(sqlite_store, ("exceptions_open", "vendor_silent"))
    house = night.house
    ensure_system_account(house.store, noon(house))
    registered = ExpectInterface(study_id=house.study_id, depot="NLD", silence_hours=24)
    house.do(Role.SUPPLY_MANAGER, expect_interface, registered)
    house.later(1)
    Watch(house.store).look(noon(house))
    assert {kind for kind, *_ in letters(house)} == {"exceptions_open", "vendor_silent"}
    night.now = noon(house)
    assert night.deliver(seconds=1) == {}
    with house.store.reading() as connection:
        lines = notice_lines(connection, house.study_id, night.now)
    assert [(line.kind, line.waiting, len(line.previews)) for line in lines] == [
        ("exceptions_open", 2, 2),
        ("vendor_silent", 2, 2),
    ]
    night.judge("vendor_silent")
    assert all("a depot's system is silent, 1 matter" in subject for subject in night.deliver(seconds=1).values())
    assert all("NLD" in letter.get_content() for letter in night.bag.letters)
    assert len(night.bag.letters) == 2


def test_the_owner_is_written_to_when_the_deadline_has_passed(sqlite_store: Store) -> None:
    """And nobody else, before it is escalated."""
    house = requested(sqlite_store)
    house.later(1)
    Watch(house.store).look(noon(house))
    taking = TakeException.model_validate(
        {"study_id": house.study_id, "kind": "not_acknowledged", "record": "S-10001"}
    )
    house.do(Role.SUPPLY_PLANNER, take_exception, taking)
    owner = house.actor(Role.SUPPLY_PLANNER).account_id
    assert Watch(house.store).look(noon(house) + timedelta(hours=30)) == 1
    assert letters(house)[2:] == [("exceptions_overdue", who, owner) for who in ("blinded", "unblinded")]


def test_only_supply_has_them_told(sqlite_store: Store) -> None:
    """A depot may not."""
    house = requested(sqlite_store)
    with pytest.raises(NotAllowed):
        house.do(Role.DEPOT, tell_exceptions, TellExceptions(study_id=house.study_id))


def sent(house: SupplyHouse, *more: Any) -> StepShipment:
    """The shipment left its depot on the day, and whatever was said of it since."""
    ask = StepShipment(study_id=house.study_id, number="S-10001", waybill="W", monitor="M", reason="Never came")
    for step in (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment, *more):
        house.do(Role.DEPOT, step, ask)
    return ask


@pytest.mark.parametrize(("said", "kind"), [((), "not_delivered"), ((deliver_shipment,), "not_received")])
def test_kits_of_a_shipment_that_never_reports_do_not_stay_in_limbo(
    store: Store, said: tuple[Any, ...], kind: str
) -> None:
    """Past its limit it is in the inbox; lost, its kits are missing, none is awaited: the night orders anew."""
    house = requested(store)
    ask = sent(house, *said)
    house.later(20)
    assert kinds(house) == [kind]
    assert house.resupply().shipments == []
    assert house.do(Role.SUPPLY_PLANNER, lose_shipment, ask).status == "lost"
    assert kinds(house) == []
    assert {row["custody"] for row in house.rows(Kit) if row["id"] in in_parcel(house)} == {Custody.UNKNOWN}
    assert house.resupply().kits == 60


def in_parcel(house: SupplyHouse) -> set[int]:
    """Kits that the first shipment held."""
    return {row["kit_id"] for row in house.rows(ShipmentKit)}


def test_a_late_receipt_ends_it_as_well(store: Store) -> None:
    """It came after all: booked with the time it came, its kits are stock of that day."""
    house = requested(store)
    sent(house, deliver_shipment)
    house.later(20)
    numbers = [row["number"] for row in house.rows(Kit) if row["id"] in in_parcel(house)]
    came = noon(house) - timedelta(days=15)
    receipt = ReceiveShipment(
        study_id=house.study_id, number="S-10001", received=numbers, received_at=came, reason="Forgotten"
    )
    assert house.do(Role.PHARMACIST, receive_shipment, receipt).status == "received"
    assert kinds(house) == []
