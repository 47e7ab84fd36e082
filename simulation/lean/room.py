"""Whether the arrays that grow have room for whatever one moment may bring."""

from simulation.lean.columns import (
    EVERY_REQUEST,
    KEEPS_EVENTS,
    LACKS_ROOM,
    LACKS_TRIPS,
    LATER,
    LEAST_LEFT,
    LOADS,
    LOGGED,
    LOGGED_KITS,
    QUEUED,
    REACHED,
    SHIPMENTS,
    STORAGES,
    WAITS,
)
from simulation.lean.compiled import part
from simulation.lean.world import World

SPARE = 64
MOMENTS = 16
"""So many moments of people and arrivals, and a night, find room where there is room at the first of them."""


@part
def sure_for(w: World) -> int:
    """For how many moments there is room once there is room: for one alone where each may send, or is told."""
    return 1 if w.fixed[EVERY_REQUEST] or w.fixed[KEEPS_EVENTS] else MOMENTS


@part
def lacks_room(w: World) -> int:
    """LACKS_TRIPS, LACKS_ROOM, or REACHED where nothing is lacking."""
    places, piles = w.stock.shape[0], w.stock.shape[1]
    if w.clock[LEAST_LEFT] <= w.fixed[STORAGES]:
        return LACKS_TRIPS
    sent = places * w.fixed[STORAGES] + SPARE
    if (
        w.clock[QUEUED] + w.clock[LATER] + sent >= w.queue.shape[0]
        or w.clock[LATER] + sent >= w.later.shape[0]
        or w.clock[SHIPMENTS] + sent >= w.ships.shape[0]
        or w.clock[LOADS] + places * piles + SPARE >= w.loads.shape[0]
        or w.clock[WAITS] + SPARE >= w.waits.shape[0]
    ):
        return LACKS_ROOM
    if w.fixed[KEEPS_EVENTS]:
        told = sent + places + w.clock[WAITS] + w.clock[SHIPMENTS]
        kits = (2 * places + w.clock[WAITS] + SPARE) * piles + w.clock[LOADS]
        if w.clock[LOGGED] + told >= w.log.shape[0] or w.clock[LOGGED_KITS] + kits >= w.log_kits.shape[0]:
            return LACKS_ROOM
    return REACHED
