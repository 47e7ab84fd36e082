"""Pictures say the same as their tables, escape every word, and need no style attribute."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.story.network_map import network_map
from tests.optimization.story.small import small_plan, small_problem
from web import charts
from web.charts.series import round_scale
from web.charts.svg import plain

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
TODAY = date(2026, 6, 16)
VISITS = [
    charts.VisitMark("Visit 1", date(2026, 4, 21), "done", date(2026, 4, 14), date(2026, 4, 28)),
    charts.VisitMark("Visit 2", date(2026, 6, 2), "skipped"),
    charts.VisitMark("Visit 3", TODAY, "due", TODAY - timedelta(3), TODAY + timedelta(3)),
    charts.VisitMark("Visit 4", date(2026, 7, 14), "planned", date(2026, 7, 11), date(2026, 7, 17)),
]
EVERY = {
    "line": charts.line_chart("Gap <1 %", "s", "cost", [charts.Series("a", [(0, 1), (5, 3)])]),
    "bar": charts.bar_chart("Kits", "kits", ["Jul", "Aug"], [("used", [5, 7]), ("lost & gone", [1, 0])]),
    "projection": charts.projection_chart("Stock", [TODAY, TODAY + timedelta(7)], [5, 4], [5, 2], [5, 6], 3),
    "visits": charts.visit_line(VISITS, TODAY),
    "dots": charts.visit_dots("Expected", ["L-3", "T-2"], [("Tue", (2, 1)), ("Wed", (0, 0))]),
    "fan": charts.fan_chart(
        "Fan",
        [("2026-05", 4), ("2026-06", 9)],
        [charts.FanMonth("2026-07", {"p05": 9, "p25": 10, "p50": 12, "p75": 14, "p95": 18})],
        20,
    ),
    "difference": charts.difference_bar(-3, 10),
    "key": charts.visit_line_key(),
    "gap": charts.gap_chart("Bound", [(0.1, 100_000, None), (0.4, 200_000, 900_000), (1, 300_000, 400_000)]),
    "split": charts.split_chart("Split", "cost", ["a < b", "c", "d", "e"], [("Plan 1", (3, 2, 0, 1))]),
    "network": charts.network_picture("Net", network_map(small_problem(), small_plan()), {"S2": 3}),
    "network key": charts.network_key(),
}


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_is_styled_by_class_alone(name):
    assert not re.search(r"\sstyle=|\sfill=|\sstroke=|\son[a-z]+=", EVERY[name])


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"difference", "key", "network key"}))
def test_a_picture_has_a_title_and_a_description(name):
    assert re.search(r"<title id=.*?>.+?</title><desc id=.*?>.+?</desc>", EVERY[name])


@pytest.mark.parametrize("name", ["line", "bar", "projection", "dots", "fan"])
def test_the_numbers_stand_beside_the_picture(name):
    assert "<table" in EVERY[name]
    assert "Numbers behind the picture" in EVERY[name]


def test_words_are_escaped():
    assert "Gap &lt;1 %" in EVERY["line"]
    assert "lost &amp; gone" in EVERY["bar"]


def test_the_table_says_each_number_and_the_sum():
    rows = re.findall(r"<tr>(.*?)</tr>", EVERY["bar"])
    assert [re.findall(r">([^<]+)</t", row) for row in rows[1:]] == [["Jul", "5", "1", "6"], ["Aug", "7", "0", "7"]]


def test_the_visit_line_says_every_visit_in_words():
    assert "Visit 1 done, 21 Apr 2026; Visit 2 skipped, 2 Jun 2026" in EVERY["visits"]
    assert "Visit 3 due now, window 13–19 Jun 2026" in EVERY["visits"]
    assert "Today is 16 Jun 2026" in EVERY["visits"]


@pytest.mark.parametrize(("value", "words"), [(3, "+3"), (-3, "−3"), (0, "0")])
def test_a_difference_carries_its_sign(value, words):
    assert f">{words}</text>" in charts.difference_bar(value, 10)


@given(st.lists(NUMBERS, min_size=1, max_size=30))
@settings(deadline=None)
def test_a_scale_holds_every_value_between_round_numbers(values):
    """Every value lies on the drawing; ticks are evenly spaced and few enough to read."""
    scale = round_scale(values, 0, 100)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    gaps = [b - a for a, b in zip(scale.ticks, scale.ticks[1:], strict=False)]
    assert 1 <= len(gaps) <= 7
    assert max(gaps) - min(gaps) <= 1e-6 * max(gaps)


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True).map(sorted),
    st.integers(-30, 430),
)
@settings(deadline=None)
def test_every_visit_stays_on_the_line(offsets, today_offset):
    """Whatever the schedule and wherever today falls, marks stay inside the drawing."""
    first = date(2026, 1, 1)
    visits = [charts.VisitMark(f"V{i}", first + timedelta(o), "planned") for i, o in enumerate(offsets)]
    drawn = charts.visit_line(visits, first + timedelta(today_offset))
    places = [float(x) for x in re.findall(r'(?:cx|x1)="(-?[\d.]+)"', drawn)]
    assert all(0 <= place <= 1200 for place in places)
    assert len(re.findall(r"<circle", drawn)) == len(visits)


@pytest.mark.parametrize(("value", "words"), [(5, "5"), (1850.0, "1,850"), (0.25, "0.250"), (12.34, "12.3")])
def test_numbers_are_short(value, words):
    assert plain(value) == words


def test_a_best_plan_that_never_moved_is_still_seen():
    """One point makes no line: a disc stands there; large costs are told in thousands."""
    picture = charts.gap_chart("Bound", [(1, 100_000, 400_000)])
    assert picture.count("<circle") == 2
    assert "cost, thousands" in picture


def test_sites_without_kits_say_how_many_are_missing():
    """Words beside the mark, not colour alone."""
    assert "S2: 3 missing" in EVERY["network"]
