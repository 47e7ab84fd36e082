"""What depots are told when something changed: kits held, dated anew, decided on; requests that stand otherwise."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.messages.formats import Format, read
from irt.messages.kit_status import in_portions, usable_as
from irt.messages.message import KITS_MAX, Message
from irt.messages.stock import Usable
from irt.reads.blinded_messages import due_messages, waiting_messages
from irt.services.change_expiry import ChangeExpiry, change_expiry
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.lift_hold import LiftHold, lift_hold
from irt.services.open_hold import OpenHold, open_hold
from irt.services.prepare_messages import PrepareMessages, prepare_messages
from irt.services.propose_changes import ProposeContact
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.short_pick import LackingKit, PickShort, pick_short
from irt.services.store import Store
from irt.states.hold import HoldKind
from irt.states.kit import Quality
from irt.states.short_pick import WhyShort
from irt.study.operations import Contact
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.record import Job
from tests.builders_supply import SupplyHouse, a_house, with_a_request, with_kits
from tests.cast import signing
from tests.irt.services.vendor import SHIPMENT, Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def told(vendor: Vendor) -> list[Message]:
    """Every message that waits, after all that is due was written; written again, nothing is due."""
    house = vendor.house
    for _ in range(2):
        house.do(vendor.actor, prepare_messages, PrepareMessages(study_id=house.study_id))
    with house.store.reading() as connection:
        assert due_messages(connection, house.study_id, [vendor.depot_id]) == ()
        found = waiting_messages(connection, house.study_id, [vendor.depot_id], 50)
    return [read(each.content, Format.JSON) for each in found]


def hold(house: SupplyHouse, kind: HoldKind, **over: Any) -> str:
    """A hold by quality; its number."""
    facts = {"study_id": house.study_id, "kind": kind, "reason": "Sterility failed", "signing": signing()}
    return house.do(Role.QUALITY, open_hold, OpenHold.model_validate({**facts, **(over or {"lot": "L1"})})).number


def statuses(message: Any) -> set[str]:
    """What holds for the kits of a message."""
    return {kit.status for kit in message.kits}


@pytest.mark.parametrize(("kind", "status"), [(HoldKind.RECALL, "recalled"), (HoldKind.QUARANTINE, "quarantined")])
def test_a_hold_is_told_before_any_request(store: Store, kind: HoldKind, status: str) -> None:
    """On both databases, at once, for every kit at the depot; then its end, with what holds for each kit now."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    number = hold(house, kind)
    first, second = told(vendor)
    assert (first.kind, second.kind, first.sequence, second.sequence) == ("kit_status", "shipment_request", 1, 2)
    assert [kit.number for kit in first.kits] == sorted(  # type: ignore[attr-defined]  # a kit status
        row["number"] for row in house.rows(Kit, custody="depot", place_id=vendor.depot_id)
    )
    assert statuses(first) == {status}
    assert "Sterility" not in first.model_dump_json()
    with store.writing() as connection:
        connection.execute(update(table_of(Job)).values(status="done"))
    ask = LiftHold(study_id=house.study_id, number=number, reason="Tests passed", signing=signing())
    house.do(Role.QUALITY, lift_hold, ask)
    assert statuses(told(vendor)[-1]) == {"released"}


def test_a_drill_is_told_to_nobody(vendor: Vendor) -> None:
    """Nor is a hold told to a depot that has none of its kits."""
    hold(vendor.house, HoldKind.DRILL)
    assert [message.kind for message in told(vendor)] == ["shipment_request"]
    hold(vendor.house, HoldKind.RECALL)
    assert told(Vendor(vendor.house, "USA")) == []


def test_an_earlier_last_day_is_told(tmp_path: Path) -> None:
    """With the day; a day that has passed is expired."""
    with a_house(with_kits, tmp_path) as house:
        vendor = Vendor(house)
        for day, status in ((date(2026, 9, 30), "released"), (date(2026, 3, 1), "expired")):
            ask = ChangeExpiry(
                study_id=house.study_id, lot="L1", expiry=day, reason="Less stable", signing=signing()
            )
            house.do(Role.QUALIFIED_PERSON, change_expiry, ask)
            message: Any = told(vendor)[-1]
            assert (statuses(message), {kit.expiry for kit in message.kits}) == ({status}, {day})


