"""Expiry and its windows: days counted back from expiry in which a kit is not dispensed, counted or shipped."""

from datetime import date, timedelta


def outlasts(expiry: date, day: date, days: int) -> bool:
    """Whether a kit is still good `days` after `day`; it may be used on its expiry date itself."""
    return day + timedelta(days=days) <= expiry


def blinded_expiry(expiries: list[date]) -> date:
    """The one date that a blinded lot shows: the earliest of its manufacturing lots."""
    return min(expiries)
