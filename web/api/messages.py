"""Messages of depots over the API: sent in, fetched and acknowledged; and the manifest of a shipment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from litestar.params import QueryParameter

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.messages.formats import Format, read, written
from irt.messages.papers import PAPERS
from irt.messages.shipment_story import parcel_alone
from irt.reads.blinded_differences import DifferenceLine, stock_differences
from irt.reads.blinded_interface_tests import (
    ShownLine,
    SignedLine,
    depot_coded,
    interface_protocol,
    interface_signatures,
    shown_lines,
)
from irt.reads.blinded_interfaces import CarrierLine, carrier_words
from irt.reads.blinded_manifest import story_of
from irt.reads.blinded_messages import MessageLine, messages_after, waiting_messages
from irt.reads.blinded_shipments import depot_shipment
from irt.reads.vendor_codes import for_vendor
from irt.services.deliver_message import deliver_message
from irt.services.interface_tests import open_interface, sign_interface_test
from irt.services.prepare_messages import acknowledge_messages, prepare_messages
from irt.services.settle_difference import settle_difference, take_difference
from irt.services.take_message import MessageTaken, TakeMessage, take_message
from irt.services.track_parcels import track_parcels
from irt.services.vendor_interfaces import WebhookKeyMade, expect_interface, make_webhook_key
from web.api.limits import refuse_unholdable
from web.api.operations import (
    AfterId,
    Caller,
    Key,
    Limit,
    Now,
    Number,
    Records,
    StudyId,
    command,
    pressed,
    question,
)

_DEPOT = Permission.FULFIL_SHIPMENT
Spelling = Annotated[Format, QueryParameter(description="How the messages are spelled.")]


class Paper(StrEnum):
    """How a manifest is written."""

    JSON = "json"
    CSV = "csv"
    XML = "xml"
    EPCIS = "epcis"
    DESADV = "desadv"


@dataclass(frozen=True)
class FetchedMessage:
    """A message to a depot; `content` is the message itself, to be read by its schema."""

    message_id: str
    kind: str
    sequence: int
    shipment: str
    content: str


@dataclass(frozen=True)
class WaitingPage:
    """Messages that nobody has acknowledged, oldest first."""

    items: tuple[FetchedMessage, ...]


@dataclass(frozen=True)
class MessagesPage:
    """Messages both ways with what became of them; `next` is where the following page begins, null on the last."""

    items: tuple[MessageLine, ...]
    next: int | None


@dataclass(frozen=True)
class DifferencesPage:
    """Differences in order of their numbers; `next` is where the following page begins, null on the last."""

    items: tuple[DifferenceLine, ...]
    next: int | None


@dataclass(frozen=True)
class WrittenManifest:
    """The manifest in the format that was asked for."""

    shipment: str
    content: str


@question("/studies/{study_id:int}/messages/waiting", _DEPOT, "Messages that wait for a depot")
def list_waiting_messages(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    now: Now,
    limit: Limit = 50,
    spelling: Spelling = Format.JSON,
) -> WaitingPage:
    """Prepare them first; acknowledge each once you have it, or it is given out again."""
    depot_ids = _depots(caller, study_id)
    with store.reading_past_wall() as connection:
        found = waiting_messages(connection, study_id, depot_ids, limit)
        messages = [
            for_vendor(connection, study_id, each.depot_id, read(each.content, Format.JSON), now.date())
            for each in found
        ]
    return WaitingPage(
        tuple(
            FetchedMessage(
                each.line.message_id,
                each.line.kind,
                each.line.sequence or 0,
                each.line.shipment,
                written(message, spelling).decode(),
            )
            for each, message in zip(found, messages, strict=True)
        )
    )


@question("/studies/{study_id:int}/messages", _DEPOT, "Every message and what became of it")
def list_messages(
    study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50, after: AfterId = 0
) -> MessagesPage:
    """Messages of the token's depots, refused ones too, in the order in which they came and left."""
    depot_ids = _depots(caller, study_id)
    with store.reading() as connection:
        lines = messages_after(connection, study_id, depot_ids, after, limit + 1)
    return MessagesPage(lines[:limit], lines[limit - 1].id if len(lines) > limit else None)


@question("/studies/{study_id:int}/stock-differences", None, "Where depots' own stock differs from the ledger")
def list_stock_differences(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: AfterId = 0,
    settled: Annotated[bool, QueryParameter(description="Those that were ended too.")] = False,
) -> DifferencesPage:
    """All of them with the scope `view_supply`, else those of the token's depots with `fulfil_shipment`."""
    supply = caller.grant_for(Permission.VIEW_SUPPLY, study_id, None) is not None
    if supply:
        caller.require(Permission.VIEW_SUPPLY, study_id)
    depot_ids = None if supply else _depots(caller, study_id)
    with store.reading() as connection:
        found = stock_differences(connection, study_id, depot_ids, after, limit + 1, settled=settled)
    return DifferencesPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


@question(
    "/studies/{study_id:int}/depot-shipments/{number:str}/manifest", _DEPOT, "The manifest of a depot's shipment"
)
def show_manifest(
    study_id: StudyId,
    number: Number,
    caller: Caller,
    store: Records,
    now: Now,
    paper: Annotated[Paper, QueryParameter(description="How it is written.")] = Paper.JSON,
) -> WrittenManifest:
    """Kits by number with lot and expiry, from, to, how it travels; EPCIS tells the way to the receipt alone."""
    with store.reading() as connection:
        depot_shipment(connection, study_id, number, _depots(caller, study_id))
        story = parcel_alone(story_of(connection, number, study_id=study_id))
    return WrittenManifest(number, PAPERS[paper](story, now).decode())


