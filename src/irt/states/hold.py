"""Holds: kits that nobody may use until quality ends it, or a drill that only measures."""

from enum import StrEnum

from irt.states.kit import KitEvent


class HoldKind(StrEnum):
    """What a hold is for. A drill finds the kits and moves none."""

    RECALL = "recall"
    QUARANTINE = "quarantine"
    DRILL = "drill"


class HoldAct(StrEnum):
    """A hold is opened, and lifted by a later line."""

    OPEN = "open"
    LIFT = "lift"


MOVED_BY = {HoldKind.RECALL: KitEvent.RECALL, HoldKind.QUARANTINE: KitEvent.QUARANTINE}
"""What a hold does to the kits it finds."""

USES = frozenset(
    {
        KitEvent.RELEASE,
        KitEvent.RESERVE,
        KitEvent.PACK,
        KitEvent.SEND_ON,
        KitEvent.RECEIVE,
        KitEvent.PREALLOCATE,
        KitEvent.ASSIGN,
        KitEvent.HAND_OVER,
        KitEvent.DELIVER,
        KitEvent.ACCEPT,
        KitEvent.TRANSFER_OUT,
    }
)
"""Events that bring a kit nearer to a subject. What happened already, as a kit given wrongly, is booked anyhow."""
