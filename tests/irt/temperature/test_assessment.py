"""Proposals by rule: every rule with a record that it decides, and what must never be accepted."""

import pytest
from hypothesis import given, settings

from irt.study.temperature import CONDITIONS, FROZEN, REFRIGERATED, ROOM
from irt.temperature.assessment import SENTENCES, VERDICTS, Rule, Verdict, assess
from tests.irt.temperature.builders import hourly, record, records

COLD_DAY = [5.0] * 24


@pytest.mark.parametrize(
    ("found", "condition", "rule"),
    [
        (hourly(*COLD_DAY), REFRIGERATED, Rule.WITHIN_RANGE),
        (hourly(2, 8, 2, 8), REFRIGERATED, Rule.WITHIN_RANGE),
        (hourly(*COLD_DAY, 12, *COLD_DAY), REFRIGERATED, Rule.MKT_WITHIN_LIMIT),
        (hourly(*COLD_DAY, -0.5, *COLD_DAY), REFRIGERATED, Rule.FROZEN),
        (hourly(*COLD_DAY, 0, *COLD_DAY), REFRIGERATED, Rule.FROZEN),
        (hourly(*COLD_DAY, 1.9, *COLD_DAY), REFRIGERATED, Rule.LOW_EXCURSION),
        (hourly(*[9.0] * 24), REFRIGERATED, Rule.MKT_ABOVE_LIMIT),
        (hourly(*COLD_DAY, *[15] * 10, *COLD_DAY), REFRIGERATED, Rule.MKT_ABOVE_LIMIT),
        (hourly(*COLD_DAY, 15.1, *COLD_DAY), REFRIGERATED, Rule.EXCURSION_TOO_HIGH),
        (hourly(*([3.0] * 9 + [8.5]) * 30), REFRIGERATED, Rule.EXCURSION_TOO_LONG),
        (record((0, 5), (1, 5), (2, 5), (8, 5)), REFRIGERATED, Rule.GAP_IN_READINGS),
        (record((0, 5)), REFRIGERATED, Rule.ONE_READING),
        (record((0, -1)), REFRIGERATED, Rule.FROZEN),
        (record((0, 5), (1, 5), (1, 6), (2, 5)), REFRIGERATED, Rule.CONTRADICTORY_READINGS),
        (hourly(*[22.0] * 48), ROOM, Rule.WITHIN_RANGE),
        (hourly(*[22.0] * 48, 17), ROOM, Rule.MKT_WITHIN_LIMIT),
        (hourly(*[22.0] * 48, 35), ROOM, Rule.MKT_WITHIN_LIMIT),
        (hourly(*[22.0] * 48, 41), ROOM, Rule.EXCURSION_TOO_HIGH),
        (hourly(*[20.0] * 480, *[31.0] * 25), ROOM, Rule.EXCURSION_TOO_LONG),
        (hourly(*[22.0] * 48, 14), ROOM, Rule.LOW_EXCURSION),
        (hourly(*[26.0] * 48), ROOM, Rule.MKT_ABOVE_LIMIT),
        (hourly(*[-20.0] * 48), FROZEN, Rule.WITHIN_RANGE),
        (hourly(*[-20.0] * 48, -9), FROZEN, Rule.EXCURSION_TOO_HIGH),
        (hourly(*[-20.0] * 48, 0.1), FROZEN, Rule.THAWED),
        (hourly(*[-20.0] * 48, -40), FROZEN, Rule.LOW_EXCURSION),
    ],
)
def test_the_rule_that_speaks(found, condition, rule):
    """One record a rule and condition."""
    assessment = assess(found, condition)
    assert assessment.rule == rule
    assert assessment.verdict == VERDICTS[rule]
    assert assessment.sentence == SENTENCES[rule]


def test_every_rule_has_a_verdict_and_a_sentence():
    """And only two accept."""
    assert set(VERDICTS) == set(SENTENCES) == set(Rule)
    accepting = {rule for rule, verdict in VERDICTS.items() if verdict == Verdict.ACCEPT}
    assert accepting == {Rule.WITHIN_RANGE, Rule.MKT_WITHIN_LIMIT}


def test_the_mean_of_the_worst_day_decides_not_that_of_the_month():
    """A hot day is not diluted by a cold month around it."""
    month = hourly(*[3.0] * 360, *[14.0] * 12, *[3.0] * 360)
    assessment = assess(month, REFRIGERATED)
    assert assessment.mkt_celsius < 8 < assessment.worst_window_mkt_celsius
    assert assessment.rule == Rule.MKT_ABOVE_LIMIT


def test_hours_outside_are_those_off_the_label():
    """On either side, limits included in the range."""
    assert assess(hourly(1, 2, 8, 9, 9, 5), REFRIGERATED).hours_outside == 3


def test_gaps_are_told():
    """From the last reading before to the first after."""
    found = record((0, 5), (0.25, 5), (0.5, 5), (2, 5), (2.25, 5))
    (gap,) = assess(found, REFRIGERATED).gaps
    assert (gap.start, gap.end) == (found.readings[2].at, found.readings[3].at)


def test_uneven_intervals_are_no_gaps():
    """A pause of an hour, or thrice the usual one, is still data."""
    assert assess(record((0, 5), (0.2, 5), (1.2, 5), (1.4, 5)), REFRIGERATED).rule == Rule.WITHIN_RANGE
    assert assess(record((0, 5), (1, 5), (4, 5)), REFRIGERATED).rule == Rule.WITHIN_RANGE


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=list(CONDITIONS))
def test_cold_is_never_rescued_by_a_mean(condition):
    """Whatever the mean, a reading below the permitted range is not accepted."""

    @given(records(at_least=2))
    @settings(deadline=None, max_examples=60)
    def holds(found):
        assessment = assess(found, condition)
        if found.minimum < condition.permitted_low or assessment.gaps:
            assert assessment.verdict != Verdict.ACCEPT
        if assessment.verdict == Verdict.ACCEPT:
            assert assessment.worst_window_mkt_celsius <= condition.mkt_max
            assert found.maximum <= condition.excursion_high

    holds()
