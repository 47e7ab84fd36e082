"""Courses of treatment by blinding group: what every subject is given, whatever the arm."""

from fractions import Fraction

from irt.study.blinded import BlindedStudy
from irt.study.course import Course, Courses, KitsByLevel
from irt.study.courses import courses_with, level_codes, visits_from_randomization
from irt.study.delivery import home_visits
from irt.study.visits import Visit


def courses_of_groups(study: BlindedStudy) -> Courses | None:
    """One course for all; None where kits hang on an agent or a weight, or differ because nobody is blind."""
    if not study.kit_counts or any(row.agent is not None or row.quantity is None for row in study.kit_counts):
        return None
    home = home_visits(study.delivery)
    visits = visits_from_randomization(study.visits, lambda visit: group_kits(study, visit), home)
    return courses_with((Course(Fraction(1), visits),), study.dose_levels, study.outlook.forecast)


def group_kits(study: BlindedStudy, visit: Visit) -> KitsByLevel:
    """The kits of a visit by blinding group, at each dose level."""
    return tuple(
        tuple(
            sorted(
                (row.blinding_group, row.quantity or 0)
                for row in study.kit_counts
                if row.visit == visit.code and row.dose_level == level
            )
        )
        for level in level_codes(study.dose_levels)
    )
