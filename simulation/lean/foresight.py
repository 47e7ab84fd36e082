"""What a site's subjects and those in screening will need: the predictive rule for numbers, held equal by tests.

Shares are whole numbers of one `STAY_SCALE`-th of a kit, so that they are as exact as the product's fractions.
"""

from simulation.lean.columns import (
    ARM,
    BEGAN,
    F_REST,
    F_SHARE,
    FORESEEN_DAYS,
    IN_SCREENING,
    LEVEL,
    P_EARLIEST,
    P_FROM,
    P_UNTIL,
    PASS_OF,
    PASS_OUT_OF,
    STAY_SCALE,
    TREATED,
    VISIT,
)
from simulation.lean.compiled import part
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

DROPOUT_DAYS = 28


@part
def foresee(w: World, site: int, day: int) -> None:
    """Writes what is needed of each kit type of a site over its windows: to the trigger, and to be reached."""
    blocks = -(-(w.places[site, IN_SCREENING] * w.fixed[PASS_OF]) // w.fixed[PASS_OUT_OF])
    for window in range(2):
        for kit_type in range(w.foreseen.shape[0]):
            w.foreseen[kit_type, F_SHARE] = 0
        for n in range(w.comers_from[site], w.comers_from[site + 1]):
            if w.people[w.comers[n], TREATED]:
                _add_subject(w, w.comers[n], site, day, window)
        _in_whole_kits(w, window)
        for kit_type in range(w.foreseen.shape[0]):
            w.foreseen[kit_type, window] += blocks * w.reaches[site, kit_type, 2 + window]


@part
def _add_subject(w: World, person: int, site: int, day: int, window: int) -> None:
    """Kits of the visits whose window is not over and begins in time, fewer by those who stop before."""
    row = w.people[person]
    since = day - row[BEGAN] // MINUTES_IN_DAY
    for place in range(row[VISIT], w.planned.shape[0]):
        if w.planned[place, P_EARLIEST] - since >= w.fixed[FORESEEN_DAYS]:
            return
        if w.planned[place, P_UNTIL] >= since:
            ahead = max(w.planned[place, P_FROM] - since, 0)
            for kit_type in range(w.foreseen.shape[0]):
                if ahead < w.reaches[site, kit_type, window]:
                    kits = w.expected[row[ARM], row[LEVEL], place, kit_type]
                    w.foreseen[kit_type, F_SHARE] += kits * w.stay[ahead // DROPOUT_DAYS]


@part
def _in_whole_kits(w: World, window: int) -> None:
    """Each blinding group's sum is rounded up and parted by largest remainder, then by code."""
    scale, types = w.fixed[STAY_SCALE], w.foreseen.shape[0]
    for kit_type in range(types):
        w.foreseen[kit_type, window] = w.foreseen[kit_type, F_SHARE] // scale
        w.foreseen[kit_type, F_REST] = w.foreseen[kit_type, F_SHARE] % scale
    for kit_type in range(types):
        group, rests, first = w.kit_types[kit_type, 1], 0, True
        for other in range(types):
            if w.kit_types[other, 1] == group:
                rests += w.foreseen[other, F_REST]
                if other < kit_type:
                    first = False
        if first:
            for _ in range(-(-rests // scale)):
                _one_more(w, group, window)


@part
def _one_more(w: World, group: int, window: int) -> None:
    """A whole kit for the type of a group with the largest remainder that has not had one."""
    chosen = -1
    for kit_type in range(w.foreseen.shape[0]):
        if w.kit_types[kit_type, 1] == group:
            rest = w.foreseen[kit_type, F_REST]
            if chosen < 0 or rest > w.foreseen[chosen, F_REST]:
                chosen = kit_type
    w.foreseen[chosen, window] += 1
    w.foreseen[chosen, F_REST] = -1
