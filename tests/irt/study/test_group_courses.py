"""What subjects are given by blinding group is the same course as any arm's, its kits called by their group."""

import pytest

from irt.study.blinded import blinded_study
from irt.study.course import KitsByLevel
from irt.study.courses import courses_of
from irt.study.definition import StudyDefinition
from irt.study.group_courses import courses_of_groups
from irt.study.public_part import public_part_of, study_in
from tests.irt.study.edits import study_of


def test_every_arm_is_given_the_same_by_group() -> None:
    """Visit by visit, at each dose level, whichever arm; assumptions are the study's."""
    definition = study_of("fourier")
    told = courses_of_groups(blinded_study(definition))
    assert told is not None
    (common,) = told.arms
    whole = courses_of(definition)
    assert len(whole.arms) > 1
    for arm in whole.arms:
        assert len(arm.visits) > 3
        visits = [visit._replace(kits=_grouped(definition, visit.kits)) for visit in arm.visits]
        assert [*common.visits] == visits
    assert (told.start, told.moves, told.dropout_rate) == (whole.start, whole.moves, whole.dropout_rate)
    assert told.screening_days == whole.screening_days


def test_what_is_foreseen_is_read_back_as_stored() -> None:
    """The assumptions travel with the public part; a part stored without them foresees nobody new."""
    definition = study_of("fourier")
    stored = public_part_of(definition)
    assert study_in(stored).outlook == blinded_study(definition).outlook
    del stored["outlook"]
    assert study_in(stored).outlook.subjects_per_month == 0


@pytest.mark.parametrize("study", ["ist", "escalation"])
def test_kits_that_depend_on_more_than_the_visit_are_not_foreseen(study: str) -> None:
    """Where everybody knows the arm there is nothing that all are given alike."""
    told = blinded_study(study_of(study))
    assert (courses_of_groups(told) is None) == (
        not told.kit_counts or any(row.quantity is None or row.agent is not None for row in told.kit_counts)
    )


def _grouped(definition: StudyDefinition, kits: KitsByLevel) -> KitsByLevel:
    return tuple(
        tuple(sorted((definition.kit_type(code).blinding_group, number) for code, number in each)) for each in kits
    )
