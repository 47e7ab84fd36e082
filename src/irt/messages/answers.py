"""What a depot answers: it has read the request, cannot do it, lacks some kits, has sent them."""

from typing import Literal

from irt.messages.fields import Count, Day, KitNumber, Moment, Text, Token
from irt.messages.message import Kits, Line, Message
from irt.states.short_pick import WhyShort


class ShortKit(Line):
    """A kit that is not sent, and the one that goes instead where there is one."""

    why: WhyShort
    substitute: KitNumber | None = None


class PackedKit(Line):
    """A kit and the parcel it lies in, where there are several."""

    parcel: Text | None = None


class Acknowledgement(Message):
    """The request is read and will be done."""

    kind: Literal["acknowledgement"] = "acknowledgement"
    shipment: Token
    acknowledged_at: Moment
    dispatch_on: Day | None = None


class Heartbeat(Message):
    """The sender's system is alive and has nothing else to say."""

    kind: Literal["heartbeat"] = "heartbeat"


class Rejection(Message):
    """The request cannot be done."""

    kind: Literal["rejection"] = "rejection"
    shipment: Token
    reason: Text


class ShortPick(Message):
    """Some kits of a request are not sent, or others instead."""

    kind: Literal["short_pick"] = "short_pick"
    shipment: Token
    reason: Text | None = None
    kits: Kits[ShortKit]


class Dispatch(Message):
    """The parcel has left, with its waybill, its temperature monitors and its kits."""

    kind: Literal["dispatch"] = "dispatch"
    shipment: Token
    dispatched_at: Moment
    carrier: Text | None = None
    waybill: Text
    monitors: tuple[Text, ...] = ()
    parcels: Count = 1
    kits: Kits[PackedKit]
