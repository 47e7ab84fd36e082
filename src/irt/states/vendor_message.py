"""A vendor's message: which way it goes, what became of it, and what makes us write one."""

from enum import StrEnum


class Direction(StrEnum):
    """Who sent it: the vendor, or we."""

    IN = "in"
    OUT = "out"


class NoticeCause(StrEnum):
    """What changed, so that depots with such kits are told what holds for them now."""

    HOLD_OPENED = "hold_opened"
    HOLD_LIFTED = "hold_lifted"
    EXPIRY = "expiry"
    RELABELLED = "relabelled"
    QUALITY = "quality"


class MessageStatus(StrEnum):
    """Refused: not read, or not in its turn. Noted: kept for a person, nothing was booked.

    Given up: pushed many times, and nobody took it.
    """

    REFUSED = "refused"
    WAITING = "waiting"
    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    NOTED = "noted"
    ACKNOWLEDGED = "acknowledged"
    GIVEN_UP = "given_up"
