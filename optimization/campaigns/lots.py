"""The lots a kit type can have, in the order of use: what is there, and one for each campaign."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from optimization.campaigns.campaign_file import CampaignFile, KitTypePart
from optimization.campaigns.promise import Need

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LotChance:
    """A lot that is there (`kits`), or may be packed in the campaign of that place in the list (`campaign`).

    Of the units wanted, in the order of their days, it may serve those from `first` to before `end`.
    """

    released_day: int
    expiry_day: int
    first: int
    end: int
    kits: int = 0
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class Lots:
    """A kit type's units wanted and its lots in the order of use.

    `day_of`: each unit's day; `days_before`: sums of them, one longer.
    """

    kit: KitTypePart
    horizon_days: int
    day_of: Ints
    days_before: Ints
    lots: tuple[LotChance, ...]

    @property
    def in_order(self) -> bool:
        """Whether no lot that comes before another serves longer than it."""
        return all(one.end <= later.end for one, later in pairwise(self.lots))

    @property
    def units(self) -> int:
        """Units wanted."""
        return len(self.day_of)


def lots_of(file: CampaignFile, kit: KitTypePart, need: Need) -> Lots:
    """The lots of a kit type, in the order in which they come."""
    upto = [0, *accumulate(need.promised)]
    lots = [
        _lot(kit, need, upto, stock.available_day, stock.expiry_day, kits=stock.kits)
        for stock in kit.stock
        if stock.kits
    ]
    for place, day in enumerate(sorted(file.campaigns.days)):
        released = day + file.campaigns.lead_time_days
        lots.append(_lot(kit, need, upto, released, released + kit.shelf_life_days, campaign=place))
    lots.sort(key=lambda lot: (order_of_use(kit, need, lot.released_day, lot.expiry_day), lot.campaign is not None))
    day_of = np.repeat(np.array(need.days, dtype=np.int64), need.promised)
    before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(day_of)])
    return Lots(kit, file.horizon_days, day_of, before, tuple(lots))


def _lot(
    kit: KitTypePart,
    need: Need,
    upto: Sequence[int],
    released: int,
    expiry: int,
    kits: int = 0,
    campaign: int | None = None,
) -> LotChance:
    first = upto[bisect_left(need.days, released)]
    end = upto[bisect_left(need.days, last_use(kit, expiry) + 1)]
    return LotChance(released, expiry, first, max(first, end), kits, campaign)


def last_use(kit: KitTypePart, expiry_day: int) -> int:
    """The last day on which a kit that expires then may be taken."""
    return expiry_day - max(kit.use_before_expiry_days, 1)


def order_of_use(kit: KitTypePart, need: Need, released_day: int, expiry_day: int) -> tuple[int, int, int]:
    """What comes first is used first; of what comes together and matters alike, what expires first."""
    return released_day, useful_expiry(kit, need, expiry_day), expiry_day


def useful_expiry(kit: KitTypePart, need: Need, expiry_day: int) -> int:
    """The expiry, as far as it matters: what outlasts the last day of demand is as good as what lasts longer."""
    return min(expiry_day, need.days[-1] + max(kit.use_before_expiry_days, 1))


def relaxed(lots: Lots) -> Lots:
    """Lots in one order that no way to pack costs more with: each lasts as long as any before it, and is held for
    nothing; `least_holding` may be added."""
    ends = accumulate((lot.end for lot in lots.lots), max)
    lasting = tuple(replace(lot, end=end) for lot, end in zip(lots.lots, ends, strict=True))
    return replace(lots, kit=lots.kit.model_copy(update={"holding_cents_per_kit_day": 0}), lots=lasting)


def least_holding(lots: Lots) -> int:
    """Cents that the stock costs to hold whatever is packed: each night those that demand cannot have taken yet."""
    nights = np.arange(lots.horizon_days)
    there = np.zeros(lots.horizon_days, dtype=np.int64)
    for lot in lots.lots:
        there[lot.released_day : min(lot.expiry_day, lots.horizon_days)] += lot.kits
    taken = np.searchsorted(lots.day_of, nights, side="right")
    return lots.kit.holding_cents_per_kit_day * int(np.maximum(there - taken, 0).sum())
