"""How many subjects it takes to say that nothing leaks, and to find what does."""

from math import ceil, sqrt

from scipy.stats import norm

LIMIT = 0.55
"""The upper confidence limit of the adversary's area must stay below it."""
WORTH_FINDING = 0.60
"""An area that one field must not have unnoticed."""
POWER = 0.90
PASSED = 0.99
"""How often a trial of the usual size passes a study without a leak: it is no use to whoever has to try again."""
LEVEL = 0.05
FIELD_LEVEL = 0.01
"""Among all fields of a study without a leak one is named in one of a hundred trials at most."""


def error_at_chance(subjects: float, share: float = 0.5) -> float:
    """Standard error of an area where there is no leak (Hanley and McNeil 1982); `share` is one arm's part."""
    return sqrt((subjects + 1) / (12 * subjects**2 * share * (1 - share)))


def subjects_for_limit(share: float = 0.5, power: float = POWER) -> int:
    """So many that a trial without a leak stays below LIMIT with this power: one-sided, at LEVEL."""
    return _least(LIMIT - 0.5, float(norm.isf(LEVEL) + norm.isf(1 - power)), share)


def subjects_for_field(tests: int, share: float = 0.5) -> int:
    """So many that a field of WORTH_FINDING is named with POWER among so many tests, two-sided."""
    return _least(
        WORTH_FINDING - 0.5, float(norm.isf(FIELD_LEVEL / (2 * max(tests, 1))) + norm.isf(1 - POWER)), share
    )


def power_for_field(subjects: int, tests: int, share: float = 0.5) -> float:
    """The chance that a field of WORTH_FINDING is named."""
    if subjects < 2:
        return 0.0
    reach = (WORTH_FINDING - 0.5) / error_at_chance(subjects, share)
    return float(norm.cdf(reach - norm.isf(FIELD_LEVEL / (2 * max(tests, 1)))))


def _least(distance: float, deviations: float, share: float) -> int:
    wanted = (distance / deviations) ** 2 * 12 * share * (1 - share)
    # (n + 1) / n² <= wanted
    return ceil((1 + sqrt(1 + 4 * wanted)) / (2 * wanted))
