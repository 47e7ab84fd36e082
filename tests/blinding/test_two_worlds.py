"""Two worlds that differ in treatment alone look the same to everybody who is blinded."""

import pytest

from tests.blinding.conftest import FIRST_SUBJECT
from tests.blinding.evidence import Evidence


def test_with_all_arms_swapped_and_one_turned_everything_reads_the_same(
    other_world: Evidence, first_world: Evidence
) -> None:
    """Every treatment is the other one, and one subject's arm is turned; all that people get is the same bytes.

    Pages, answers, files, rows, hashes and log lines. The words of the turned subject's arm change twice: they are
    the same again. What would tell them is found by the test of words, and by each change alone.
    """
    same = {subject for subject, arm in first_world.arms.items() if other_world.arms[subject] == arm}
    assert same == {FIRST_SUBJECT}
    assert len(first_world.arms) > 3
    assert first_world.given == other_world.given
    assert first_world.differences(other_world) == []


@pytest.mark.slow
def test_with_the_arms_swapped_everything_reads_the_same(first_world: Evidence, swapped_world: Evidence) -> None:
    """Every treatment is the other one; pages, answers, files, rows, hashes and log lines are the same bytes."""
    assert all(swapped_world.arms[subject] != arm for subject, arm in first_world.arms.items())
    assert first_world.differences(swapped_world) == []


@pytest.mark.slow
def test_with_one_subject_s_arm_changed_everything_reads_the_same(
    first_world: Evidence, turned_world: Evidence
) -> None:
    """One subject got the other arm and other kits' contents; nothing that blinded people can get tells so."""
    changed = {subject for subject, arm in first_world.arms.items() if turned_world.arms[subject] != arm}
    assert changed == {FIRST_SUBJECT}
    kits = first_world.given[FIRST_SUBJECT]
    assert kits == turned_world.given[FIRST_SUBJECT]
    assert all(first_world.contents[kit] != turned_world.contents[kit] for kit in kits)
    assert first_world.differences(turned_world) == []
