"""A carrier's six words: which steps follow, and that none of them makes a kit usable."""

from itertools import product

from irt.states.shipment import SHIPMENT, ShipmentEvent, ShipmentStatus
from irt.states.tracking import TrackStatus, steps_after

ALLOWED = {ShipmentEvent.HOLD_AT_CUSTOMS, ShipmentEvent.CLEAR_CUSTOMS, ShipmentEvent.DELIVER}


def test_whatever_a_carrier_says_the_shipment_can_follow() -> None:
    """Every word in every status: steps its life allows, customs and delivery alone, never a receipt or a loss."""
    for told, begins in product(TrackStatus, ShipmentStatus):
        status = begins
        for event in steps_after(told, begins):
            assert event in ALLOWED
            status = SHIPMENT[status, event]


def test_the_way_of_a_parcel() -> None:
    """From the road through customs to the door; trouble books nothing."""
    status = ShipmentStatus.IN_TRANSIT
    for told in (TrackStatus.PICKED_UP, TrackStatus.CUSTOMS, TrackStatus.OUT_FOR_DELIVERY, TrackStatus.DELIVERED):
        for event in steps_after(told, status):
            status = SHIPMENT[status, event]
    assert status == ShipmentStatus.DELIVERED
    assert not any(steps_after(TrackStatus.EXCEPTION, each) for each in ShipmentStatus)
