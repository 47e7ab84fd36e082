"""Dummy schedules: by the study's rules, from a key that is no study's, for every kind of study that draws."""

import pytest

from irt.randomization.dummy_schedule import NoDummySchedule, dummy_schedule
from irt.randomization.trial_law import law_of
from tests.builders_supply import the_study

KEY, OTHER = bytes(range(32)), bytes(32)


@pytest.mark.parametrize("name", ["fourier", "ist", "activ6"])
def test_invented_subjects_follow_the_rules(name: str) -> None:
    """The same key, the same schedule; every arm and level is the study's; numbers go from 1."""
    definition = the_study(name)
    lines = dummy_schedule(definition, 40, KEY)
    assert lines == dummy_schedule(definition, 40, KEY)
    assert [line.arm for line in lines] != [line.arm for line in dummy_schedule(definition, 40, OTHER)]
    assert {line.arm for line in lines} <= {arm.code for arm in definition.arms}
    assert [line.number for line in lines] == list(range(1, 41))


def test_blocks_are_balanced_in_each_stratum() -> None:
    """As in the study itself: no stratum is out of balance by more than half a block."""
    lines = dummy_schedule(the_study("fourier"), 200, KEY)
    for stratum in {line.stratum for line in lines}:
        arms = [line.arm for line in lines if line.stratum == stratum]
        assert abs(arms.count("A") - arms.count("P")) <= 3


def test_where_nothing_is_drawn_there_is_no_schedule() -> None:
    """A cohort study is refused by name, and has no law to test with either."""
    with pytest.raises(NoDummySchedule, match="nothing is drawn"):
        dummy_schedule(the_study("escalation"), 10, KEY)
    assert law_of(the_study("escalation")) is None
    assert law_of(the_study("activ6")) is None
    assert law_of(the_study("ist")) is None
    assert law_of(the_study("fourier")) is not None
