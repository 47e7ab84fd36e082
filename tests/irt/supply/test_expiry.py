"""The windows before expiry."""

from datetime import date

import pytest

from irt.supply.expiry import blinded_expiry, outlasts


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


def test_a_blinded_lot_shows_the_earliest() -> None:
    """The lots of all arms under one label end together, with the first of them."""
    assert blinded_expiry([date(2027, 5, 31), date(2027, 3, 31)]) == date(2027, 3, 31)
