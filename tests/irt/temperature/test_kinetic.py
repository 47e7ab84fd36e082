"""The mean kinetic temperature: known answers, a second route in fifty digits, and what must always hold."""

import random
from datetime import timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.temperature.kinetic import (
    GAS_CONSTANT_J_PER_MOL_K,
    H_OVER_R_KELVIN,
    HEAT_OF_ACTIVATION_KJ_PER_MOL,
    mean_kinetic_celsius,
    worst_window_celsius,
)
from irt.temperature.readings import MICROSECOND, Reading, Record, record_of
from tests.irt.temperature.builders import CELSIUS, hourly, record, records

DAY = timedelta(hours=24)


def in_fifty_digits(found: Record) -> float:
    """The formula as printed, in decimal arithmetic."""
    with localcontext() as context:
        context.prec = 50
        kelvin = [Decimal(repr(one)) + Decimal("273.15") for one in found.temperatures]
        weights = [Decimal(one) for one in found.durations]
        aged = sum(w * (-Decimal(10_000) / t).exp() for w, t in zip(weights, kelvin, strict=True))
        return float(Decimal(10_000) / -(aged / sum(weights)).ln() - Decimal("273.15"))


def time_weighted_mean(found: Record) -> float:
    """The plain mean over time."""
    return sum(w * t for w, t in zip(found.durations, found.temperatures, strict=True)) / sum(found.durations)


def test_the_constants_are_the_convention_of_the_pharmacopoeia():
    """83.144 kJ/mol over 8.3144 J/mol/K is 10,000 K."""
    assert (
        pytest.approx(H_OVER_R_KELVIN, rel=1e-12) == HEAT_OF_ACTIVATION_KJ_PER_MOL * 1000 / GAS_CONSTANT_J_PER_MOL_K
    )


@pytest.mark.parametrize("celsius", [-78.5, -20.0, 0.0, 2.0, 5.0, 8.0, 25.0, 40.0])
def test_a_constant_temperature_is_its_own_mean(celsius):
    """To the last bit, so that a limit that was just kept is never broken by rounding."""
    found = hourly(*[celsius] * 50)
    assert mean_kinetic_celsius(found) == celsius
    assert worst_window_celsius(found, DAY) == celsius


@pytest.mark.parametrize(
    ("pairs", "answer"),
    [
        # Half the time at 20, half at 30: 25 by the plain mean.
        ([(0, 20), (1, 30)], 26.2599),
        # Three alike parts at 20, 25 and 30.
        ([(0, 20), (1, 25), (2, 30)], 25.8582),
        # A week at 5, a day at 15, a day at 5.
        ([(0, 5), (168, 15), (192, 5)], 6.8974),
    ],
)
def test_known_answers(pairs, answer):
    """Short records whose mean is known from the formula by hand."""
    found = record(*pairs)
    assert mean_kinetic_celsius(found) == pytest.approx(in_fifty_digits(found), abs=1e-9)
    assert mean_kinetic_celsius(found) == pytest.approx(answer, abs=1e-4)


def test_a_reading_holds_until_the_next_and_the_last_as_long_as_the_one_before():
    """Three hours at 8 and one at 5 are not the same as two readings."""
    uneven = record((0, 5), (1, 8), (4, 5), (5, 5))
    assert [duration // 3_600_000_000 for duration in uneven.durations] == [1, 3, 1, 1]
    assert mean_kinetic_celsius(uneven) == pytest.approx(mean_kinetic_celsius(hourly(5, 8, 8, 8, 5, 5)), abs=1e-9)


def test_one_reading_is_its_own_mean():
    """It holds for no time at all."""
    assert mean_kinetic_celsius(record((0, 6.5))) == 6.5
    assert worst_window_celsius(record((0, 6.5)), DAY) == 6.5


def test_the_worst_window_holds_the_excursion():
    """A day with six warm hours somewhere in a cold week: that day alone is counted."""
    week = hourly(*[4.0] * 80, *[12.0] * 6, *[4.0] * 82)
    day = hourly(*[4.0] * 18, *[12.0] * 6)
    assert worst_window_celsius(week, DAY) == pytest.approx(mean_kinetic_celsius(day), abs=1e-9)
    assert worst_window_celsius(week, DAY) > mean_kinetic_celsius(week)


def test_a_hot_minute_does_not_blur_what_is_cold():
    """Sums over a month at -80 degrees keep their digits beside a minute at 60."""
    month = [Reading(one.at, one.celsius) for one in hourly(*[-80.0] * 700).readings]
    spike = Reading(month[350].at + timedelta(minutes=1), 60.0)
    back = Reading(spike.at + timedelta(minutes=1), -80.0)
    found = record_of([*month, spike, back])
    assert mean_kinetic_celsius(found) == pytest.approx(in_fifty_digits(found), abs=1e-9)
    day = record((0, -80.0), (1, 60.0), (1 + 1 / 60, -80.0), (24 - 2 / 60, -80.0), (24 - 1 / 60, -80.0))
    assert worst_window_celsius(found, DAY) == pytest.approx(in_fifty_digits(day), abs=1e-3)


@given(records(at_least=2))
@settings(deadline=None, max_examples=80)
def test_two_routes_agree(found):
    """The formula as printed, in decimal arithmetic of fifty digits."""
    assert mean_kinetic_celsius(found) == pytest.approx(in_fifty_digits(found), abs=1e-9)


@given(records())
@settings(deadline=None)
def test_the_mean_lies_among_the_readings(found):
    """Never below the coldest, never above the warmest; nor does any window's."""
    for mean in (mean_kinetic_celsius(found), worst_window_celsius(found, DAY)):
        assert found.minimum <= mean <= found.maximum


@given(records(at_least=2).filter(lambda found: found.minimum > -80))
@settings(deadline=None)
def test_heat_counts_more_than_cold(found):
    """The kinetic mean is never below the plain mean over time."""
    assert mean_kinetic_celsius(found) >= time_weighted_mean(found) - 1e-9


@given(records(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_changes_nothing(found, chance: random.Random):
    """Rows are put in order of time."""
    rows = list(found.readings)
    chance.shuffle(rows)
    assert record_of(rows) == found


@given(records(at_least=3), st.data())
@settings(deadline=None)
def test_a_reading_said_twice_changes_nothing(found, data):
    """A reading split in two of the same temperature holds for the same time."""
    index = data.draw(st.integers(0, len(found.readings) - 3))
    whole = found.readings[index]
    half = Reading(whole.at + found.durations[index] // 2 * MICROSECOND, whole.celsius)
    split = record_of([*found.readings, half, whole])
    assert split.end == found.end
    assert mean_kinetic_celsius(split) == pytest.approx(mean_kinetic_celsius(found), abs=1e-9)
    assert worst_window_celsius(split, DAY) == pytest.approx(worst_window_celsius(found, DAY), abs=1e-9)
    assert split.hours_outside(2, 8) == pytest.approx(found.hours_outside(2, 8))


@given(st.lists(CELSIUS, min_size=4, max_size=60), st.integers(2, 20))
@settings(deadline=None)
def test_the_worst_window_is_the_worst_of_all(degrees, width):
    """Against every window of whole hours, for hourly readings where one of these is the worst."""
    found, window = hourly(*degrees), timedelta(hours=width)
    starts = range(len(degrees) - width + 1)
    every = [mean_kinetic_celsius(hourly(*degrees[start : start + width])) for start in starts]
    expected = max(every) if every else mean_kinetic_celsius(found)
    assert worst_window_celsius(found, window) == pytest.approx(expected, abs=1e-6)
