"""What a depot is asked for: a shipment, its change, its end; and the papers that travel with it."""

from typing import Literal

from irt.messages.fields import Day, Text, Token
from irt.messages.message import Items, Kits, Line, Message


class OrderedKit(Line):
    """A kit by what stands on its label: number, blinded lot, expiry."""

    lot: Text
    expiry: Day


class RequestedKit(OrderedKit):
    """A kit that is asked for, with what the depot's own system calls it, where it told us."""

    sku: Token | None = None


class ShipmentRequest(Message):
    """Please send these kits to this place."""

    kind: Literal["shipment_request"] = "shipment_request"
    shipment: Token
    depot: Text
    depot_code: Token | None = None
    destination: Text
    destination_code: Token | None = None
    country: Text | None = None
    ship_to: tuple[Text, ...] = ()
    storage: Token
    handling: Text | None = None
    dispatch_on: Day | None = None
    expected_on: Day | None = None
    kits: Kits[RequestedKit]
    items: Items = ()


class ShipmentAmendment(Message):
    """The request as it stands now; it replaces the one before."""

    kind: Literal["shipment_amendment"] = "shipment_amendment"
    shipment: Token
    reason: Text
    ship_to: tuple[Text, ...] = ()
    dispatch_on: Day | None = None
    expected_on: Day | None = None
    kits: Kits[RequestedKit]
    items: Items = ()


class ShipmentCancellation(Message):
    """Please do not send this shipment."""

    kind: Literal["shipment_cancellation"] = "shipment_cancellation"
    shipment: Token
    reason: Text


class Manifest(Message):
    """What is in a shipment and how it travels, for everybody who handles it."""

    kind: Literal["manifest"] = "manifest"
    shipment: Token
    status: Token
    origin: Text | None = None
    origin_name: Text | None = None
    destination: Text
    destination_name: Text
    country: Text | None = None
    ship_to: tuple[Text, ...] = ()
    storage: Token
    handling: Text | None = None
    dispatch_on: Day | None = None
    expected_on: Day | None = None
    waybill: Text | None = None
    monitors: tuple[Text, ...] = ()
    kits: Kits[OrderedKit]
    items: Items = ()
