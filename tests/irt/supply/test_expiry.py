"""The windows before expiry."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.supply.expiry import blinded_expiry, expiry_of_label, last_good_day, outlasts


@pytest.mark.parametrize(
    ("day", "days", "good"),
    [
        (date(2026, 6, 30), 0, True),
        (date(2026, 7, 1), 0, False),
        (date(2026, 6, 1), 29, True),
        (date(2026, 6, 1), 30, False),
    ],
)
def test_windows_include_their_last_day(day: date, days: int, good: bool) -> None:
    """A kit of 30 June 2026 is good on that day, and no later."""
    assert outlasts(date(2026, 6, 30), day, days) is good


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 400))
def test_the_last_good_day_is_the_last(expiry: date, days: int) -> None:
    """On the last good day the window is not open; a day later it is."""
    last = last_good_day(expiry, days)
    assert outlasts(expiry, last, days)
    assert not outlasts(expiry, last + timedelta(days=1), days)


@pytest.mark.parametrize(("month", "year", "day"), [(2, 2028, 29), (2, 2027, 28), (12, 2026, 31), (4, 2026, 30)])
def test_a_month_on_a_label_means_its_last_day(month: int, year: int, day: int) -> None:
    """02/2028 is 29 February 2028."""
    assert expiry_of_label(month, year) == date(year, month, day)


def test_a_blinded_lot_shows_the_earliest() -> None:
    """The lots of all arms under one label end together, with the first of them."""
    assert blinded_expiry([date(2027, 5, 31), date(2027, 3, 31)]) == date(2027, 3, 31)
