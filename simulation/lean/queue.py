"""What is to come, by minute, phase and rank; equals in the order in which they were made.

What comes on a later day waits in that day's list, in no order, until the day is at hand; so what is sorted in goes
past the things of a day and not past those of all subjects (Brown, Calendar queues, CACM 31(10), 1988).
"""

from simulation.engine.order import Phase
from simulation.lean.columns import (
    DAY_AT_HAND,
    END,
    LATER,
    MADE,
    MINUTE_BITS,
    Q_AFTER,
    Q_KEY,
    Q_MADE,
    Q_WHAT,
    QUEUED,
    RANK_BITS,
    READ,
    UNUSED_LATER,
    VISIT,
)
from simulation.lean.compiled import part
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_PHASES = (1 << (MINUTE_BITS - RANK_BITS)) - 1
NO_TIME = 1 << 62
"""A moment after all others."""
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
def phase_of(key: int) -> int:
    """The phase of a moment."""
    return key >> RANK_BITS & _PHASES


@part
def put(w: World, minute: int, phase: int, rank: int, what: int) -> None:
    """Something will happen, unless the horizon comes first."""
    if minute >= w.fixed[END]:
        return
    key, made, day = moment(minute, phase, rank), w.clock[MADE], minute // MINUTES_IN_DAY
    w.clock[MADE] = made + 1
    if day <= w.clock[DAY_AT_HAND]:
        _sort_in(w, key, made, what)
        return
    at = w.clock[UNUSED_LATER]
    if at >= 0:
        w.clock[UNUSED_LATER] = w.later[at, Q_AFTER]
    else:
        at = w.clock[LATER]
        w.clock[LATER] = at + 1
    row = w.later[at]
    row[Q_KEY], row[Q_MADE], row[Q_WHAT], row[Q_AFTER] = key, made, what, w.days[day]
    w.days[day] = at


@part
def comes_first(w: World, until: int) -> int:
    """The moment of what comes first, if it comes before another moment or on its day."""
    last = min((until >> MINUTE_BITS) // MINUTES_IN_DAY, len(w.days) - 1)
    while not w.clock[QUEUED] and w.clock[DAY_AT_HAND] < last:
        w.clock[DAY_AT_HAND] += 1
        _take_up(w, w.clock[DAY_AT_HAND])
        _bring_near(w)
    return w.queue[0, Q_KEY] if w.clock[QUEUED] else NO_TIME


@part
def _take_up(w: World, day: int) -> None:
    """All things of a day are sorted in."""
    at = w.days[day]
    w.days[day] = -1
    while at >= 0:
        row = w.later[at]
        after = row[Q_AFTER]
        _sort_in(w, row[Q_KEY], row[Q_MADE], row[Q_WHAT])
        row[Q_AFTER] = w.clock[UNUSED_LATER]
        w.clock[UNUSED_LATER] = at
        at = after


@part
def _bring_near(w: World) -> None:
    """Reads what the visits of the day ask for: a processor waits for many readings at once as long as for one."""
    read = 0
    for n in range(w.clock[QUEUED]):
        if phase_of(w.queue[n, 0]) == VISIT_DUE:
            person = w.queue[n, 2]
            read ^= w.own_visits[person, w.people[person, VISIT]]
    w.clock[READ] = read


@part
def _sort_in(w: World, key: int, made: int, what: int) -> None:
    at = w.clock[QUEUED]
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
