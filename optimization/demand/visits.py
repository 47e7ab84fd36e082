"""Scheduled visits: how many kits of one type a subject on treatment takes within some days.

Visits are planned from the first one on and move within their window around the planned day; one early or late
visit moves no other. Before each visit a subject may have stopped, with the same chance, which shows at that visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.demand.mass import Mass, trimmed
from optimization.demand.titration import Titration

ON_THE_DAY: Mapping[int, float] = {0: 1.0}


@dataclass(frozen=True, slots=True)
class Subject:
    """One on treatment: days from now to the visits still planned, soonest first; chances of the dose level now."""

    planned_days: Sequence[int]
    levels: Sequence[float]


@dataclass(frozen=True, slots=True)
class Conduct:
    """How visits are kept: chance to stop before each, and chances of days around the planned one."""

    dropout_per_visit: float
    window: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit still planned: days from now, chances of days around it, chance to stop before it, kits by level."""

    planned: int
    window: Mapping[int, float]
    stops: float
    kits: Sequence[int]


def kits_of_subject(
    subject: Subject, conduct: Conduct, titration: Titration, kit_type: str, days: tuple[int, int]
) -> Mass:
    """Kits taken on the days from the first to the last, both counted from today = 0 and included.

    A visit whose window has begun did not take place on the days before today; if the window is over, the subject
    has stopped.
    """
    kits = titration.kits_of(kit_type)
    visits = [
        Appointment(planned, conduct.window, conduct.dropout_per_visit, kits) for planned in subject.planned_days
    ]
    return kits_of_appointments(visits, subject.levels, titration.moves, days)


def kits_of_appointments(
    visits: Sequence[Appointment], levels: Sequence[float], moves: Sequence[Sequence[float]], days: tuple[int, int]
) -> Mass:
    """The same for visits that differ in window, kits and chance to stop; `levels` as they are before the first."""
    steps = np.array(moves).T
    going: NDArray[np.float64] = np.array(levels, dtype=float)[:, None]
    stopped = np.zeros(1)
    for place, visit in enumerate(visits):
        if visit.planned + min(visit.window) > days[1]:
            break
        came, within = _kept(visit, days, known_from=0 if place == 0 else None)
        # The level changes from visit to visit, also at the next one.
        going = steps @ going
        stopped = _sum(stopped, going.sum(axis=0) * (1 - came))
        going = _taken(going * came, visit.kits, within)
    return trimmed(_sum(stopped, going.sum(axis=0)))


def mean_by_day(
    visits: Sequence[Appointment], levels: Sequence[float], moves: Sequence[Sequence[float]], days: int
) -> NDArray[np.float64]:
    """The mean kits of one subject on each day from today on, for so many days."""
    means = np.zeros(days)
    steps, going = np.array(moves).T, np.array(levels, dtype=float)
    for place, visit in enumerate(visits):
        if visit.planned + min(visit.window) >= days:
            break
        came, _ = _kept(visit, (0, days), known_from=0 if place == 0 else None)
        going = steps @ going * came
        kits = float(going @ np.array(visit.kits))
        # Only of the first visit is it known that it did not take place before today.
        open_days = {day: chance for day, chance in visit.window.items() if place or visit.planned + day >= 0}
        ahead = sum(open_days.values())
        for offset, chance in open_days.items():
            if 0 <= visit.planned + offset < days:
                means[visit.planned + offset] += kits * chance / ahead
    return means


def _kept(visit: Appointment, days: tuple[int, int], known_from: int | None) -> tuple[float, float]:
    """The chance that the visit takes place, and if so that it falls within the days."""
    stays, planned = 1 - visit.stops, visit.planned
    ahead = sum(
        chance for offset, chance in visit.window.items() if known_from is None or planned + offset >= known_from
    )
    within = sum(chance for offset, chance in visit.window.items() if days[0] <= planned + offset <= days[1])
    if ahead == 0:
        return 0.0, 0.0
    return stays * ahead / (stays * ahead + 1 - stays), within / ahead


def _taken(going: NDArray[np.float64], kits: Sequence[int], within: float) -> NDArray[np.float64]:
    """Each level's kits are added where the visit falls within the days."""
    after = np.zeros((going.shape[0], going.shape[1] + max(kits)))
    after[:, : going.shape[1]] = going * (1 - within)
    for level, number in enumerate(kits):
        after[level, number : number + going.shape[1]] += going[level] * within
    return after


def _sum(first: Mass, second: Mass) -> Mass:
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    total = longer.copy()
    total[: len(shorter)] += shorter
    return total
