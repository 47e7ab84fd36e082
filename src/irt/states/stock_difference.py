"""A difference between a warehouse's stock and the ledger: its kinds, and its life until it is settled."""

from enum import StrEnum


class Lies(StrEnum):
    """How a kit lies in a warehouse."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    HELD = "held"
    DAMAGED = "damaged"


class DifferenceKind(StrEnum):
    """How the warehouse differs from the ledger."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_STATUS = "other_status"
    OTHER_LABEL = "other_label"
    OTHER_COUNT = "other_count"


class DifferenceStatus(StrEnum):
    """Where a difference stands. Gone: a later message of the warehouse no longer shows it."""

    OPEN = "open"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    GONE = "gone"


class DifferenceEvent(StrEnum):
    """What can happen to a difference."""

    EXPLAIN = "explain"
    CORRECT = "correct"
    ACCEPT = "accept"
    VANISH = "vanish"
    SHOW_AGAIN = "show_again"


_S, _E = DifferenceStatus, DifferenceEvent

DIFFERENCE: dict[tuple[DifferenceStatus, DifferenceEvent], DifferenceStatus] = {
    (_S.OPEN, _E.EXPLAIN): _S.EXPLAINED,
    **{(s, _E.CORRECT): _S.CORRECTED for s in (_S.OPEN, _S.EXPLAINED)},
    **{(s, _E.ACCEPT): _S.ACCEPTED for s in (_S.OPEN, _S.EXPLAINED)},
    **{(s, _E.VANISH): _S.GONE for s in (_S.OPEN, _S.EXPLAINED, _S.ACCEPTED)},
    # What was corrected and is told again was not corrected.
    **{(s, _E.SHOW_AGAIN): s for s in (_S.OPEN, _S.EXPLAINED, _S.ACCEPTED)},
}

UNSETTLED = frozenset({_S.OPEN, _S.EXPLAINED})
"""What somebody still has to end: an explanation alone changes nothing in either book."""
STANDING = frozenset({_S.OPEN, _S.EXPLAINED, _S.ACCEPTED})
"""What a later message of the warehouse may show again or no more."""
