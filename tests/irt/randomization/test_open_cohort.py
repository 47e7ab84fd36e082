"""Open cohorts: no draw, the open cohort's arm."""

import pytest

from irt.errors import IntegrityFault
from irt.randomization.open_cohort import OpenCohort
from irt.randomization.scheme import NoOpenCohort, Subject
from tests.irt.randomization.builders import arms, seed

COHORTS = OpenCohort.of(arms(1, 1, 1))


def test_the_open_cohort_s_arm_is_certain_and_nothing_is_drawn() -> None:
    """One for that arm, zero for the others."""
    allocation = COHORTS.assign({}, Subject(1, open_arm="B"), seed())
    assert allocation.arm == "B"
    assert allocation.probabilities == (("A", 0), ("B", 1), ("C", 0))
    assert allocation.draws == allocation.stream_ids == ()
    assert allocation.seen == allocation.after == {}


def test_it_refuses_while_no_cohort_is_open() -> None:
    """The wait between two cohorts."""
    with pytest.raises(NoOpenCohort):
        COHORTS.assign({}, Subject(1), seed())


def test_a_cohort_of_an_unknown_arm_is_a_fault() -> None:
    """Facts that contradict the study stop everything."""
    with pytest.raises(IntegrityFault):
        COHORTS.probabilities({}, Subject(1, open_arm="Z"))
