"""A history laid out for the sampler: what does not change while it is looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.enrolment.history import Counts, History
from simulation.enrolment.months import YEAR
from simulation.enrolment.prior import FIRST_MONTH, HOLIDAYS, TIRING_MONTHS
from simulation.enrolment.special import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Sites by months. A site's first subject tells when it opened; what counts for its rate is what came after."""

    opened: Counts
    country: Counts
    countries: int
    running: Floats
    """ln of each site's place in the order of opening, against the place of the latest."""
    enrolled: Flags
    open: Flags
    age: Counts
    exposure: Floats
    slowing: Floats
    """ln(1 + age / 2), the base of tiring."""
    row: Counts
    column: Counts
    number: Floats
    """Site, month and subjects of every cell that is not empty."""
    holidays: Floats
    """One row a holiday month, one column a month."""
    early_sites: float

    @property
    def sites(self) -> int:
        """How many sites have opened."""
        return int(self.age.shape[0])

    @property
    def months(self) -> int:
        """How many months are known."""
        return int(self.age.shape[1])

    @property
    def subjects(self) -> float:
        """All that count for rates."""
        return float(self.number.sum())


def evidence_of(history: History, early_sites: float) -> Evidence:
    """Lays a history out."""
    opened = history.opened
    names = sorted(set(history.countries))
    age = np.arange(history.months)[None, :] - opened[:, None]
    is_open = age >= 0
    after = history.counts.copy()
    after[np.arange(len(opened)), opened] -= 1
    row, column = np.nonzero(after)
    return Evidence(
        opened=opened,
        country=np.array([names.index(name) for name in history.countries]),
        countries=len(names),
        running=running_numbers(len(opened), np.array(0), len(opened), early_sites),
        enrolled=after > 0,
        open=is_open,
        age=np.maximum(age, 0),
        exposure=np.where(age == 0, FIRST_MONTH, 1.0) * is_open,
        slowing=np.log1p(np.maximum(age, 0) / TIRING_MONTHS),
        row=row,
        column=column,
        number=after[row, column].astype(float),
        holidays=holidays_of(history.first_month, history.months),
        early_sites=early_sites,
    )


def running_numbers(number: int, opened: Counts, known: int, early_sites: float) -> Floats:
    """ln of the places of sites that open after so many, against the place of the latest known; `opened` leads."""
    place = np.arange(1, number + 1) + opened[..., None] + early_sites
    return np.asarray(np.log(place / (known + early_sites)))


def holidays_of(first_month: int, months: int) -> Floats:
    """1 where a month is the holiday month of the row."""
    calendar = (first_month + np.arange(months)) % YEAR
    return np.stack([calendar == holiday for holiday in HOLIDAYS]).astype(float)
