"""What each site is to have by when: exact chances of its demand, turned into whole kits by whole days.

A delivery has to last, with a chance that is the same everywhere, until the next one can arrive: it is asked to
bring what is used before it is decided on in the mean, and from then on what is not exceeded with that chance.
The first delivery of each length is computed exactly; what it asks for beyond the mean, later ones of it do too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from irt.study.course import Courses, KitsOf
from irt.supply.planner import SiteView
from optimization.demand.enrolment import Prior
from optimization.demand.hyperparameters import Seen, learned_prior
from optimization.demand.mass import stock_for
from optimization.live.calendars import Days
from optimization.live.deliveries import Delivery, deliveries
from optimization.live.demand import VISITS, StudyDemand
from optimization.live.homes import kept_for
from optimization.live.service import Protected, calibrated

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Promise:
    """The share of visits that find their kits, what subjects are given, after how many days supply is reviewed.

    `prior`: how sites enrol before any did; without it nobody new is expected.
    """

    service: Fraction
    courses: Courses
    review_days: int
    prior: Prior | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many more kits are to have been at a site by a day from now."""

    site: str
    kit_type: str
    ahead_days: int
    kits: int


def wanted_by_day(
    sites: Sequence[SiteView], kit_types: Sequence[str], days: Days, promise: Promise
) -> Iterator[Wanted]:
    """What sites are to have by when, in order of site, kit type and day."""
    return Forecast(days, promise, study_demand(sites, promise)).wanted(sites, kit_types)


def study_demand(sites: Sequence[SiteView], promise: Promise) -> StudyDemand:
    """How sites enrol is learned from all that are open."""
    if promise.prior is None:
        return StudyDemand(promise.courses)
    # A subject who is sent kits enrolled at a site all the same: homes tell nothing of their own.
    places = [one for site in sites for one in site.serves or (site,) if one.kits_of is not KitsOf.AT_HOME]
    enrolled = [one.enrolled for one in places]
    seen = [Seen(one.subjects, one.open_days) for one in enrolled if one is not None]
    return StudyDemand(promise.courses, learned_prior(promise.prior, seen))


@dataclass(frozen=True)
class SiteNeed:
    """One kit type at one site: its mean day by day, its deliveries, and the law of one of each length."""

    kit_type: str
    means: NDArray[np.float64]
    deliveries: Sequence[Delivery]
    protected: dict[int, Protected]
    horizon: int

    def by_day(self, site: SiteView, alpha: float) -> Iterator[Wanted]:
        """The kits of each day; levels of the study are a floor beyond the mean."""
        level = site.levels.get(self.kit_type)
        least = level.minimum if level else 0
        until = np.concatenate([[0.0], np.cumsum(self.means)])
        so_far = 0
        for ahead, kits in sorted(self._totals(until, alpha, least).items()):
            if kits > so_far:
                yield Wanted(site.number, self.kit_type, ahead, kits - so_far)
                so_far = kits

    def of_homes(self, homes: SiteView, alpha: float) -> Iterator[Wanted]:
        """The kits expected at homes by each day, and what their depot keeps for more until it gets more itself."""
        until = np.cumsum(self.means[: self.horizon])
        totals = [floor(float(kits) + 0.5) for kits in until]
        for ahead, (kits, before) in enumerate(zip(totals, [0, *totals], strict=False)):
            if kits > before:
                yield Wanted(homes.number, self.kit_type, ahead, kits - before)
        if self.deliveries and self.deliveries[0].arrives < self.horizon:
            spare = max(self._spare(one, alpha) for one in self.protected.values())
            if spare > 0:
                yield Wanted(kept_for(homes.number), self.kit_type, self.deliveries[0].arrives, spare)

    def _totals(self, until: NDArray[np.float64], alpha: float, least: int) -> dict[int, int]:
        """Kits that are to have been there by each day; before the first delivery what comes as likely as not."""
        first = self.deliveries[0].arrives if self.deliveries else self.horizon
        totals = {ahead: floor(float(until[ahead + 1]) + 0.5) for ahead in range(min(first, self.horizon))}
        spares = {length: self._spare(one, alpha) for length, one in self.protected.items()}
        for one in self.deliveries:
            mean = ceil(float(until[min(one.until + 1, len(until) - 1)]) - ROUNDING)
            totals[one.arrives] = mean + max(spares[one.protects_days], least)
        return totals

    def _spare(self, one: Protected, alpha: float) -> int:
        """What the chance asks for beyond the mean; less than it where the mean is a rare visit of many kits."""
        kits = np.arange(len(one.law))
        return int(stock_for(one.law, alpha)) - ceil(float(one.law @ kits) - ROUNDING)


