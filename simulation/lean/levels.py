"""What sites and regional depots want: the product's rules for numbers, held equal to them by tests.

Under min/max nothing is foreseen; predictive adds what is to both levels.
"""

from simulation.lean.columns import (
    CONSOLIDATED,
    DECOYS,
    DNC_DAYS,
    EXPIRY_DAY,
    F_REACH,
    F_TRIGGER,
    FIRST_WAITING,
    LEAST_KITS,
    MARKS,
    MIXED_MINIMUM,
    PREDICTIVE,
    PROTECTION,
    SITES,
    W_AFTER,
    W_NEED,
    WAITS_COUNTED,
    WHOLE_BLOCKS,
)
from simulation.lean.compiled import part
from simulation.lean.world import World

PLACE, TYPE, MINIMUM, CONSIDERED, WANTED = range(5)


@part
def counted(w: World, place: int, kit_type: int, day: int) -> int:
    """Kits there and on their way that count as stock."""
    kits, until = 0, day + w.windows[place, kit_type, DNC_DAYS]
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        if w.piles[pile, EXPIRY_DAY] >= until:
            kits += w.stock[place, pile] + w.coming[place, pile]
    return kits


@part
def waits_for(w: World, place: int, kit_type: int) -> int:
    """Kits that those who wait at a site are due, where they count as gone."""
    kits = 0
    if place < w.fixed[SITES] and w.fixed[WAITS_COUNTED]:
        n = w.places[place, FIRST_WAITING]
        while n >= 0:
            need = w.needs[w.waits[n, W_NEED]]
            for k in range(need[0]):
                if need[1 + 2 * k] == kit_type:
                    kits += need[2 + 2 * k]
            n = w.waits[n, W_AFTER]
    return kits


@part
def is_low(w: World, place: int, types: int, day: int) -> bool:
    """Whether less counts than the minimum of any of these kit types, told as MARKED is."""
    for kit_type in range(w.levels.shape[1]):
        minimum = w.levels[place, kit_type, 0]
        if types >> kit_type % MARKS & 1 and minimum >= 0:
            considered = counted(w, place, kit_type, day)
            if considered < minimum + waits_for(w, place, kit_type) + w.foreseen[kit_type, F_TRIGGER]:
                return True
    return False


@part
def add_needs(w: World, place: int, lines: int, day: int) -> int:
    """Writes what a low place wants of each kit type behind so many lines; how many there are then."""
    begins = lines
    for kit_type in range(w.levels.shape[1]):
        minimum = w.levels[place, kit_type, 0]
        if minimum < 0:
            continue
        waits = waits_for(w, place, kit_type)
        considered = counted(w, place, kit_type, day)
        least = minimum + waits + w.foreseen[kit_type, F_TRIGGER]
        most = w.levels[place, kit_type, 1] + waits + w.foreseen[kit_type, F_REACH]
        line = w.wanted[lines]
        line[PLACE], line[TYPE], line[MINIMUM], line[CONSIDERED] = place, kit_type, least, considered
        line[WANTED] = max((max(most, least) if w.fixed[PREDICTIVE] else most) - considered, 0)
        lines += 1
    if not w.fixed[CONSOLIDATED]:
        for n in range(begins, lines):
            if not _low(w, n):
                w.wanted[n, WANTED] = 0
        return lines
    for n in range(begins, lines):
        group = w.kit_types[w.wanted[n, TYPE], 1]
        first, low = n, False
        for other in range(lines - 1, begins - 1, -1):
            if w.kit_types[w.wanted[other, TYPE], 1] == group:
                first = other
                low |= _low(w, other)
        if first == n:
            _protect(w, begins, lines, group, low)
    return lines


@part
def _low(w: World, line: int) -> bool:
    low: bool = w.wanted[line, CONSIDERED] < w.wanted[line, MINIMUM]
    return low


@part
def _protect(w: World, begins: int, lines: int, group: int, low: bool) -> None:
    """What is wanted of one blinding group, so that the order tells no arm; nothing where no type is low."""
    rule = w.fixed[PROTECTION]
    if not low:
        for n in range(begins, lines):
            if w.kit_types[w.wanted[n, TYPE], 1] == group:
                w.wanted[n, WANTED] = 0
    elif rule == MIXED_MINIMUM:
        for n in range(begins, lines):
            if w.kit_types[w.wanted[n, TYPE], 1] == group:
                w.wanted[n, WANTED] = max(w.wanted[n, WANTED], w.fixed[LEAST_KITS])
    elif rule == WHOLE_BLOCKS:
        _in_blocks(w, begins, lines, group)
    elif rule == DECOYS:
        _with_decoys(w, begins, lines, group)


@part
def _in_blocks(w: World, begins: int, lines: int, group: int) -> None:
    blocks = 0
    for n in range(begins, lines):
        kit_type = w.wanted[n, TYPE]
        if w.kit_types[kit_type, 1] == group and _low(w, n):
            blocks = max(blocks, -(-w.wanted[n, WANTED] // w.kit_types[kit_type, 2]))
    for n in range(begins, lines):
        kit_type = w.wanted[n, TYPE]
        if w.kit_types[kit_type, 1] == group:
            w.wanted[n, WANTED] = blocks * w.kit_types[kit_type, 2]


@part
def _with_decoys(w: World, begins: int, lines: int, group: int) -> None:
    ordered, every_one_low = 0, True
    for n in range(begins, lines):
        if w.kit_types[w.wanted[n, TYPE], 1] == group:
            if not _low(w, n):
                w.wanted[n, WANTED] = 1
                every_one_low = False
            ordered += w.wanted[n, WANTED]
    for _ in range(-ordered % max(w.fixed[LEAST_KITS], 1)):
        filler, least = -1, 0
        for n in range(begins, lines):
            line = w.wanted[n]
            if w.kit_types[line[TYPE], 1] == group and (every_one_low or not _low(w, n)):
                cover = line[CONSIDERED] + line[WANTED]
                if filler < 0 or cover < least:
                    filler, least = n, cover
        w.wanted[filler, WANTED] += 1
