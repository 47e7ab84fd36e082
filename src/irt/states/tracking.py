"""What a carrier tells of a parcel, in six words, and which steps of its shipment follow."""

from enum import StrEnum

from irt.states.shipment import ShipmentEvent, ShipmentStatus


class TrackStatus(StrEnum):
    """Where a parcel is by its carrier's word. Whatever it says, no kit becomes usable by it."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"


_S, _E, _T = ShipmentStatus, ShipmentEvent, TrackStatus
_ON_ITS_WAY = (_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY)

FOLLOWS: dict[tuple[TrackStatus, ShipmentStatus], tuple[ShipmentEvent, ...]] = {
    (_T.CUSTOMS, _S.IN_TRANSIT): (_E.HOLD_AT_CUSTOMS,),
    **{(told, _S.CUSTOMS_HOLD): (_E.CLEAR_CUSTOMS,) for told in _ON_ITS_WAY},
    (_T.DELIVERED, _S.IN_TRANSIT): (_E.DELIVER,),
    (_T.DELIVERED, _S.CUSTOMS_HOLD): (_E.CLEAR_CUSTOMS, _E.DELIVER),
}
"""What is booked for a word of the carrier; for any other nothing is, and the word is kept.

That a parcel left is the depot's word, that it came back or is lost is supply's.
"""


def steps_after(told: TrackStatus, status: ShipmentStatus) -> tuple[ShipmentEvent, ...]:
    """The steps of a shipment that follow its carrier's word."""
    return FOLLOWS.get((told, status), ())
