"""Packs for an outage: from issue to closing; what is written on paper; and what became of each seal."""

from enum import StrEnum


class PackStatus(StrEnum):
    """A pack is used from its issue until it is recalled or closed. A recalled one is still to be accounted for."""

    ISSUED = "issued"
    RECALLED = "recalled"
    CLOSED = "closed"


class PackEvent(StrEnum):
    """What ends a pack."""

    RECALL = "recall"
    CLOSE = "close"


PACK: dict[tuple[PackStatus, PackEvent], PackStatus] = {
    (PackStatus.ISSUED, PackEvent.RECALL): PackStatus.RECALLED,
    (PackStatus.ISSUED, PackEvent.CLOSE): PackStatus.CLOSED,
    (PackStatus.RECALLED, PackEvent.CLOSE): PackStatus.CLOSED,
}


class EntryKind(StrEnum):
    """What a site may do on paper."""

    DISPENSING = "dispensing"
    CODE_BREAK = "code_break"
    RECEIPT = "receipt"


class SealFate(StrEnum):
    """How a seal was found when the pack was closed."""

    UNOPENED = "unopened"
    OPENED = "opened"
    MISSING = "missing"
