"""What depots and we tell each other of stock: what may be used, and what lies there."""

from enum import StrEnum
from typing import Literal

from irt.messages.fields import Count, Day, Moment, Text, Token
from irt.messages.message import Kits, Line, Message
from irt.states.stock_difference import Lies


class Usable(StrEnum):
    """What holds for a kit from now on."""

    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"
    EXPIRED = "expired"


class StatusKit(Line):
    """A kit, what holds for it, and the expiry it has now."""

    status: Usable
    expiry: Day | None = None


class CountedKit(Line):
    """A kit as it lies in the warehouse."""

    lot: Text
    expiry: Day
    state: Lies


class CountedPile(Line):
    """Kits that lie together and are counted, not named: `number` is the warehouse's own of the pile."""

    sku: Token | None = None
    lot: Text
    expiry: Day
    state: Lies
    quantity: Count


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


class StockCount(Message):
    """Everything of the study that lies at a depot which counts its kits and does not know their numbers."""

    kind: Literal["stock_count"] = "stock_count"
    depot: Text
    counted_at: Moment
    kits: Kits[CountedPile]
