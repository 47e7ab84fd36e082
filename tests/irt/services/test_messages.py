"""Messages of depots: carried out by the steps people take, or refused by name, kept, and harmless."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.messages.formats import Format, read
from irt.messages.orders import ShipmentCancellation, ShipmentRequest
from irt.reads.blinded_messages import due_messages, messages_after, waiting_messages
from irt.services import fulfil_shipment as steps
from irt.services.apply_message import ApplyMessage, apply_message
from irt.services.deliver_message import deliver_message, settle_message
from irt.services.fulfil_shipment import StepShipment
from irt.services.prepare_messages import (
    AcknowledgeMessages,
    PrepareMessages,
    acknowledge_messages,
    prepare_messages,
)
from irt.services.store import Store
from irt.services.take_message import TakeMessage, take_message
from irt.services.unit_of_work import perform
from irt.states.vendor_message import MessageStatus
from irt.tables.kit import Kit, Movement
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot
from irt.tables.vendor import VendorMessage
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.irt.services.vendor import SHIPMENT, Vendor

_BOOKS = (Shipment, ShipmentKit, ShipmentStep, Kit, Movement)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with one shipment of sixty kits requested for its first site."""
    with a_house(with_a_request, tmp_path) as made:
        yield made


@pytest.fixture
def vendor(house: SupplyHouse) -> Vendor:
    """The depot's system."""
    return Vendor(house)


def books(house: SupplyHouse) -> list[Any]:
    """What a refused message must leave as it was."""
    return [house.rows(model) for model in _BOOKS]


def test_a_shipment_goes_by_messages_alone(store: Store) -> None:
    """Acknowledged, dispatched, delivered, on both databases; no kit is usable before the site has received it."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    statuses = []
    for kind in ("acknowledgement", "dispatch", "receipt"):
        assert vendor.sends(kind).status == MessageStatus.APPLIED
        statuses.append(house.rows(Shipment)[0]["status"])
    assert statuses == ["acknowledged", "in_transit", "delivered"]
    shipment = house.rows(Shipment)[0]
    assert (shipment["waybill"], shipment["monitor"]) == ("W-1", "T-8, T-9")
    assert {row["custody"] for row in house.rows(Kit) if row["assignment"] == "reserved"} == {"shipment"}
    assert [row["status"] for row in house.rows(VendorMessage)] == ["applied"] * 3


@pytest.mark.parametrize("spelling", list(Format))
def test_every_spelling_is_carried_out(vendor: Vendor, spelling: Format) -> None:
    """The bytes are kept as they came."""
    taken = vendor.sends("dispatch", spelling)
    assert (taken.status, taken.shipment) == (MessageStatus.APPLIED, SHIPMENT)
    row = vendor.house.rows(VendorMessage)[0]
    assert row["spelling"] == spelling
    assert read(bytes(row["body"]), spelling).kind == "dispatch"


def test_a_rejection_frees_the_kits(vendor: Vendor) -> None:
    """With the depot's reason in the step."""
    assert vendor.sends("rejection").status == MessageStatus.APPLIED
    assert vendor.house.rows(Shipment)[0]["status"] == "rejected_by_depot"
    assert {row["assignment"] for row in vendor.house.rows(Kit)} == {"free"}
    assert vendor.house.rows(ShipmentStep)[-1]["reason"] == "No shipper"


def test_what_a_person_must_look_at_is_noted(vendor: Vendor) -> None:
    """What came to a depot changes nothing by itself."""
    before = books(vendor.house)
    assert vendor.sends("inbound_receipt").status == MessageStatus.NOTED
    assert books(vendor.house) == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"study": "XX-1"}, "WrongStudy"),
        ({"environment": "test"}, "WrongEnvironment"),
        ({"sender": "ELSEWHERE"}, "UnknownSender"),
        ({"kind": "teleport"}, "UnknownKind"),
        ({"schema_version": "9"}, "UnknownSchemaVersion"),
        ({"sequence": "1"}, "MalformedMessage"),
        ({"arm": "A"}, "MalformedMessage"),
    ],
)
def test_what_is_not_for_us_is_refused_by_name_and_kept(
    vendor: Vendor, changes: dict[str, Any], refusal: str
) -> None:
    """Nothing is booked, the bytes are kept, and the trail has a sentence."""
    before = books(vendor.house)
    facts = {"kind": "acknowledgement", "schema_version": "1", **vendor.facts("acknowledgement"), **changes}
    content = json.dumps(facts, default=lambda moment: moment.isoformat())
    taken = vendor.posts(content)
    assert (taken.status, taken.refusal) == (MessageStatus.REFUSED, refusal)
    assert "Nothing was booked" in (taken.sentence or "")
    assert books(vendor.house) == before
    row = vendor.house.rows(VendorMessage)[0]
    assert (bytes(row["body"]), row["refusal"]) == (content.encode(), refusal)
    assert vendor.house.rows(AuditEntry)[-1]["act"] == "message_turned_away"


