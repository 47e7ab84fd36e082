"""Many trials run on at once: sites stop and go on, new ones open, and the common level walks."""

from dataclasses import dataclass

import numpy as np

from simulation.enrolment.history import Counts
from simulation.enrolment.months import YEAR
from simulation.enrolment.posterior.evidence import Flags, running_numbers
from simulation.enrolment.posterior.fit import Posterior
from simulation.enrolment.prior import FIRST_MONTH, HOLIDAYS, TIRING_MONTHS
from simulation.enrolment.special import Floats, summed

RECENT_MONTHS = 9
FEWEST_RECENT = 3
"""New sites open in the countries of the latest ones, if there are so many of these."""


@dataclass(frozen=True, slots=True, eq=False)
class Silent:
    """What is known of sites beside their counts: closed ones enrol nobody any more, those on hold nobody now."""

    closed: Flags
    on_hold: Flags


class Paths:
    """One path for each draw picked; `month` runs all of them on by a month."""

    def __init__(
        self, posterior: Posterior, picked: Counts, chance: np.random.Generator, silent: Silent | None = None
    ) -> None:
        self.posterior, self.chance = posterior, chance
        self.scalar = {name: values[picked] for name, values in posterior.scalar.items()}
        self.holiday, self.country = posterior.holiday[picked], posterior.country[picked]
        self.rate, self.active = posterior.rate[picked], posterior.active[picked]
        if silent is not None:
            self.rate[:, silent.closed] = 0.0
            self.active[:, silent.closed | silent.on_hold] = False
        self.opened = np.tile(posterior.opened, (len(picked), 1))
        self.sites = np.full(len(picked), len(posterior.opened))
        self.drift: Floats = np.zeros(len(picked))
        self.now = posterior.months

    def month(self, to_open: Counts) -> Counts:
        """Subjects of the next month, by path, where so many sites open in it."""
        expected = self.site_means()
        level = self._level()
        known = self._subjects(expected.sum(axis=1) * level)
        fresh = self._open(to_open)
        first = self._subjects(FIRST_MONTH * level * fresh)
        self.now += 1
        return known + first + to_open

    def known_sites(self) -> Floats:
        """A month in which no site opens: what each one lets expect, by path."""
        expected = self.site_means() * self._level()[:, None]
        self.now += 1
        return np.asarray(expected)

    def site_means(self) -> Floats:
        """What each site's month lets expect at the common level of 1, after each has stopped or gone on."""
        luck = self.chance.random(self.rate.shape)
        goes_on = luck >= self.scalar["stopping"][:, None]
        self.active = np.where(self.active, goes_on, luck < self.scalar["resuming"][:, None])
        slowed = np.exp(-self.scalar["tiring"][:, None] * np.log1p((self.now - self.opened) / TIRING_MONTHS))
        return np.asarray(self.rate * self.active * slowed)

    def _level(self) -> Floats:
        """The common level of the month, by path."""
        paths = len(self.drift)
        self.drift = self.drift + self.scalar["drift_sd"] * self.chance.standard_normal(paths)
        about = self.scalar["month_sd"] * self.chance.standard_normal(paths)
        month = (self.posterior.first_month + self.now) % YEAR
        holiday = sum((self.holiday[:, number] for number, each in enumerate(HOLIDAYS) if each == month), 0.0)
        return np.asarray(np.exp(self.drift + about + holiday))

    def _subjects(self, expected: Floats) -> Counts:
        """So many come where so many are to be expected: sums of sites have the law of a site."""
        spread = self.scalar["spread"]
        return self.chance.poisson(self.chance.gamma(np.maximum(expected, 1e-12) / spread) * spread)

    def _open(self, to_open: Counts) -> Floats:
        """Opens sites, each with a rate and a country of its own; the sum of their rates, by path."""
        most = int(to_open.max())
        rates = self._new_rates(most)
        path, which = np.nonzero(np.arange(most) < to_open[:, None])
        place = self.sites[path] + which
        self.sites = self.sites + to_open
        self._make_room(int(self.sites.max()) - self.rate.shape[1])
        self.rate[path, place] = rates[path, which]
        self.active[path, place] = True
        self.opened[path, place] = self.now
        return summed(path, rates[path, which], len(to_open))

    def _make_room(self, places: int) -> None:
        """Room for so many sites more; an empty place has the rate 0."""
        if places > 0:
            more = (len(self.sites), places)
            self.rate = np.concatenate([self.rate, np.zeros(more)], axis=1)
            self.active = np.concatenate([self.active, np.zeros(more, dtype=np.bool_)], axis=1)
            self.opened = np.concatenate([self.opened, np.full(more, self.now)], axis=1)

    def _new_rates(self, most: int) -> Floats:
        """Rates of as many sites as any path opens, by path."""
        known = len(self.posterior.opened)
        running = running_numbers(most, self.sites, known, self.posterior.early_sites)
        country = self.chance.choice(self._latest_countries(), size=running.shape)
        effect = np.take_along_axis(self.country, country, axis=1) - self.scalar["fading"][:, None] * running
        shape = self.scalar["shape"][:, None]
        luck = self.chance.gamma(np.broadcast_to(shape, effect.shape))
        return np.asarray(self.scalar["mean"][:, None] * np.exp(effect) * luck / shape)

    def _latest_countries(self) -> Counts:
        recent = self.posterior.site_country[self.posterior.opened >= self.posterior.months - RECENT_MONTHS]
        return recent if len(recent) >= FEWEST_RECENT else self.posterior.site_country