@dataclass(frozen=True)
class TrackingListed:
    """What carriers told of a shipment, oldest first."""

    items: tuple[CarrierLine, ...]


@question(
    "/studies/{study_id:int}/depot-shipments/{number:str}/tracking",
    _DEPOT,
    "What carriers told of a depot's shipment",
)
def list_tracking(study_id: StudyId, number: Number, caller: Caller, store: Records) -> TrackingListed:
    """Each status with the steps that were booked for it; none makes a kit usable."""
    with store.reading() as connection:
        depot_shipment(connection, study_id, number, _depots(caller, study_id))
        return TrackingListed(carrier_words(connection, study_id, number))


@dataclass(frozen=True)
class InterfaceTestShown:
    """Every case with the message that shows it, and who signed."""

    shown: tuple[ShownLine, ...]
    signed: tuple[SignedLine, ...]


@question("/studies/{study_id:int}/vendor-interfaces/{number:str}/test", None, "The test of a depot's interface")
def show_interface_test(study_id: StudyId, number: Number, caller: Caller, store: Records) -> InterfaceTestShown:
    """By the depot's code; for supply with the scope `activate_site`, else for the token's depots."""
    supply = caller.grant_for(Permission.ACTIVATE_SITE, study_id, None) is not None
    if supply:
        caller.require(Permission.ACTIVATE_SITE, study_id)
    depot_ids = None if supply else _depots(caller, study_id)
    with store.reading() as connection:
        depot_id = depot_coded(connection, study_id, number, depot_ids)
        shown = shown_lines(interface_protocol(connection, study_id, depot_id))
        return InterfaceTestShown(shown, interface_signatures(connection, study_id, depot_id))


@dataclass(frozen=True)
class KeyTold:
    """The key, told in the first answer alone; `ends_at`: when those before it end."""

    depot: str
    ends_at: datetime | None
    key: str | None


def _key_told(made: WebhookKeyMade) -> KeyTold:
    return KeyTold(made.depot, made.ends_at, made.key.get_secret_value() if made.key else None)


def _send(data: TakeMessage, key: Key, caller: Caller, store: Records, now: Now) -> MessageTaken:
    # The message has a bound of its own, and is kept as it came whatever signs it holds.
    refuse_unholdable(data.model_copy(update={"content": ""}))
    return deliver_message(store, caller, now, data, key)


def _depots(caller: Actor, study_id: int) -> list[int] | None:
    """The depots the token's owner works at; None: every depot of the study."""
    caller.require(_DEPOT, study_id)
    grants = [g for g in caller.grants if g.covers(_DEPOT, study_id, None)]
    depots = {grant.depot_id for grant in grants}
    return None if None in depots else sorted(each for each in depots if each is not None)


_DIFFERENCE = {"study_id": 1, "difference_id": 7}
OPERATIONS = (
    list_waiting_messages,
    list_messages,
    list_stock_differences,
    show_manifest,
    list_tracking,
    command(
        "/vendor-interfaces/expect",
        expect_interface,
        Permission.ACTIVATE_SITE,
        "Expect to hear of a depot's system",
        {"study_id": 1, "depot": "NLD", "silence_hours": 24, "gap_minutes": 60},
    ),
    show_interface_test,
    command(
        "/vendor-interfaces/sign-test",
        sign_interface_test,
        None,
        "Sign the test of a depot's interface, for the vendor or for supply",
        {"study_id": 1, "depot": "NLD", "signing": {"password": "the owner's password", "code": "123456"}},
    ),
    command(
        "/vendor-interfaces/open",
        open_interface,
        Permission.ACTIVATE_SITE,
        "Open a depot's interface in production",
        {"study_id": 1, "depot": "NLD"},
    ),
    command(
        "/vendor-interfaces/make-key",
        make_webhook_key,
        Permission.ACTIVATE_SITE,
        "Make a new key for messages pushed to a depot",
        {"study_id": 1, "depot": "NLD", "overlap_hours": 72},
        _key_told,
    ),
    command(
        "/shipments/track",
        track_parcels,
        _DEPOT,
        "Tell what a carrier says of parcels",
        {
            "study_id": 1,
            "carrier": "Example Couriers",
            "told": [{"waybill": "784-2210 4431", "status": "customs", "at": "2026-03-02T08:00:00Z"}],
        },
    ),
    command(
        "/stock-differences/take",
        take_difference,
        Permission.APPROVE_SHIPMENT,
        "Look after a difference of stock from now on",
        _DIFFERENCE,
    ),
    command(
        "/stock-differences/settle",
        settle_difference,
        None,
        "Explain, correct or accept a difference of stock",
        {**_DIFFERENCE, "how": "explain", "note": "Counted after the parcel had left"},
    ),
    pressed(
        "/messages/send",
        _send,
        take_message,
        _DEPOT,
        "Send a message",
        {"study_id": 1, "spelling": "json", "content": '{"kind": "acknowledgement", "schema_version": "1"}'},
        MessageTaken,
    ),
    command(
        "/messages/prepare",
        prepare_messages,
        _DEPOT,
        "Write the messages that the token's depots are to be told",
        {"study_id": 1},
    ),
    command(
        "/messages/acknowledge",
        acknowledge_messages,
        _DEPOT,
        "Say that messages have arrived",
        {"study_id": 1, "messages": ["out-1-17"]},
    ),
)
