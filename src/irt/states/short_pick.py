"""Why a depot does not send a kit it was asked for, and what that means for the kit."""

from enum import StrEnum

from irt.states.kit import KitEvent


class WhyShort(StrEnum):
    """Why a kit is not sent."""

    NOT_FOUND = "not_found"
    DAMAGED = "damaged"
    HELD = "held"
    EXPIRED = "expired"


HAPPENS: dict[WhyShort, KitEvent] = {
    WhyShort.NOT_FOUND: KitEvent.GO_MISSING,
    WhyShort.DAMAGED: KitEvent.DAMAGE,
    WhyShort.HELD: KitEvent.QUARANTINE,
    # The record would not have sent an expired kit: its label says something else, which is for quality.
    WhyShort.EXPIRED: KitEvent.QUARANTINE,
}
"""What is booked of such a kit, so that nobody is asked for it again."""
