"""What is to have been packed by each day, so that kits last with the promised chance: exact laws of demand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.campaigns.campaign_file import KitTypePart
from optimization.demand.enrolment import Rate, new_subjects
from optimization.demand.mass import Mass, add, certain, poisson, stock_for


@dataclass(frozen=True, slots=True)
class Need:
    """Kits of one type by day: surely wanted, wanted in the mean by chance, and to be promised (increments)."""

    days: tuple[int, ...]
    certain: tuple[int, ...]
    mean: tuple[float, ...]
    promised: tuple[int, ...]

    @property
    def expected(self) -> float:
        """All kits that are to be expected."""
        return sum(self.certain) + sum(self.mean)


def need_of(kit: KitTypePart, service_level: float, rate_spread: float) -> Need:
    """What is promised up to a day is the least stock that lasts to it with the chance of the service level."""
    sure: dict[int, int] = defaultdict(int)
    mean: dict[int, float] = defaultdict(float)
    for row in kit.demand:
        sure[row.day] += row.kits
        mean[row.day] += row.mean
    days = tuple(sorted(sure))
    surely, by_chance = tuple(sure[day] for day in days), tuple(float(mean[day]) for day in days)
    upto = np.maximum.accumulate(_stocks(surely, by_chance, service_level, rate_spread))
    return Need(days, surely, by_chance, tuple(int(kits) for kits in np.diff(upto, prepend=0)))


def _stocks(
    surely: Sequence[int], by_chance: Sequence[float], service_level: float, rate_spread: float
) -> NDArray[np.int64]:
    stocks = [
        stock_for(law_upto(int(sure), float(mean), rate_spread), 1 - service_level)
        for sure, mean in zip(np.cumsum(surely), np.cumsum(by_chance), strict=True)
    ]
    return np.array(stocks, dtype=np.int64)


def law_upto(surely: int, mean: float, rate_spread: float) -> Mass:
    """Chances of all kits wanted up to a day: Poisson, or negative binomial where a gamma rate drives them."""
    if not mean:
        return certain(surely)
    if not rate_spread:
        return add(poisson(mean), certain(surely))
    shape = 1 / rate_spread**2
    return add(new_subjects(Rate(shape, shape), mean), certain(surely))
