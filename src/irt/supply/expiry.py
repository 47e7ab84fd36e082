"""Expiry and its windows: days counted back from expiry in which a kit is not dispensed, counted or shipped."""

import calendar
from datetime import date, timedelta


def outlasts(expiry: date, day: date, days: int) -> bool:
    """Whether a kit is still good `days` after `day`; it may be used on its expiry date itself."""
    return day + timedelta(days=days) <= expiry


def last_good_day(expiry: date, days: int) -> date:
    """The last day before a window of `days` begins: on the day after it, the kit no longer passes."""
    return expiry - timedelta(days=days)


def expiry_of_label(month: int, year: int) -> date:
    """The date meant by MM/YYYY on a label: the last day of that month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def blinded_expiry(expiries: list[date]) -> date:
    """The one date that a blinded lot shows: the earliest of its manufacturing lots."""
    return min(expiries)
