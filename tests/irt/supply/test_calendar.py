"""When a lane's goods leave."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.supply.calendar import EVERY_DAY, WEEKDAYS, DispatchCalendar, calendar_of, is_review_day

MONDAY = date(2026, 3, 2)
WORKDAYS = DispatchCalendar(frozenset(range(5)))


@pytest.mark.parametrize(("days", "past", "leaves"), [(0, False, 0), (0, True, 1), (4, True, 7), (5, False, 7)])
def test_goods_wait_for_a_working_day(days: int, past: bool, leaves: int) -> None:
    """Monday's order leaves on Monday, after the cut-off on Tuesday; Friday's late one waits for Monday."""
    assert WORKDAYS.dispatch_on(MONDAY + timedelta(days=days), past) == MONDAY + timedelta(days=leaves)


@pytest.mark.parametrize(
    ("day", "hour", "late"), [(0, 14, False), (0, 15, False), (0, 16, True), (1, 9, True), (-1, 23, False)]
)
def test_the_cut_off_is_the_depots_local_time(day: int, hour: int, late: bool) -> None:
    """An order for Monday given on Monday at 15:00 is in time, at 16:00 or on Tuesday it is late."""
    calendar = DispatchCalendar(cut_off=time(15))
    local = datetime.combine(MONDAY + timedelta(days=day), time(hour))
    assert calendar.past_cut_off(MONDAY, local) is late


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.dates(MONDAY, MONDAY + timedelta(days=30))),
    st.dates(MONDAY, MONDAY + timedelta(days=30)),
)
def test_it_is_the_first_day_that_will_do(weekdays: set[int], holidays: set[date], day: date) -> None:
    """A weekday of the lane, no holiday, not before the order, and no such day in between."""
    calendar = DispatchCalendar(frozenset(weekdays), frozenset(holidays))
    leaves = calendar.dispatch_on(day)

    def works(on: date) -> bool:
        return on.weekday() in weekdays and on not in holidays

    assert leaves >= day
    assert works(leaves)
    assert not any(works(day + timedelta(days=i)) for i in range((leaves - day).days))


def test_a_lane_without_days_is_refused() -> None:
    """A calendar on which nothing ever leaves gives an error, not an endless search."""
    with pytest.raises(ValueError, match="no dispatch day"):
        DispatchCalendar(frozenset()).dispatch_on(MONDAY)


def test_a_stored_calendar_is_read_back() -> None:
    """As a lane keeps it; what is not said is every day, all day."""
    stored = {"dispatch_days": ["mon", "fri"], "holidays": ["2026-03-06"], "cut_off": "13:30:00"}
    assert calendar_of(stored) == DispatchCalendar(frozenset({0, 4}), frozenset({date(2026, 3, 6)}), time(13, 30))
    assert calendar_of({}) == EVERY_DAY
    assert len(WEEKDAYS) == 7


def test_every_day_is_a_review_day_of_a_daily_study() -> None:
    """And of a weekly one, Mondays."""
    week = [MONDAY + timedelta(days=i) for i in range(7)]
    assert all(is_review_day(day, 1) for day in week)
    assert [is_review_day(day, 7) for day in week] == [True] + [False] * 6


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(1, 60))
def test_one_day_of_every_period_is_a_review_day(day: date, review_days: int) -> None:
    """Whatever day one begins to count on."""
    period = [day + timedelta(days=i) for i in range(review_days)]
    assert sum(is_review_day(each, review_days) for each in period) == 1
