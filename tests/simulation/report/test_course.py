"""A course is its replication in fewer numbers: what it counts adds up to what was measured."""

from typing import Any

import numpy as np
import pytest

from simulation.measures import CAUSES
from simulation.replication import replicate
from simulation.report.axes import axes_of
from simulation.report.course import COURSE, STOCKS, course_of
from simulation.spec.reading import changed
from tests.simulation.worked import small_trial, worked

WAITS: dict[str, Any] = {
    "supply.shortage": {"rule": "waits", "patience_days": 12},
    "subjects.replacement_chance": 0.2,
}


@pytest.mark.parametrize("changes", [{}, WAITS, WAITS | {"warm_up_days": 60}], ids=["lost", "waits", "warm-up"])
def test_what_is_counted_adds_up(changes: dict[str, Any]) -> None:
    """By period, by site and by visit: all visits and all misses, each once; late ones are no new ones."""
    scenario = changed(small_trial(), changes)
    played = replicate(scenario, 8, 0, keep_days=True, keep_events=True)
    course = course_of(axes_of(scenario), played).measures
    assert list(course) == list(COURSE)
    assert played.measures["missed"] > 0
    for name in ("visits", "site_visits", "visit_due"):
        assert course[name].sum() == played.measures["visits"]
    for name in ("site_missed", "visit_missed"):
        assert course[name].sum() == played.measures["missed"]
    assert [course[cause].sum() for cause in CAUSES] == [played.measures[cause] for cause in CAUSES]
    if not scenario.warm_up_days:
        assert course["randomized"].sum() == played.measures["randomized"] == course["visit_due"][0]


def test_stock_is_that_of_the_last_day_of_each_period() -> None:
    """Of every site, and of all places together."""
    scenario = small_trial()
    axes, played = axes_of(scenario), replicate(scenario, 8, 1, keep_days=True, keep_events=True)
    course, days = course_of(axes, played).measures, played.days
    assert days is not None
    assert axes.last_days[0] == 6
    assert axes.last_days[-1] == scenario.horizon_days - 1
    stock = course["site_stock"].reshape(len(axes.sites), axes.periods)
    assert np.array_equal(stock[:, 1], days["site_stock"][:, 13])
    assert stock[:, -1].sum() == played.measures["left_at_sites"] == course["kits_at_sites"][-1]
    assert [course[name][-1] for name in STOCKS[1:]] == [
        played.measures[name] for name in ("left_at_depots", "left_on_the_way")
    ]


def test_a_visit_that_comes_often_is_told_by_its_day() -> None:
    """Within its window it is that of the nearest planned day; requests and replacements are by their own."""
    axes = axes_of(worked("trial-two-years"))
    assert axes.visit_names[:3] == ("V1", "V2 day 28", "V2 day 56")
    assert axes.visit_names[-1] == "replacement"
    assert [axes.visit_of("V2", day) for day in (25, 31, 53, 42)] == [1, 1, 2, 1]
    assert axes.visit_of("replacement", 100) == len(axes.visits)
    assert axes_of(worked("base-stock")).visit_names == ("request",)


@pytest.mark.parametrize(("days", "period", "words"), [(40, 1, "day"), (730, 7, "week"), (1826, 21, "3 weeks")])
def test_periods_are_as_fine_as_a_plot(days: int, period: int, words: str) -> None:
    """Days, weeks, or whole weeks; the last may be shorter."""
    axes = axes_of(changed(small_trial(), {"horizon_days": days}))
    assert (axes.period_days, axes.period_words) == (period, words)
    assert axes.periods <= 105
    assert axes.last_days[-1] == days - 1
