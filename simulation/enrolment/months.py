"""Months of the calendar, numbered one after another."""

import re
from datetime import date, timedelta

from irt.errors import BadInput

YEAR = 12
WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class NotAMonth(BadInput):
    """A month that is not written as YYYY-MM."""

    def __init__(self, text: str) -> None:
        super().__init__(f"'{text}' is no month. Nothing was calculated. Write it as YYYY-MM, such as 1994-12.")


def month_of(text: str) -> int:
    """The number of a month written YYYY-MM; NotAMonth else."""
    found = WRITTEN.fullmatch(text)
    if found is None or int(found[1]) < 1:
        raise NotAMonth(text)
    return int(found[1]) * YEAR + int(found[2]) - 1


def written(month: int) -> str:
    """A month as YYYY-MM."""
    return f"{month // YEAR:04d}-{month % YEAR + 1:02d}"


def day_within(month: int, share: float) -> date:
    """The day after so great a share of a month has passed."""
    days = days_in(month)
    return _first_day(month) + timedelta(days=min(int(share * days), days - 1))


def days_in(month: int) -> int:
    """How many days a month has."""
    return (_first_day(month + 1) - _first_day(month)).days


def _first_day(month: int) -> date:
    return date(month // YEAR, month % YEAR + 1, 1)
