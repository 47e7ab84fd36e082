"""Why kits were not there, as `simulation.engine.causes` says."""

from simulation.lean.columns import (
    DND_DAYS,
    EXPIRY_DAY,
    IN_NETWORK,
    SITES,
    SUPPLIED_ONCE,
    SUPPLIER,
    TALLY,
)
from simulation.lean.compiled import part
from simulation.lean.world import World

_WINDOW, _RECALL, _NETWORK = TALLY["missed_by_window"], TALLY["missed_by_recall"], TALLY["missed_by_network"]
_FIRST, _ROAD, _DEPOT = TALLY["missed_by_first_shipment"], TALLY["missed_by_road"], TALLY["missed_by_depot"]
_LEVEL = TALLY["missed_by_level"]


@part
def cause_of(w: World, site: int, need: int, days_to_last: int, day: int) -> tuple[int, bool]:
    """The count that a miss belongs to, and whether kits were short in the whole network."""
    cause, out_of_stock = -1, False
    for n in range(w.needs[need, 0]):
        kit_type, needed = w.needs[need, 1 + 2 * n], w.needs[need, 2 + 2 * n]
        until = day + max(w.windows[site, kit_type, DND_DAYS], days_to_last)
        if _fit(w, site, kit_type, until) >= needed:
            continue
        network = _fit_in_network(w, kit_type, until)
        out_of_stock |= network < needed
        if cause < 0:
            cause = _why(w, site, kit_type, needed, until, network)
    return cause, out_of_stock


@part
def _why(w: World, site: int, kit_type: int, needed: int, until: int, network: int) -> int:
    kept = w.lapsed[0, site, kit_type]
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        kept += w.stock[site, pile]
    cause = _LEVEL
    if kept >= needed:
        cause = _WINDOW
    elif kept + w.lapsed[1, site, kit_type] >= needed:
        cause = _RECALL
    elif network < needed:
        cause = _NETWORK
    elif not w.places[site, SUPPLIED_ONCE]:
        cause = _FIRST
    elif _fit_on_the_way(w, site, kit_type, until) >= needed:
        cause = _ROAD
    elif _fit(w, w.fixed[SITES] + w.places[site, SUPPLIER], kit_type, until) < needed:
        cause = _DEPOT
    return cause


@part
def _fit(w: World, place: int, kit_type: int, until: int) -> int:
    kits = 0
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        if w.piles[pile, EXPIRY_DAY] >= until:
            kits += w.stock[place, pile]
    return kits


@part
def _fit_on_the_way(w: World, place: int, kit_type: int, until: int) -> int:
    kits = 0
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        if w.piles[pile, EXPIRY_DAY] >= until:
            kits += w.coming[place, pile]
    return kits


@part
def _fit_in_network(w: World, kit_type: int, until: int) -> int:
    kits = 0
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        if w.piles[pile, EXPIRY_DAY] >= until:
            kits += w.piles[pile, IN_NETWORK]
    return kits
