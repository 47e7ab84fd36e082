"""What depots and we tell each other of stock: what may be used, and what lies there."""

from enum import StrEnum
from typing import Literal

from irt.messages.fields import Day, Moment, Text
from irt.messages.message import Kits, Line, Message


class Usable(StrEnum):
    """What holds for a kit from now on."""

    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"
    EXPIRED = "expired"


class Lies(StrEnum):
    """How a kit lies in a warehouse."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    HELD = "held"
    DAMAGED = "damaged"


class StatusKit(Line):
    """A kit, what holds for it, and the expiry it has now."""

    status: Usable
    expiry: Day | None = None


class CountedKit(Line):
    """A kit as it lies in the warehouse."""

    lot: Text
    expiry: Day
    state: Lies


class KitStatus(Message):
    """From this moment on these kits may, or may not, be used."""

    kind: Literal["kit_status"] = "kit_status"
    effective_at: Moment
    instruction: Text | None = None
    kits: Kits[StatusKit]


class StockSnapshot(Message):
    """Everything of the study that lies at a depot at one moment."""

    kind: Literal["stock_snapshot"] = "stock_snapshot"
    depot: Text
    counted_at: Moment
    kits: Kits[CountedKit]
