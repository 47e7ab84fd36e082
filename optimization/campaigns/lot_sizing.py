"""One kit type's campaigns at the least cost: lot sizing by dynamic programming, exact in whole kits.

Kits are used as long as there are any, those that expire first before others. Lots come and expire in one order, so
what they serve stands in that order too: after each lot it is enough to know how many units are settled, served or
missed. It is Wagner and Whitin's dynamic programme with lots that expire, least numbers, whole packs and misses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.campaigns.lots import LotChance, Lots

NEVER = np.int64(2**61)
"""The cost of what cannot be: above every sum of costs."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sized:
    """Kits to pack in each campaign, and what it costs in cents with the set-ups it was asked with."""

    kits: tuple[int, ...]
    cents: int


@dataclass(frozen=True, slots=True)
class _Step:
    """After a lot: the least cost at each number of units settled, where each came from, and kits packed for it."""

    value: Ints
    came_from: Ints
    kits: Ints


def size_lots(lots: Lots, setups: Sequence[int | None]) -> Sized:
    """The least cost, each campaign costing its set-up where it packs anything; None: it takes place for nobody."""
    value = np.full(lots.units + 1, NEVER)
    value[0] = 0
    steps = []
    for lot in lots.lots:
        setup = 0 if lot.campaign is None else setups[lot.campaign]
        if setup is not None:
            step = _there(lots, lot, value) if lot.campaign is None else _packed(lots, lot, value, int(setup))
            steps.append((lot, step))
            value = step.value
    missed = value + lots.kit.unmet_cents * np.arange(lots.units, -1, -1)
    at = int(missed.argmin())
    return Sized(_traced(steps, at, len(setups)), int(missed[at]))


def _traced(steps: Sequence[tuple[LotChance, _Step]], at: int, campaigns: int) -> tuple[int, ...]:
    """The kits of each campaign on the way to where the least cost is."""
    kits = [0] * campaigns
    for lot, step in reversed(steps):
        if lot.campaign is not None:
            kits[lot.campaign] = int(step.kits[at])
        at = int(step.came_from[at])
    return tuple(kits)


def _waiting(lots: Lots, lot: LotChance, value: Ints) -> tuple[Ints, Ints]:
    """The least cost when the lot begins to serve, from its first unit on; what stood open before is missed."""
    unmet = lots.kit.unmet_cents
    came = np.arange(lots.units + 1)
    open_before = value[: lot.first + 1] + unmet * np.arange(lot.first, -1, -1)
    begun = value.copy()
    begun[: lot.first] = NEVER
    best = int(open_before.argmin())
    begun[lot.first], came[lot.first] = open_before[best], best
    return begun, came


def _held(lots: Lots, lot: LotChance, start: Ints, served: Ints) -> Ints:
    """Cents of holding the units served from a start on, each from release to its day."""
    days = lots.days_before[start + served] - lots.days_before[start] - lot.released_day * served
    return np.asarray(lots.kit.holding_cents_per_kit_day * days)


def _left_over_cents(lots: Lots, lot: LotChance) -> int:
    """What a kit costs that nobody uses: held until it expires or the end, then destroyed."""
    end = max(min(lot.expiry_day, lots.horizon_days), lot.released_day)
    return lots.kit.overage_cents + lots.kit.holding_cents_per_kit_day * (end - lot.released_day)


def _there(lots: Lots, lot: LotChance, value: Ints) -> _Step:
    """Kits that are there serve what they can, whether they are wanted or not."""
    begun, came = _waiting(lots, lot, value)
    after, origin = np.full_like(value, NEVER), np.zeros_like(value)
    starts = np.flatnonzero(begun < NEVER)
    served = np.minimum(lot.kits, np.maximum(lot.end - starts, 0))
    cents = begun[starts] + _left_over_cents(lots, lot) * (lot.kits - served) + _held(lots, lot, starts, served)
    for place in np.argsort(-cents, kind="stable"):  # the cheapest way to a place comes last, and stays
        settled = starts[place] + served[place]
        after[settled], origin[settled] = cents[place], came[starts[place]]
    return _Step(after, origin, np.zeros_like(value))


def _packed(lots: Lots, lot: LotChance, value: Ints, setup: int) -> _Step:
    """Nothing, or so many kits that the last serves a unit before the lot's end, or all to its end."""
    after, origin, kits = value.copy(), np.arange(lots.units + 1), np.zeros_like(value)
    if lot.first < lot.end:
        begun, came = _waiting(lots, lot, value)
        for targets, starts, packed, cents in (
            _all_used(lots, lot, begun, setup),
            _to_the_end(lots, lot, begun, setup),
        ):
            better = cents < after[targets]
            at = targets[better]
            after[at], origin[at], kits[at] = cents[better], came[starts[better]], packed[better]
    return _Step(after, origin, kits)


def _least(kit_minimum: int, rounding: int) -> int:
    """The least number of kits in whole packs."""
    return -(-kit_minimum // rounding) * rounding


def _all_used(lots: Lots, lot: LotChance, begun: Ints, setup: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Whole packs that are all used: for each target the best start that is packs and the least number before it.

    Its cost falls apart into a part of the start and one of the target, so that the best start is a running
    minimum over every `rounding`-th unit.
    """
    kit, pack = lots.kit, lots.kit.rounding_kits
    least, size = _least(kit.minimum_kits, pack), lot.end - lot.first
    starts = np.arange(lot.first, lot.end)
    each = kit.kit_cents - kit.holding_cents_per_kit_day * lot.released_day
    share = begun[starts] - kit.holding_cents_per_kit_day * lots.days_before[starts] - each * starts
    share[begun[starts] >= NEVER] = NEVER
    best = _running_best(share, pack)
    targets = np.arange(lot.first + least, lot.end + 1)
    if size < least:
        targets = targets[:0]
    chosen = best[targets - least - lot.first]
    cents = share[chosen] + setup + kit.holding_cents_per_kit_day * lots.days_before[targets] + each * targets
    cents[share[chosen] >= NEVER] = NEVER
    return targets, starts[chosen], targets - starts[chosen], cents


def _running_best(values: Ints, stride: int) -> Ints:
    """For each place the place of the least value at or before it, counting every `stride`-th only."""
    rows = -(-len(values) // stride)
    padded = np.full(rows * stride, NEVER, dtype=np.int64)
    padded[: len(values)] = values
    grid = padded.reshape(rows, stride)
    least = np.minimum.accumulate(grid, axis=0)
    new = np.ones_like(grid, dtype=bool)
    new[1:] = grid[1:] < least[:-1]
    places = np.where(new, np.arange(rows * stride).reshape(rows, stride), 0)
    return np.asarray(np.maximum.accumulate(places, axis=0).reshape(-1)[: len(values)])


def _to_the_end(lots: Lots, lot: LotChance, begun: Ints, setup: int) -> tuple[Ints, Ints, Ints, Ints]:
    """From each start everything to the lot's end, the last pack perhaps in part for nobody: the cheapest start."""
    kit = lots.kit
    starts = np.arange(lot.first, lot.end)
    served = lot.end - starts
    packs = -(-served // kit.rounding_kits) * kit.rounding_kits
    kits = np.maximum(packs, _least(kit.minimum_kits, kit.rounding_kits))
    cents = begun[starts] + setup + kit.kit_cents * kits + _held(lots, lot, starts, served)
    cents += _left_over_cents(lots, lot) * (kits - served)
    cents[begun[starts] >= NEVER] = NEVER
    at = int(cents.argmin())
    one = slice(at, at + 1)
    return np.array([lot.end]), starts[one], kits[one], cents[one]
