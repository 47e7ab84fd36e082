"""Whether the arrays that grow have room for whatever one moment may bring."""

from simulation.lean.columns import (
    KEEPS_EVENTS,
    LACKS_ROOM,
    LACKS_TRIPS,
    LATER,
    LOADS,
    LOGGED,
    LOGGED_KITS,
    MOST_SENT,
    QUEUED,
    REACHED,
    SHIPMENTS,
    STORAGES,
    WAITS,
)
from simulation.lean.compiled import part
from simulation.lean.world import World

SPARE = 16


@part
def lacks_room(w: World) -> int:
    """LACKS_TRIPS, LACKS_ROOM, or REACHED where nothing is lacking."""
    places, piles = w.stock.shape[0], w.stock.shape[1]
    if w.clock[MOST_SENT] + w.fixed[STORAGES] >= w.transit_days.shape[1]:
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
