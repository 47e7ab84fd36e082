"""Who enrolled how many, month by month, up to the last month that is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One subject: the month of randomization, the site and its country."""

    month: int
    site: str
    country: str


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Subjects by site and month, from the trial's first month on; sites in the order of their first subject."""

    first_month: int
    sites: tuple[str, ...]
    countries: tuple[str, ...]
    counts: Counts
    """Sites by months."""

    @classmethod
    def of(cls, subjects: Iterable[Enrolled], until: int) -> Self:
        """What is known at the end of the month `until`; later subjects are not looked at."""
        known = [subject for subject in subjects if subject.month <= until]
        opened: dict[str, Enrolled] = {}
        for subject in sorted(known, key=lambda each: each.month):
            opened.setdefault(subject.site, subject)
        first = min(subject.month for subject in known)
        row = {site: number for number, site in enumerate(opened)}
        counts = np.zeros((len(row), until - first + 1), dtype=np.int64)
        np.add.at(counts, ([row[each.site] for each in known], [each.month - first for each in known]), 1)
        return cls(first, tuple(opened), tuple(each.country for each in opened.values()), counts)

    def until(self, months: int) -> "History":
        """The same trial as it was known after so many months."""
        kept = int((self.opened < months).sum())
        return History(self.first_month, self.sites[:kept], self.countries[:kept], self.counts[:kept, :months])

    @property
    def months(self) -> int:
        """How many months are known."""
        return int(self.counts.shape[1])

    @property
    def opened(self) -> Counts:
        """For each site, after how many months its first subject came."""
        return np.asarray((self.counts > 0).argmax(axis=1))

    @property
    def totals(self) -> Counts:
        """Subjects by month."""
        return np.asarray(self.counts.sum(axis=0))

    @property
    def openings(self) -> Counts:
        """Sites by the month of their first subject."""
        return np.bincount(self.opened, minlength=self.months)
