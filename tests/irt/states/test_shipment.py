"""A shipment's way: every step that is possible, every one that is not."""

from irt.states.shipment import OPEN, SHIPMENT, ShipmentEvent, ShipmentStatus
from tests.irt.states.lifecycle import drawn, ends_of, grid_of, reached_from

WAY = """
proposed                                            -- send_for_approval        --> awaiting_approval
proposed, awaiting_approval                         -- request         --> requested
requested                                           -- acknowledge     --> acknowledged
requested                                           -- reject          --> rejected_by_depot
acknowledged                                        -- pick            --> picked
picked                                              -- pack            --> packed
packed                                              -- dispatch        --> in_transit
in_transit                                          -- hold_at_customs --> customs_hold
customs_hold                                        -- clear_customs   --> in_transit
in_transit                                          -- deliver         --> delivered
in_transit, delivered, received_partly              -- receive         --> received
in_transit, delivered                               -- receive_partly  --> received_partly
in_transit, delivered, received_partly              -- receive_with_discrepancy --> received_with_discrepancy
in_transit, customs_hold, delivered                 -- lose            --> lost
in_transit, customs_hold, delivered                 -- return          --> returned_to_depot
received, received_partly, received_with_discrepancy         -- close           --> closed
lost, returned_to_depot                             -- close           --> closed
proposed, awaiting_approval, requested              -- cancel          --> cancelled
acknowledged, picked, packed                        -- cancel          --> cancelled
"""


def test_every_step_is_as_drawn() -> None:
    """Every cell of the grid, allowed and refused."""
    assert grid_of(SHIPMENT, ShipmentStatus, ShipmentEvent) == drawn(WAY, ShipmentStatus, ShipmentEvent)


def test_every_status_is_reached_and_every_way_ends() -> None:
    """A shipment ends closed, cancelled or rejected; from everywhere else there is a way on."""
    assert reached_from(ShipmentStatus.PROPOSED, SHIPMENT) == set(ShipmentStatus)
    assert ends_of(SHIPMENT, ShipmentStatus) == {
        ShipmentStatus.CLOSED,
        ShipmentStatus.CANCELLED,
        ShipmentStatus.REJECTED,
    }


def test_what_is_on_the_road_cannot_be_cancelled() -> None:
    """From dispatch on, kits are somewhere: they arrive, are lost or come back."""
    after = reached_from(ShipmentStatus.IN_TRANSIT, SHIPMENT)
    assert not any((status, ShipmentEvent.CANCEL) in SHIPMENT for status in after)


def test_open_shipments_are_those_that_may_still_arrive() -> None:
    """Their kits count as on their way; those of a partial receipt were counted on arrival."""
    may_arrive = {
        status
        for status in ShipmentStatus
        if ShipmentStatus.RECEIVED in reached_from(status, SHIPMENT) and status != ShipmentStatus.RECEIVED
    }
    assert may_arrive - {ShipmentStatus.RECEIVED_PARTLY} == OPEN
