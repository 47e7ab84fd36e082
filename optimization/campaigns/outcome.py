"""What is to be expected of a packaging plan when demand comes by chance: kits used, left over and missed, by lot.

Kits are numbered in the order in which they are used. The number of the next kit is a Markov chain: demand moves it
on, no further than what is released; an expiry moves it past what has expired. Its law is computed exactly; where
one rate drives all demand, it is averaged over equally likely rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from optimization.campaigns.campaign_file import CampaignFile, KitTypePart
from optimization.campaigns.lots import last_use, order_of_use
from optimization.campaigns.promise import Need
from optimization.demand.mass import Mass, add, certain, lumped, mean_of, poisson

RATES = 33
"""Equally likely rates that stand for the gamma law."""


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """A lot with the kits of it, and how many of them are expected to be used; `campaign`: where it was packed."""

    kit: str
    released_day: int
    expiry_day: int
    kits: int
    used: float
    campaign_day: int | None

    @property
    def overage(self) -> float:
        """Kits expected to be left over, by expiry or at the end."""
        return self.kits - self.used


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is expected of one kit type: kits wanted, missed, its lots; the least chance to serve a day whole."""

    kit: str
    wanted: float
    missed: float
    least_chance: float
    lots: tuple[LotOutcome, ...]

    @property
    def overage(self) -> float:
        """Kits expected to be left over."""
        return sum(lot.overage for lot in self.lots)


def outcome_of(file: CampaignFile, kit: KitTypePart, need: Need, packed: Sequence[int]) -> Outcome:
    """What is to be expected of packing so many kits in each campaign."""
    lots = _lots(file, kit, need, packed)
    rates = _rates(float(file.rate_spread)) if any(need.mean) else np.ones(1)
    told = [_Chain(kit, lots).followed(need, float(rate)) for rate in rates]
    used = np.mean([each.used for each in told], axis=0)
    missed = float(np.mean([each.missed for each in told]))
    chance = float(np.min(np.mean([each.served for each in told], axis=0))) if need.days else 1.0
    outcomes = tuple(
        LotOutcome(kit.id, released, expiry, kits, min(max(float(each), 0.0), kits), day)
        for (released, expiry, kits, day), each in zip(lots, used, strict=True)
    )
    return Outcome(kit.id, need.expected, missed, chance, outcomes)


def _lots(
    file: CampaignFile, kit: KitTypePart, need: Need, packed: Sequence[int]
) -> list[tuple[int, int, int, int | None]]:
    """(released, expiry, kits, day of the campaign) in the order of use."""
    lots: list[tuple[int, int, int, int | None]] = [
        (stock.available_day, stock.expiry_day, stock.kits, None) for stock in kit.stock if stock.kits
    ]
    for day, kits in zip(sorted(file.campaigns.days), packed, strict=True):
        released = day + file.campaigns.lead_time_days
        if kits:
            lots.append((released, released + kit.shelf_life_days, kits, day))
    return sorted(lots, key=lambda lot: order_of_use(kit, need, lot[0], lot[1]))


def _rates(spread: float) -> NDArray[np.float64]:
    """Equally likely factors with mean one."""
    if not spread:
        return np.ones(1)
    shape = 1 / spread**2
    rates = gammaincinv(shape, (np.arange(RATES) + 0.5) / RATES) / shape
    return np.asarray(rates / rates.mean())


@dataclass(frozen=True)
class _Followed:
    used: NDArray[np.float64]
    missed: float
    served: list[float]


class _Chain:
    """The law of the next kit's number at one rate, kits being used in the order in which their lots come."""

    def __init__(self, kit: KitTypePart, lots: Sequence[tuple[int, int, int, int | None]]) -> None:
        self._kit, self._lots = kit, lots
        self._kits = [lot[2] for lot in lots]
        self._wasted = np.zeros(len(lots))
        self._open = set(range(len(lots)))

    def followed(self, need: Need, rate: float) -> _Followed:
        """From the first day to the last."""
        law, missed, served = certain(0), 0.0, []
        for day, surely, mean in zip(need.days, need.certain, need.mean, strict=True):
            law = self._after_expiries(law, day)
            released = sum(self._kits[place] for place in self._open if self._lots[place][0] <= day)
            reached = add(law, add(poisson(mean * rate), certain(surely)))
            law = lumped(reached, released + 1)
            missed += max(float(mean_of(reached) - mean_of(law)), 0.0)
            served.append(float(reached[: released + 1].sum()))
        self._after_expiries(law, None)
        return _Followed(np.array(self._kits, dtype=np.float64) - self._wasted, missed, served)

    def _after_expiries(self, law: Mass, day: int | None) -> Mass:
        """What cannot be used on that day any more is wasted, as far as it is left; at the end all that is left.

        The numbers of an expired lot are taken out, so that those after it move up.
        """
        for place in sorted(self._open):
            if day is None or last_use(self._kit, self._lots[place][1]) < day:
                first = sum(self._kits[other] for other in self._open if other < place)
                end = first + self._kits[place]
                left = np.clip(end - np.arange(len(law)), 0, self._kits[place])
                self._wasted[place] = float((law * left).sum())
                law = _without(law, first, end)
                self._open.remove(place)
        return law


def _without(law: Mass, first: int, end: int) -> Mass:
    """The law after the numbers from `first` to before `end` are taken out: who stood within stands at `first`."""
    kept = law[:first]
    within, after = law[first:end], law[end:]
    if not len(within):
        return law
    return np.concatenate([kept, [within.sum() + (after[0] if len(after) else 0.0)], after[1:]])