def test_what_quality_decides_of_kits_at_the_depot_is_told(tmp_path: Path) -> None:
    """Set apart, then released and rejected: those kits alone, each time in its turn."""
    with a_house(with_kits, tmp_path) as house:
        vendor = Vendor(house)
        one, two = sorted(row["number"] for row in house.rows(Kit))[:2]
        apart = QuarantineKits(study_id=house.study_id, kits=[one, two], reason="Wet box")
        house.do(Role.QUALITY, quarantine_kits, apart)
        decided = DecideQuality(
            study_id=house.study_id, accept=[], reject=[one], reason="Wet inside", signing=signing()
        )
        house.do(Role.QUALITY, decide_quality, decided)
        first, second = told(vendor)
        assert ([kit.number for kit in first.kits], statuses(first)) == ([one, two], {"quarantined"})  # type: ignore[attr-defined]  # a kit status
        assert ([kit.number for kit in second.kits], statuses(second)) == ([one], {"quarantined"})  # type: ignore[attr-defined]  # a kit status
        assert "Wet" not in first.model_dump_json()


def test_a_request_that_changed_is_told_again_once(vendor: Vendor) -> None:
    """Other kits after a short pick, another address: an amendment with all that stands now, in its turn."""
    house = vendor.house
    (request,) = told(vendor)
    (one, *_) = vendor.kits()
    lacking = [LackingKit(number=one, why=WhyShort.DAMAGED)]
    done = house.do(vendor.actor, pick_short, PickShort(study_id=house.study_id, number=SHIPMENT, kits=lacking))
    _, amendment = told(vendor)
    numbers = {kit.number for kit in amendment.kits}  # type: ignore[attr-defined]  # an amendment
    assert (amendment.kind, amendment.sequence, len(numbers)) == ("shipment_amendment", 2, done.kits)
    assert (one in numbers, set(done.instead) <= numbers) == (False, True)
    contact = Contact(receiver="Ward 7", address="2 Low Street\nLeeds", phone="0113")
    house.agree(
        ProposeContact(
            study_id=house.study_id,
            site=request.destination,  # type: ignore[attr-defined]  # a request
            contact=contact,
            effective_from=house.day,
            reason="Moved",
        )
    )
    again = told(vendor)[-1]
    assert (again.kind, again.sequence) == ("shipment_amendment", 3)
    assert "Ward 7" in again.ship_to  # type: ignore[attr-defined]  # an amendment
    assert vendor.sends("dispatch", kits=[{"number": number} for number in numbers]).status == "applied"
    assert told(vendor)[-1] == again


@pytest.mark.parametrize(
    ("quality", "day", "held", "recalled", "status"),
    [
        (Quality.RELEASED, 30, False, False, Usable.RELEASED),
        (Quality.RELEASED, 31, False, False, Usable.EXPIRED),
        (Quality.RELEASED, 31, True, False, Usable.QUARANTINED),
        (Quality.RELEASED, 30, True, True, Usable.RECALLED),
        (Quality.RECALLED, 31, False, False, Usable.RECALLED),
        *(
            (quality, 30, False, False, Usable.QUARANTINED)
            for quality in Quality
            if quality[:3] not in ("rel", "rec")
        ),
    ],
)
def test_the_gravest_speaks(quality: Quality, day: int, held: bool, recalled: bool, status: Usable) -> None:
    """A kit may be used on its last day."""
    expiry, today = date(2026, 3, 30), date(2026, 3, day)
    assert usable_as(quality, expiry, today, held=held, recalled=recalled) == status


def test_more_kits_than_a_message_holds_are_told_in_several() -> None:
    """None is left out."""
    portions = list(in_portions([{"number": n} for n in range(KITS_MAX + 1)]))
    assert [len(some) for some in portions] == [KITS_MAX, 1]