def test_bytes_that_are_no_text_are_kept_too(vendor: Vendor) -> None:
    """As base64; what is neither is no request at all."""
    taken = vendor.posts(b64encode(b"\xff\x00\xfe").decode(), Format.CSV, encoding="base64")
    assert (taken.refusal, bytes(vendor.house.rows(VendorMessage)[0]["body"])) == (
        "MalformedMessage",
        b"\xff\x00\xfe",
    )
    with pytest.raises(BadInput):
        vendor.posts("no base64 ", encoding="base64")


def test_a_message_sent_twice_counts_once(vendor: Vendor) -> None:
    """Under whatever key; both are kept."""
    facts = vendor.facts("acknowledgement")
    vendor.sends("acknowledgement", **facts)
    before = books(vendor.house)
    again = vendor.sends("acknowledgement", **facts)
    assert (again.status, again.refusal) == (MessageStatus.REFUSED, "DuplicateMessage")
    assert "the same content" in (again.sentence or "")
    assert books(vendor.house) == before
    assert len(vendor.house.rows(VendorMessage)) == 2


def test_another_content_under_a_known_name_is_told(vendor: Vendor) -> None:
    """So that a vendor notices a name given twice."""
    vendor.sends("acknowledgement", message_id="same")
    taken = vendor.sends("rejection", message_id="same")
    assert taken.refusal == "DuplicateMessage"
    assert "another content" in (taken.sentence or "")


def test_an_earlier_number_after_a_later_one_is_refused(vendor: Vendor) -> None:
    """Out of order: it may no longer hold."""
    late = vendor.facts("rejection")
    vendor.sends("acknowledgement")
    before = books(vendor.house)
    assert vendor.sends("rejection", **late).refusal == "OutOfOrderMessage"
    assert books(vendor.house) == before


def test_a_gap_in_the_numbers_is_noted(vendor: Vendor) -> None:
    """The message is carried out, and says how many never came."""
    vendor.sends("acknowledgement")
    taken = vendor.sends("dispatch", sequence=5)
    assert (taken.status, taken.missing) == (MessageStatus.APPLIED, 3)
    assert vendor.house.rows(VendorMessage)[-1]["missing"] == 3


def test_a_refused_message_may_come_again_corrected(vendor: Vendor) -> None:
    """Under the same name and number."""
    assert vendor.sends("acknowledgement", message_id="A", sequence=1, study="XX-1").refusal == "WrongStudy"
    assert vendor.sends("acknowledgement", message_id="A", sequence=1).status == MessageStatus.APPLIED


def test_a_step_that_the_shipment_does_not_allow_is_harmless(vendor: Vendor) -> None:
    """A delivery before the dispatch: kept, not carried out, with the rule's own sentence."""
    before = books(vendor.house)
    taken = vendor.sends("receipt")
    assert (taken.status, taken.refusal) == (MessageStatus.NOT_APPLIED, "TransitionRefused")
    assert books(vendor.house) == before
    assert vendor.house.rows(AuditEntry)[-1]["act"] == "message_not_applied"


def test_a_dispatch_of_other_kits_is_harmless(vendor: Vendor) -> None:
    """One kit too few, and one that nobody asked for: both are named."""
    before, kits = books(vendor.house), vendor.kits()
    named = [{"number": number} for number in [*kits[1:], "99999999"]]
    taken = vendor.sends("dispatch", kits=named)
    assert (taken.status, taken.refusal) == (MessageStatus.NOT_APPLIED, "KitsDiffer")
    assert f"Not named: {kits[0]}. Not asked for: 99999999." in (taken.sentence or "")
    assert books(vendor.house) == before


def test_an_unknown_shipment_is_harmless(vendor: Vendor) -> None:
    """As is one of another depot."""
    before = books(vendor.house)
    assert vendor.sends("acknowledgement", shipment="S-77777").refusal == "NotFound"
    assert Vendor(vendor.house, _other_depot(vendor)).sends("acknowledgement").refusal == "NotAllowed"
    assert books(vendor.house) == before


