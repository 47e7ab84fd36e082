"""The band around a site's stock: certain visits leave none, chance widens it, and nothing is below zero."""

from fractions import Fraction
from typing import Any

from irt.study.planning import Planning
from optimization.live.bands import stock_band
from tests.optimization.live.world import a_site, courses

DAYS = 28
PENS = ("PEN-A", "PEN-P")


def settings(**more: Any) -> dict[str, Any]:
    """What a band is told of the study."""
    return {"planning": Planning(), "courses": courses({"PEN-A": 1}, 28, 56), **more}


def test_visits_that_surely_come_leave_no_band() -> None:
    """One active pen on day 5 and one on day 19, of three: the line is the band's both edges on the days told."""
    band = stock_band([a_site()], "1001", PENS[:1], [3] + [0] * (DAYS - 1), settings())
    assert [band.expected[day] for day in (4, 6, 19)] == [3.0, 2.0, 1.0]
    assert [band.low[day] for day in (6, 20)] == [band.high[day] for day in (6, 20)] == [2, 1]


def test_chance_widens_the_band_around_the_mean() -> None:
    """Four in screening, half of whom fail: fewer kits where many come; arrivals lift all three lines."""
    known = settings(courses=courses({"PEN-A": 1}, screening_days=14, screen_failure_rate=Fraction(1, 2)))
    coming = [2, *[0] * 9, 5, *[0] * 17]
    band = stock_band([a_site(expected_need={}, in_screening=4)], "1001", PENS[:1], coming, known)
    assert all(
        low - 1 < mean < high + 1 for low, mean, high in zip(band.low, band.expected, band.high, strict=True)
    )
    assert band.low[-1] < round(band.expected[-1]) < band.high[-1]
    assert band.expected[10] > band.expected[9]
    assert min(band.low) >= 0


def test_types_are_told_together() -> None:
    """Both pens of both visits: four of six are taken."""
    band = stock_band([a_site()], "1001", PENS, [6] + [0] * (DAYS - 1), settings())
    assert band.expected[-1] == 2.0
