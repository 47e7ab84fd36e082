"""How long a list lasts: positions left, and the day they are used up if subjects go on coming as they did."""

from datetime import date, timedelta
from typing import NamedTuple

WARN_DAYS = 60
"""A list that ends within as many days is to be extended: two people must meet, and sign."""
WINDOW_DAYS = 90
"""Subjects of so many days back tell how fast they come."""


class Depletion(NamedTuple):
    """One stratum's list; `ends_on` is None where nobody came lately. `short` asks for an extension."""

    stratum: str
    positions: int
    used: int
    lately: int
    ends_on: date | None
    short: bool

    @property
    def left(self) -> int:
        """Positions that nobody has taken."""
        return self.positions - self.used


def depletion_of(stratum: str, positions: int, used: int, lately: int, today: date, days: int) -> Depletion:
    """The forecast from how many took a position in so many days back, today included; days are 1 or more."""
    left = positions - used
    if not left:
        return Depletion(stratum, positions, used, lately, today, True)
    if not lately:
        return Depletion(stratum, positions, used, lately, None, False)
    lasts = left * days // lately
    return Depletion(stratum, positions, used, lately, today + timedelta(days=lasts), lasts <= WARN_DAYS)
