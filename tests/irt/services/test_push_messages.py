"""Pushed messages: signed so that another library believes them, in order, tried again, given up, replayed."""

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from irt.blinding.roles import Role
from irt.errors import NotAllowed, NotFound
from irt.messages.formats import Format, read
from irt.messages.signing import UnusableSecret, secrets_in, signed_headers
from irt.services import fulfil_shipment as steps
from irt.services.fulfil_shipment import StepShipment
from irt.services.outbox import ATTEMPTS_MAX
from irt.services.push_messages import (
    ChangeMessage,
    Pushed,
    Send,
    StillWaiting,
    give_up_message,
    push_messages,
    replay_message,
)
from irt.services.store import Store
from irt.tables.vendor import VendorMessage
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.irt.services.vendor import SHIPMENT, Vendor

OLD, NEW = (f"whsec_{base64.b64encode(bytes([each]) * 32).decode()}" for each in (1, 2))


class Warehouse:
    """The depot's address; it takes messages while it is open."""

    def __init__(self) -> None:
        self.open = True
        self.got: list[tuple[bytes, dict[str, str]]] = []

    def send(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Takes a message, if it is open."""
        if self.open:
            self.got.append((body, dict(headers)))
        return self.open


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def push(vendor: Vendor, send: Send, minutes: float = 0, secrets: str = NEW) -> Pushed:
    """One run, so many minutes after noon."""
    at = vendor.now + timedelta(minutes=minutes)
    house = vendor.house
    return push_messages(house.store, vendor.actor, at, house.study_id, vendor.depot_id, secrets_in(secrets), send)


def test_another_library_believes_what_is_pushed(store: Store) -> None:
    """On both databases; once, and after it is taken nothing waits."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor, warehouse = Vendor(house), Warehouse()
    assert push(vendor, warehouse.send) == Pushed(taken=1, given_up=0)
    assert push(vendor, warehouse.send) == Pushed(taken=0, given_up=0)
    ((body, headers),) = warehouse.got
    request = read(body, Format.JSON)
    assert (request.kind, headers["webhook-id"]) == ("shipment_request", request.message_id)
    assert [row["status"] for row in house.rows(VendorMessage)] == ["acknowledged"]


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_a_secret_is_replaced_either_is_believed(secret: str) -> None:
    """And neither another secret nor another body is. The time is that of the other library's own clock."""
    now = datetime.now(UTC)
    headers = signed_headers(secrets_in(f"{OLD} {NEW}"), "out-1-1", now, b'{"a": 1}')
    assert Webhook(secret).verify(b'{"a": 1}', headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b'{"a": 2}', headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(base64.b64encode(b"3" * 32).decode()).verify(b'{"a": 1}', headers)


def test_the_published_example_is_reproduced() -> None:
    """The vector of the Standard Webhooks specification."""
    headers = signed_headers(
        secrets_in("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("written", ["", "whsec_", "whsec_####", f"whsec_{base64.b64encode(b'short').decode()}"])
def test_a_secret_that_is_none_is_refused(written: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UnusableSecret):
        secrets_in(written)


def test_what_is_not_taken_comes_again_later_and_in_order(vendor: Vendor) -> None:
    """Not before its time; the message behind it waits with it."""
    warehouse, house = Warehouse(), vendor.house
    warehouse.open = False
    assert push(vendor, warehouse.send).taken == 0
    cancel = StepShipment(study_id=house.study_id, number=SHIPMENT, reason="Site closes")
    house.do(Role.SUPPLY_MANAGER, steps.cancel_shipment, cancel)
    warehouse.open = True
    assert push(vendor, warehouse.send, minutes=0.5).taken == 0
    assert push(vendor, warehouse.send, minutes=1.5).taken == 2
    kinds = [read(body, Format.JSON).kind for body, _ in warehouse.got]
    assert kinds == ["shipment_request", "shipment_cancellation"]


def test_a_message_that_nobody_takes_is_given_up_and_can_be_replayed(vendor: Vendor) -> None:
    """After ten tries it is a dead letter; replayed, it has the same name, so that nothing counts twice."""
    warehouse, house = Warehouse(), vendor.house
    warehouse.open = False
    runs = [push(vendor, warehouse.send, minutes=600 * run) for run in range(ATTEMPTS_MAX + 1)]
    assert [run.given_up for run in runs] == [0] * (ATTEMPTS_MAX - 1) + [1, 0]
    row = house.rows(VendorMessage)[0]
    assert (row["status"], row["attempts"]) == ("given_up", ATTEMPTS_MAX)
    warehouse.open = True
    assert push(vendor, warehouse.send, minutes=9000).taken == 0
    ask = ChangeMessage(study_id=house.study_id, message_id=row["message_id"])
    assert house.do(vendor.actor, replay_message, ask).status == "waiting"
    assert push(vendor, warehouse.send, minutes=9001).taken == 1
    assert warehouse.got[0][1]["webhook-id"] == row["message_id"]


def test_only_its_own_depot_replays_a_message(vendor: Vendor) -> None:
    """A message that waits is not replayed, one of another depot is not there."""
    house = vendor.house
    push(vendor, Warehouse().send)
    (row,) = house.rows(VendorMessage)
    ask = ChangeMessage(study_id=house.study_id, message_id=row["message_id"])
    house.do(vendor.actor, replay_message, ask)
    with pytest.raises(StillWaiting):
        house.do(vendor.actor, replay_message, ask)
    for service in (replay_message, give_up_message):
        with pytest.raises(NotFound):
            house.do(vendor.actor, service, ask.model_copy(update={"message_id": "nothing"}))
        with pytest.raises(NotAllowed):
            house.do(Role.PHARMACIST, service, ask)