def test_a_message_that_waited_is_carried_out_once(vendor: Vendor) -> None:
    """Where the program stopped between taking and doing; a third call tells the outcome."""
    content = json.dumps(
        {"kind": "acknowledgement", "schema_version": "1", **vendor.facts("acknowledgement")},
        default=lambda moment: moment.isoformat(),
    )
    ask = TakeMessage(study_id=vendor.house.study_id, spelling=Format.JSON, content=content)
    house = vendor.house
    taken = perform(house.store, vendor.actor, vendor.now, take_message, ask, "the-key")
    assert taken.status == MessageStatus.WAITING
    outcomes = [deliver_message(house.store, vendor.actor, vendor.now, ask, "the-key") for _ in range(2)]
    waiting = ApplyMessage(study_id=house.study_id, id=taken.id)
    outcomes.append(settle_message(house.store, house.actor(Role.DEPOT), vendor.now, waiting))
    assert [each.status for each in outcomes] == [MessageStatus.APPLIED] * 3
    assert [row["event"] for row in house.rows(ShipmentStep)] == ["request", "acknowledge"]


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.COURIER, Role.STATISTICIAN])
def test_only_depots_speak(house: SupplyHouse, role: Role) -> None:
    """Nobody else sends, has carried out, or fetches."""
    study = {"study_id": house.study_id}
    for service, ask in (
        (take_message, TakeMessage(**study, spelling=Format.JSON, content="{}")),
        (apply_message, ApplyMessage(**study, id=1)),
        (prepare_messages, PrepareMessages(**study)),
        (acknowledge_messages, AcknowledgeMessages(**study, messages=["x"])),
    ):
        with pytest.raises(NotAllowed):
            house.do(role, service, ask)
    assert house.rows(VendorMessage) == []


def _prepare(vendor: Vendor) -> list[str]:
    return vendor.house.do(vendor.actor, prepare_messages, PrepareMessages(study_id=vendor.house.study_id)).messages


def _waiting(vendor: Vendor) -> list[bytes]:
    with vendor.house.store.reading() as connection:
        found = waiting_messages(connection, vendor.house.study_id, [vendor.depot_id], 10)
    return [each.content for each in found]


def test_a_depot_is_asked_once_and_told_of_a_cancellation(store: Store) -> None:
    """On both databases: a request waits until it is acknowledged; then the end of it."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    (name,) = _prepare(vendor)
    assert _prepare(vendor) == []
    (content,) = _waiting(vendor)
    request = read(content, Format.JSON)
    assert isinstance(request, ShipmentRequest)
    assert (request.message_id, request.sequence, request.shipment) == (name, 1, SHIPMENT)
    assert [kit.number for kit in request.kits] == vendor.kits()
    ask = AcknowledgeMessages(study_id=house.study_id, messages=[name])
    assert [house.do(vendor.actor, acknowledge_messages, ask).acknowledged for _ in range(2)] == [1, 0]
    assert _waiting(vendor) == []
    cancel = StepShipment(study_id=house.study_id, number=SHIPMENT, reason="Site\ncloses")
    house.do(Role.SUPPLY_MANAGER, steps.cancel_shipment, cancel)
    _prepare(vendor)
    cancellation = read(_waiting(vendor)[0], Format.JSON)
    assert isinstance(cancellation, ShipmentCancellation)
    assert (cancellation.reason, cancellation.sequence) == ("Site closes", 2)


def test_another_depot_neither_sees_nor_acknowledges(vendor: Vendor) -> None:
    """Each sees exactly what is theirs."""
    (name,) = _prepare(vendor)
    other = Vendor(vendor.house, _other_depot(vendor))
    assert (_prepare(other), _waiting(other)) == ([], [])
    ask = AcknowledgeMessages(study_id=vendor.house.study_id, messages=[name])
    with pytest.raises(NotAllowed):
        vendor.house.do(other.actor, acknowledge_messages, ask)
    with pytest.raises(NotFound):
        vendor.house.do(vendor.actor, acknowledge_messages, ask.model_copy(update={"messages": ["nothing"]}))
    with vendor.house.store.reading() as connection:
        assert messages_after(connection, vendor.house.study_id, [other.depot_id], 0, 10) == ()
        assert len(messages_after(connection, vendor.house.study_id, None, 0, 10)) == 1
        assert due_messages(connection, vendor.house.study_id, None) == ()


def _other_depot(vendor: Vendor) -> str:
    return next(row["code"] for row in vendor.house.rows(Depot) if row["code"] != vendor.depot)


def test_a_request_tells_nothing_of_what_is_inside(vendor: Vendor) -> None:
    """Neither kit type nor manufacturing lot nor the warehouse's order: kits stand by number."""
    _prepare(vendor)
    (content,) = _waiting(vendor)
    text = content.decode()
    secrets = {row["kit_type"] for row in vendor.house.rows(KitContent)}
    secrets |= {f'"{row["number"]}"' for row in vendor.house.rows(ManufacturingLot)}
    assert [secret for secret in secrets if secret in text] == []
    assert "sequence_number" not in text
    assert [text.index(number) for number in vendor.kits()] == sorted(text.index(n) for n in vendor.kits())
