"""A vendor's message: which way it goes, and what became of it."""

from enum import StrEnum


class Direction(StrEnum):
    """Who sent it: the vendor, or we."""

    IN = "in"
    OUT = "out"


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
