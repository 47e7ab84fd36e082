"""What arrived: at a site or at a depot, kit by kit, and what came back."""

from enum import StrEnum
from typing import Literal

from irt.messages.fields import Day, Moment, Text, Token
from irt.messages.message import Kits, Line, Message


class Arrival(StrEnum):
    """How a kit arrived."""

    RECEIVED = "received"
    DAMAGED = "damaged"
    MISSING = "missing"


class Monitor(StrEnum):
    """What the temperature monitor said at arrival."""

    NO_ALARM = "no_alarm"
    ALARM = "alarm"
    NO_DATA = "no_data"


class Condition(StrEnum):
    """In what condition a kit came back."""

    UNOPENED = "unopened"
    OPENED = "opened"
    EMPTY = "empty"
    DAMAGED = "damaged"


class ArrivedKit(Line):
    """A kit and how it arrived."""

    outcome: Arrival
    remark: Text | None = None


class StockedKit(ArrivedKit):
    """A kit that came to a depot, with the lot and expiry on its label."""

    lot: Text
    expiry: Day


class ReturnedKit(Line):
    """A kit that came back."""

    condition: Condition
    remark: Text | None = None


class Receipt(Message):
    """A shipment arrived: the proof of its delivery, kit by kit. Kits named nowhere are still to come."""

    kind: Literal["receipt"] = "receipt"
    shipment: Token
    received_at: Moment
    received_by: Text | None = None
    temperature: Monitor
    kits: Kits[ArrivedKit]


class InboundReceipt(Message):
    """Kits arrived at a depot from where they were packed or from another depot."""

    kind: Literal["inbound_receipt"] = "inbound_receipt"
    consignment: Text
    depot: Text
    received_at: Moment
    temperature: Monitor
    kits: Kits[StockedKit]


class Return(Message):
    """Kits came back to a depot from a site."""

    kind: Literal["return"] = "return"
    shipment: Token
    site: Text
    depot: Text
    received_at: Moment
    kits: Kits[ReturnedKit]
