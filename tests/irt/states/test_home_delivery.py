"""A delivery's way to the door: every step that is possible, every one that is not."""

from irt.states.home_delivery import DELIVERY, ENDED_IN_VAIN, DeliveryEvent, DeliveryStatus
from tests.irt.states.lifecycle import drawn, ends_of, grid_of, reached_from

WAY = """
awaiting_release             -- release      --> released
released                     -- dispatch     --> underway
underway                     -- fail_attempt --> attempted
attempted                    -- reschedule   --> underway
underway, attempted          -- deliver      --> delivered
underway, attempted          -- return       --> returned
underway, attempted          -- lose         --> lost
awaiting_release, released   -- cancel       --> cancelled
"""


def test_every_step_is_as_drawn() -> None:
    """Every cell of the grid, allowed and refused."""
    assert grid_of(DELIVERY, DeliveryStatus, DeliveryEvent) == drawn(WAY, DeliveryStatus, DeliveryEvent)


def test_nothing_leaves_without_a_release() -> None:
    """Every delivery ends at the door or in vain, and none is on its way before it was signed."""
    assert reached_from(DeliveryStatus.AWAITING_RELEASE, DELIVERY) == set(DeliveryStatus)
    assert ends_of(DELIVERY, DeliveryStatus) == {DeliveryStatus.DELIVERED, *ENDED_IN_VAIN}
    unsigned = {key: to for key, to in DELIVERY.items() if key[1] != DeliveryEvent.RELEASE}
    assert reached_from(DeliveryStatus.AWAITING_RELEASE, unsigned) == {
        DeliveryStatus.AWAITING_RELEASE,
        DeliveryStatus.CANCELLED,
    }
