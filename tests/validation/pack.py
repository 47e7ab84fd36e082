"""All checks of the pack, in the order of the report."""

from collections.abc import Collection

from tests.validation.check import CHECKS, Check
from tests.validation.checks import covariates, doses, drawing, figures, live, outside, responses, restricted

ROOMS = tuple(room.__name__ for room in (restricted, covariates, responses, doses, drawing, live, figures, outside))
"""Loading a room puts its checks into the pack."""


def checks_of(subjects: Collection[str] = ()) -> tuple[Check, ...]:
    """The checks of some subjects, or all; outside programs are asked about a sound engine only."""
    in_order = sorted(CHECKS, key=lambda check: ROOMS.index(check.run.__module__))
    chosen = [check for check in in_order if not subjects or check.subject in subjects]
    return tuple(check for check in chosen if not subjects or check.kind != "outside program")
