"""The arrays of one replication, as the machine code sees them."""

from typing import NamedTuple

from simulation.arrays import Flags, Floats, Ints


class World(NamedTuple):
    """Places are sites by number, then depots by code; piles are kits of one type and lot, by type, date and lot.

    Axes stand in brackets; the columns of those with `column` are in `simulation.lean.columns`.
    """

    clock: Ints
    fixed: Ints
    places: Ints
    """[place, column]"""
    countries: Ints
    """[country, (randomized, at most)]"""
    stock: Ints
    """[place, pile]"""
    coming: Ints
    """[place, pile] in consignments, those that will not arrive among them."""
    lapsed: Ints
    """[(expired, recalled), site, kit type] since goods last came."""
    levels: Ints
    """[place, kit type, (minimum, maximum)]; -1 without."""
    windows: Ints
    """[place, kit type, column]"""
    allowed: Flags
    """[place, pile] whether the lot may go there."""
    seeding: Ints
    """[kit type] sent to a site that opens; -1 without."""
    piles: Ints
    """[pile, column]"""
    first: Ints
    """[kit type] its first pile; the last entry is the number of piles."""
    lots: Ints
    """[row of `Places.lots`, (pile, depot or -1, kits, usable from, recalled)]"""
    lies_there: Flags
    """[row of `Places.lots`, site] whether it lies at the site when that opens."""
    kit_types: Ints
    """[kit type, (storage class, blinding group, of a block)]"""
    dispatch: Ints
    """[calendar, (at midnight, at the review), day] the day on which goods leave.

    Where places are reviewed at any minute: [calendar, (in time, too late for the day), day].
    """
    late_from: Ints
    """[calendar] the minute of the day from which it is too late, where places are reviewed at any minute."""
    horizons: Flags
    """[day] whether kits somewhere come too near their expiry to count."""
    nights: Ints
    """[night] its minute."""
    lanes: Ints
    """[lane, (sent, 1 where it counts minutes)]"""
    transit_days: Floats
    """[lane, consignment]"""
    happens: Flags
    """[fault, lane, consignment]"""
    delay_days: Floats
    """[fault, lane, consignment]"""
    road_faults: Ints
    """[fault, column]"""
    hit: Flags
    """[fault, lane] whether the fault concerns it."""
    halts: Ints
    """[outage or strike, (from day, until day, 1 for a strike)] strikes by the day they begin."""
    halted: Flags
    """[outage or strike, lane]"""
    out: Ints
    """[day] 1 while the system is out and visits go by paper, 2 where they are lost."""
    people: Ints
    """[person, column]"""
    visits: Ints
    """[visit, column]"""
    own_visits: Ints
    """[person, visit] what befalls a person there, in bits."""
    replaced_after: Floats
    """[person, visit] the part of the time to the next visit, of those who lose a kit."""
    moves: Ints
    """[dose level, move, (below, level)]; the last level is none at all."""
    due: Ints
    """[arm, dose level, visit code, weight] row of `needs`; -1 where nobody has asked."""
    needs: Ints
    """[row, (types, type, kits, type, kits, ...)]; after each row the same with one kit of each type."""
    arms: Ints
    """[subject's number] as far as they are known."""
    arms_open: Flags
    """[day, arm] who must be served where all arms must; one day where that does not change."""
    requests: Ints
    """[request, column]"""
    queue: Ints
    """[place, (moment, number, what)] a heap of what comes until the end of the day at hand."""
    later: Ints
    """[place, column] what comes on later days."""
    days: Ints
    """[day] the first in `later`; -1 without."""
    ships: Ints
    """[consignment, column]"""
    loads: Ints
    """[line, (pile, kits)]"""
    waits: Ints
    """[who waits, column]"""
    tally: Ints
    by_type: Ints
    """[count, kit type]"""
    day_counts: Ints
    """[(screened, randomized, dispensed, missed), day]"""
    site_counts: Ints
    """[(randomized, visits, missed), site, day]"""
    log: Ints
    log_kits: Ints
    """[line, (pile, kits)]"""
    wanted: Ints
    """[line, (place, type, minimum, considered, wanted)] of one plan."""
    order: Ints
    """[(one order, another), line] of one plan."""
    sent: Ints
    """[place, pile] of one plan."""
    mask: Flags
    """[pile] that is withdrawn now."""
    reaches: Ints
    """[site, kit type, (days to the trigger, days to be reached, kits of a block over either)]"""
    planned: Ints
    """[visit, column] as far as a planner may look."""
    expected: Ints
    """[arm, dose level, visit, kit type] kits."""
    stay: Ints
    """[period of 28 days] parts of a kit that are still needed of one."""
    comers: Ints
    """People, site after site."""
    comers_from: Ints
    """[site] where its people begin; the last entry is how many there are."""
    foreseen: Ints
    """[kit type, column] of the site that is looked at."""


_BY_AXES = {
    1: "clock fixed days seeding first late_from horizons nights out arms tally mask stay comers comers_from",
    -2: "transit_days replaced_after",
    2: (
        "places countries stock coming allowed piles lots lies_there kit_types lanes road_faults "
        "hit halts halted people visits own_visits needs arms_open "
        "requests queue later ships loads waits by_type day_counts log log_kits wanted order sent planned foreseen"
    ),
    -3: "delay_days",
    3: "lapsed levels windows dispatch happens moves site_counts reaches",
    4: "due expected",
}
AXES = {name: axes for axes, names in _BY_AXES.items() for name in names.split()}
"""How many axes each array has; below 0 where it holds reals."""