@dataclass(frozen=True)
class Forecast:
    """The needs of sites, computed with one study's courses."""

    days: Days
    promise: Promise
    study: StudyDemand

    @property
    def horizon(self) -> int:
        """Days from now that are planned."""
        return self.days.horizon - self.days.first

    def wanted(
        self, sites: Sequence[SiteView], kit_types: Sequence[str], homes: Sequence[tuple[SiteView, SiteView]] = ()
    ) -> Iterator[Wanted]:
        """What sites are to have by when, then homes, in order of place, kit type and day.

        Homes come with the place whose deliveries they wait for: their depot, where another one supplies it.
        """
        at = [(site, deliveries(self.days, site, self.promise.review_days)) for site in sites]
        at += [(one, deliveries(self.days, by, self.promise.review_days) if by.depot else []) for one, by in homes]
        known = [self._of_place(place, kit_types, coming) for place, coming in at]
        alpha = self._alpha([need for needs in known for need in needs], at)
        for (place, _), needs in zip(at, known, strict=True):
            for need in needs:
                at_home = place.kits_of is KitsOf.AT_HOME
                yield from need.of_homes(place, alpha) if at_home else need.by_day(place, alpha)

    def kits_a_visit(self, place: SiteView, kit_types: Sequence[str]) -> float:
        """The mean of those visits at which any kits are given; 0 where none are expected."""
        visits = float(self.study.means(place, VISITS, self.horizon).sum())
        kits = sum(float(self.study.means(place, kit_type, self.horizon).sum()) for kit_type in kit_types)
        return kits / visits if visits else 0.0

    def _of_place(self, place: SiteView, kit_types: Sequence[str], coming: Sequence[Delivery]) -> list[SiteNeed]:
        """The needs of a place, of the kit types that anybody may want there."""
        return [need for kit_type in kit_types if (need := self._need(place, kit_type, coming)) is not None]

    def _alpha(self, needs: Sequence[SiteNeed], at: Sequence[tuple[SiteView, Sequence[Delivery]]]) -> float:
        """The chance of running out that keeps the promise, over one delivery of each length at each place."""
        protected = [one for need in needs for one in need.protected.values()]
        visits = sum(self._between(place, VISITS, one) for place, coming in at for one in _of_each_length(coming))
        return calibrated(protected, visits, float(self.promise.service))

    def _need(self, site: SiteView, kit_type: str, coming: Sequence[Delivery]) -> SiteNeed | None:
        reach = max(self.horizon, _reach(coming))
        means = self.study.means(site, kit_type, reach)
        if not means.any() and kit_type not in site.levels:
            return None
        protected = {one.protects_days: self._protected(site, kit_type, one) for one in _of_each_length(coming)}
        return SiteNeed(kit_type, means, coming, protected, self.horizon)

    def _protected(self, site: SiteView, kit_type: str, one: Delivery) -> Protected:
        law = self.study.law(site, kit_type, (one.decided, one.until))
        before = self.study.law(site, kit_type, (one.decided, one.arrives))
        kits, visits = (self._between(site, asked, one) for asked in (kit_type, VISITS + kit_type))
        return Protected(law, before, max(kits / visits, 1.0) if visits else 1.0)

    def _between(self, site: SiteView, asked: str, one: Delivery) -> float:
        """The mean of the days that the delivery serves."""
        return float(self.study.means(site, asked, one.until + 1)[one.arrives + 1 :].sum())


def _of_each_length(coming: Sequence[Delivery]) -> list[Delivery]:
    """The first delivery of each length."""
    first: dict[int, Delivery] = {}
    for one in coming:
        first.setdefault(one.protects_days, one)
    return [*first.values()]


def _reach(coming: Sequence[Delivery]) -> int:
    return max((one.until + 1 for one in coming), default=0)
