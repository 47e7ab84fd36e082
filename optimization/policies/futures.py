"""Possible futures of a site: few classes, from those that bring the fewest kits to those that bring the most.

Weeks are tied together: a site may prove to recruit slowly, and each new subject brings all its later visits.
Classes keep that: subjects still to come are drawn many times, draws are sorted by their kits and parted into
equal classes.
"""

import numpy as np

from optimization.demand.mass import Mass, add, lumped
from optimization.policies.facts import MOST_IN_A_WEEK, Facts
from optimization.policies.paths import ARMS, Ints


def futures_of(facts: Facts, rows: Ints, classes: int, samples: int) -> Mass:
    """Chances of kits [class, row, arm, weeks ahead, kits], all subjects together; classes are alike probable.

    Drawn from a stream of the week's own.
    """
    kits = _drawn(facts, rows, samples)
    order = np.argsort(kits.sum(axis=(2, 3), dtype=np.int64), axis=1, kind="stable")
    kits = np.take_along_axis(kits, order[:, :, None, None], axis=1)
    scheduled = facts.scheduled[rows]
    laws = []
    for part in np.array_split(np.arange(samples), classes):
        of_class = np.minimum(kits[:, part], MOST_IN_A_WEEK - 1)
        longest = int(of_class.max(initial=0)) + 1
        counted = np.stack([(of_class == number).mean(axis=1) for number in range(longest)], axis=-1)
        laws.append(lumped(add(scheduled, counted), MOST_IN_A_WEEK))
    return np.stack(laws)


def _drawn(facts: Facts, rows: Ints, samples: int) -> Ints:
    """Kits of subjects still to come: [row, sample, arm, weeks ahead]."""
    draws = np.random.Generator(np.random.PCG64([facts.week + 1, samples]))
    trial, weeks = facts.trial, facts.weeks_left
    a, b = facts.rate
    begins = np.maximum(facts.opens_day[rows] / 7 - facts.week, 0.0)
    shape = (len(rows), samples)
    rate = draws.gamma(np.broadcast_to(a[rows, None], shape)) / b[rows, None]
    counts = draws.poisson(rate * np.maximum(weeks - begins, 0)[:, None]).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    starts = begins[cell // samples]
    week = (starts + draws.random(len(cell)) * (weeks - starts)).astype(np.int64)
    place = (cell * ARMS + draws.integers(0, ARMS, len(cell))) * weeks
    lasts = draws.geometric(max(trial.dropout_per_visit, 1e-9), len(cell))
    kits = np.zeros(counts.size * ARMS * weeks, dtype=np.int64)
    for visit in range(trial.visits_max):
        at = week + visit * (trial.visit_days // 7)
        kept = (at < weeks) & (visit < lasts)
        kits += np.bincount(place[kept] + at[kept], minlength=kits.size)
    return kits.reshape(len(rows), samples, ARMS, weeks)
