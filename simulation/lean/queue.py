"""What is to come, by minute, phase and rank; equals in the order in which they were made."""

from simulation.engine.order import Phase
from simulation.lean.columns import END, MADE, MINUTE_BITS, QUEUED, RANK_BITS
from simulation.lean.compiled import part
from simulation.lean.world import World

NIGHT = int(Phase.NIGHT)
ARRIVAL, SCREENING, RANDOMIZATION, STOP = (
    int(Phase.ARRIVAL),
    int(Phase.SCREENING),
    int(Phase.RANDOMIZATION),
    int(Phase.STOP),
)
VISIT_DUE, REPLACEMENT, REQUEST, PATIENCE = (
    int(Phase.VISIT),
    int(Phase.REPLACEMENT),
    int(Phase.REQUEST),
    int(Phase.PATIENCE),
)


@part
def moment(minute: int, phase: int, rank: int) -> int:
    """A number that sorts as moments do."""
    return minute << MINUTE_BITS | phase << RANK_BITS | rank


@part
def put(w: World, minute: int, phase: int, rank: int, what: int) -> None:
    """Something will happen, unless the horizon comes first."""
    if minute >= w.fixed[END]:
        return
    key, made, at = moment(minute, phase, rank), w.clock[MADE], w.clock[QUEUED]
    w.clock[MADE] = made + 1
    w.clock[QUEUED] = at + 1
    while at > 0:
        above = (at - 1) >> 1
        if w.queue[above, 0] < key or (w.queue[above, 0] == key and w.queue[above, 1] < made):
            break
        _copy(w, above, at)
        at = above
    w.queue[at, 0], w.queue[at, 1], w.queue[at, 2] = key, made, what


@part
def take(w: World) -> int:
    """Takes out what comes first."""
    left = w.clock[QUEUED] - 1
    what: int = w.queue[0, 2]
    w.clock[QUEUED] = left
    key, made, at = w.queue[left, 0], w.queue[left, 1], 0
    while 2 * at + 1 < left:
        below = 2 * at + 1
        if below + 1 < left and _before(w, below + 1, below):
            below += 1
        if key < w.queue[below, 0] or (key == w.queue[below, 0] and made < w.queue[below, 1]):
            break
        _copy(w, below, at)
        at = below
    _copy(w, left, at)
    return what


@part
def _before(w: World, one: int, other: int) -> bool:
    column = 1 if w.queue[one, 0] == w.queue[other, 0] else 0
    before: bool = w.queue[one, column] < w.queue[other, column]
    return before


@part
def _copy(w: World, origin: int, target: int) -> None:
    for column in range(3):
        w.queue[target, column] = w.queue[origin, column]
