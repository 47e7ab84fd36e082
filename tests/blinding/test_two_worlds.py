"""Two worlds that differ in treatment alone look the same to everybody who is blinded."""

from tests.blinding.conftest import FIRST_SUBJECT
from tests.blinding.evidence import Evidence


def test_with_the_arms_swapped_everything_reads_the_same(first_world: Evidence, swapped_world: Evidence) -> None:
    """Every treatment is the other one; pages, answers, files, rows, hashes and log lines are the same bytes."""
    assert first_world.arms != swapped_world.arms
    assert first_world.differences(swapped_world) == []


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
