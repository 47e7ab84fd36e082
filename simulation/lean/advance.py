"""From one moment of the calendar to the next: nights, and all that people and consignments do in between."""

from simulation.lean.calendar import act
from simulation.lean.columns import (
    ARRIVES,
    MINUTE_BITS,
    NEXT_NIGHT,
    NEXT_PERSON,
    NEXT_REQUEST,
    NOW,
    PENDING,
    R_MINUTE,
    REACHED,
    S_PLACE,
    UNTIL,
    W_ALIVE,
)
from simulation.lean.compiled import part
from simulation.lean.conduct import (
    arrive_for_screening,
    fail_screening,
    lacks_for_randomization,
    lacks_for_visit,
    next_visit,
    randomize_or_put_off,
    replace,
    request,
    review_after_request,
    stop,
    visit,
)
from simulation.lean.giving import lose
from simulation.lean.queue import (
    ARRIVAL,
    NIGHT,
    NO_TIME,
    PATIENCE,
    RANDOMIZATION,
    REPLACEMENT,
    REQUEST,
    SCREENING,
    STOP,
    VISIT_DUE,
    comes_first,
    moment,
    phase_of,
    take,
)
from simulation.lean.roads import arrive
from simulation.lean.room import lacks_room, sure_for
from simulation.lean.sharing import review
from simulation.lean.world import World


@part
def go_to_moment(w: World) -> int:
    """Goes on to the clock's moment and does what it asks for; says REACHED, or what is lacking first."""
    told = _advance(w)
    if told == REACHED:
        act(w, w.clock[UNTIL] >> MINUTE_BITS)
    return told


@part
def _advance(w: World) -> int:
    sure = 0
    while True:
        lacking, sure = REACHED, sure - 1
        if sure < 0:
            lacking, sure = lacks_room(w), sure_for(w) - 1
        if lacking == REACHED and w.clock[PENDING] >= 0:
            lacking = _go_on(w, w.clock[PENDING])
            if lacking == REACHED:
                continue
        if lacking != REACHED:
            return lacking
        person, number, next_night = w.clock[NEXT_PERSON], w.clock[NEXT_REQUEST], w.clock[NEXT_NIGHT]
        coming = moment(w.people[person, ARRIVES], SCREENING, person) if person < len(w.people) else NO_TIME
        asking = moment(w.requests[number, R_MINUTE], REQUEST, number) if number < len(w.requests) else NO_TIME
        night = moment(w.nights[next_night], NIGHT, 0) if next_night < len(w.nights) else NO_TIME
        first = min(coming, asking, night, w.clock[UNTIL])
        first = min(first, comes_first(w, first))
        if first >= w.clock[UNTIL]:
            return REACHED
        w.clock[NOW] = first >> MINUTE_BITS
        if first == coming:
            w.clock[NEXT_PERSON] = person + 1
            arrive_for_screening(w, person)
        elif first == night:
            w.clock[NEXT_NIGHT] = next_night + 1
            review(w, -1, w.clock[NOW])
            sure = 0
        elif first == asking:
            w.clock[NEXT_REQUEST] = number + 1
            request(w, number, w.clock[NOW])
        else:
            lacking = _happen(w, phase_of(first), w.clock[NOW])
            if lacking != REACHED:
                return lacking


@part
def _go_on(w: World, person: int) -> int:
    """A subject's next visit is planned, or takes place now."""
    now = w.clock[NOW]
    if not next_visit(w, person, now):
        w.clock[PENDING] = -1
        return REACHED
    lacking = lacks_for_visit(w, person)
    if lacking == REACHED and not visit(w, person, now):
        w.clock[PENDING] = -1
    return lacking


@part
def _happen(w: World, phase: int, now: int) -> int:
    """What is first in the queue, unless something must be known before."""
    what, lacking = w.queue[0, 2], REACHED
    if phase == RANDOMIZATION:
        lacking = lacks_for_randomization(w, what, now)
    elif phase == VISIT_DUE:
        lacking = lacks_for_visit(w, what)
    if lacking == REACHED:
        take(w)
        if phase == VISIT_DUE:
            if visit(w, what, now):
                w.clock[PENDING] = what
        elif phase == RANDOMIZATION:
            if randomize_or_put_off(w, what, now):
                w.clock[PENDING] = what
        else:
            _happen_besides(w, phase, what, now)
    return lacking


@part
def _happen_besides(w: World, phase: int, what: int, now: int) -> None:
    if phase == ARRIVAL:
        if arrive(w, what, now):
            review_after_request(w, w.ships[what, S_PLACE], now)
    elif phase == SCREENING:
        fail_screening(w, what, now)
    elif phase == STOP:
        stop(w, what, now)
    elif phase == REPLACEMENT:
        replace(w, what, now)
    elif phase == PATIENCE and w.waits[what, W_ALIVE]:
        lose(w, what, now)
