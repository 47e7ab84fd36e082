"""Kits for subjects not yet enrolled: their first visit, and later ones within the same days."""

import numpy as np

from optimization.demand.enrolment import Rate
from optimization.demand.mass import NEGLIGIBLE, Mass, trimmed
from optimization.demand.titration import Titration
from optimization.demand.visits import Conduct, Subject, kits_of_subject

LONGEST = 20_000


def kits_of_newcomer(
    conduct: Conduct,
    titration: Titration,
    kit_type: str,
    days: tuple[int, int],
    enrols: tuple[int, int],
    later_days: tuple[int, ...],
) -> Mass:
    """Kits one new subject takes on `days`, if enrolled on any of the days of `enrols` with the same chance.

    The first visit is on the day of enrolment; `later_days` are the planned days of the others after it.
    """
    first, last = enrols
    laws = [_enrolled_on(day, conduct, titration, kit_type, days, later_days) for day in range(first, last + 1)]
    total = np.zeros(max(len(law) for law in laws))
    for law in laws:
        total[: len(law)] += law / len(laws)
    return total


def _enrolled_on(
    day: int,
    conduct: Conduct,
    titration: Titration,
    kit_type: str,
    days: tuple[int, int],
    later_days: tuple[int, ...],
) -> Mass:
    """The first visit surely takes place; the dose level of each later one follows from the first."""
    kits = titration.kits_of(kit_type)
    total = np.zeros(1)
    planned = tuple(day + later for later in later_days)
    for level, chance in enumerate(titration.start):
        if chance == 0:
            continue
        levels = [float(level == other) for other in range(len(kits))]
        law = kits_of_subject(Subject(planned, levels), conduct, titration, kit_type, days)
        at_first = kits[level] if days[0] <= day <= days[1] else 0
        longer = max(len(total), len(law) + at_first)
        total = np.pad(total, (0, longer - len(total)))
        total[at_first : at_first + len(law)] += chance * law
    return total


def compounded(rate: Rate, days: float, share: float, each: Mass) -> Mass:
    """Kits of a negative binomial number of subjects that each take `each` (Panjer's recursion, exact)."""
    if days <= 0 or share <= 0:
        return np.ones(1)
    odds = days * share / rate.b
    step, start = odds / (1 + odds), (rate.a - 1) * odds / (1 + odds)
    masses = [float((1 + odds * (1 - each[0])) ** -rate.a)]
    total = masses[0]
    while total < 1 - NEGLIGIBLE and len(masses) < LONGEST:
        kits = len(masses)
        reach = np.arange(1, min(kits, len(each) - 1) + 1)
        before = np.array(masses)[kits - reach]
        chance = float(((step + start * reach / kits) * each[reach] * before).sum() / (1 - step * each[0]))
        masses.append(chance)
        total += chance
        if chance < NEGLIGIBLE * 1e-4 and kits > 10 * rate.a * odds * len(each) + 10:
            break
    mass = np.array(masses)
    mass[-1] += max(1 - mass.sum(), 0.0)
    return trimmed(mass)
