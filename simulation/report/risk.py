"""Where and when visits are missed: by visit, by site, by period, each with its interval over replications."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.estimate import Estimate
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.refusals import UnusableReplications
from simulation.measures import CAUSES
from simulation.report.courses import Courses, Rows


@dataclass(frozen=True, slots=True)
class Risk:
    """How often kits were due there and missed, over all courses; `rate` is missed per visit, if there are any."""

    name: str
    due: int
    missed: int
    rate: Estimate | None


def risk_by_visit(courses: Courses) -> tuple[Risk, ...]:
    """In the order of the visits."""
    return _risks(courses.axes.visit_names, courses.columns["visit_missed"], courses.columns["visit_due"])


def risk_by_site(courses: Courses) -> tuple[Risk, ...]:
    """The most missed first, by number where alike."""
    found = _risks(courses.axes.sites, courses.columns["site_missed"], courses.columns["site_visits"])
    return tuple(sorted(found, key=lambda risk: (-risk.missed, risk.name)))


def risk_by_period(courses: Courses) -> tuple[Risk, ...]:
    """In order of time, named by the last day of the period."""
    missed = np.sum([courses.columns[cause] for cause in CAUSES], axis=0)
    return _risks([end.isoformat() for end in courses.axes.ends], missed, courses.columns["visits"])


def causes_by_period(courses: Courses) -> dict[str, list[float]]:
    """Cause -> misses of a trial in the mean, period by period; causes that came up, largest first."""
    means = {cause: courses.columns[cause].mean(axis=0) for cause in CAUSES}
    order = sorted((cause for cause in CAUSES if means[cause].any()), key=lambda cause: -means[cause].sum())
    return {cause: [float(value) for value in means[cause]] for cause in order}


def _risks(names: Sequence[str], missed: Rows, due: Rows) -> tuple[Risk, ...]:
    return tuple(
        Risk(name, int(due[:, place].sum()), int(missed[:, place].sum()), _rate(missed[:, place], due[:, place]))
        for place, name in enumerate(names)
    )


def _rate(missed: Rows, due: Rows) -> Estimate | None:
    try:
        return missed_per_visit(missed, due)
    except UnusableReplications:
        return None
