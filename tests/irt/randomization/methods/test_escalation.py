"""Cohorts: how seats are taken, and when one is open."""

from fractions import Fraction

import pytest

from irt.randomization.methods.escalation import (
    Dose,
    Escalation,
    EscalationStopped,
    OpenCohort,
    ResponsesAwaited,
    beginning,
    certainty,
    is_under_way,
    joined,
    open_cohort,
)
from irt.randomization.methods.method import Step
from irt.randomization.methods.responses import UnusableResponse

COHORT = 2


def escalation(*told: tuple[int, int | None], backfill: bool = False) -> Escalation:
    """Subjects as (dose, response), in cohorts of two at three doses."""
    made = beginning(3)
    for dose, response in told:
        made = joined(made, Step(dose, (), response), COHORT, backfill)
    return made


def test_subjects_toxicities_and_awaited_responses_are_counted() -> None:
    """Dose by dose."""
    made = escalation((0, 0), (0, 1), (1, None))
    assert made == Escalation((Dose(2, 1, 0), Dose(1, 0, 1), Dose()), 1, 1)


@pytest.mark.parametrize(
    ("told", "seats_taken"),
    [([], 0), ([(0, 0)], 1), ([(0, 0), (0, 0)], 2), ([(0, 0), (0, 0), (0, 0)], 1), ([(0, 0), (1, 0)], 1)],
)
def test_seats(told: list[tuple[int, int | None]], seats_taken: int) -> None:
    """A full cohort is followed by a new one; so is one that was left for another dose."""
    assert escalation(*told).seats_taken == seats_taken


def test_a_cohort_is_filled_then_awaited_then_decided() -> None:
    """By the rule that is asked only then."""

    def up(_: Escalation) -> int:
        return 1

    def over(_: Escalation) -> int:
        raise EscalationStopped

    assert open_cohort(escalation((0, None)), COHORT, over) == OpenCohort(0, 1)
    with pytest.raises(ResponsesAwaited):
        open_cohort(escalation((0, None), (0, 0)), COHORT, up)
    assert open_cohort(escalation((0, 1), (0, 0)), COHORT, up) == OpenCohort(1, 2)
    with pytest.raises(EscalationStopped):
        open_cohort(escalation((0, 1), (0, 0)), COHORT, over)


def test_a_cohort_is_under_way_until_it_is_full_and_known() -> None:
    """Either way."""
    assert is_under_way(escalation((0, 0)), COHORT)
    assert is_under_way(escalation((0, 0), (0, None)), COHORT)
    assert not is_under_way(escalation((0, 0), (0, 1)), COHORT)


def test_backfill_keeps_the_cohort() -> None:
    """A subject below joins no cohort; without backfill, or once the cohort is known, it opens one."""
    begun = ((0, 0), (0, 0), (1, 0))
    assert escalation(*begun, (0, 1), backfill=True) == Escalation((Dose(3, 1), Dose(1), Dose()), 1, 1)
    assert escalation(*begun, (0, 1)).dose == 0
    assert escalation(*begun, (1, 1), (0, 1), backfill=True) == Escalation((Dose(3, 1), Dose(2, 1), Dose()), 0, 1)


def test_a_dose_is_certain() -> None:
    """The law of a method without chance."""
    assert certainty(1, 3) == (Fraction(0), Fraction(1), Fraction(0))


def test_it_refuses_what_is_no_response() -> None:
    """By its name."""
    with pytest.raises(UnusableResponse):
        escalation((0, 2))
