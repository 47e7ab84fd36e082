"""A live study's enrolment: what is known of its sites beside the counts, and the month that is under way."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from simulation.enrolment.posterior.fit import Effort
from simulation.enrolment.study import (
    Condition,
    ForecastAsked,
    KnownSite,
    StudyEnrolment,
    StudyForecast,
    TooEarly,
    forecast_study,
    month_on,
)

SHORT = Effort(20, 40, 2)
DAY = date(2026, 3, 16)
NOW = month_on(DAY)
ASKED = ForecastAsked(months=4, target=60)


def foreseen(*conditions: Condition, asked: ForecastAsked = ASKED, day: date = DAY) -> StudyForecast:
    """Of sites that enrolled two subjects a month for five months, in these conditions now."""
    sites = tuple(KnownSite(f"{n}", "X", NOW - 6, condition) for n, condition in enumerate(conditions))
    counts = [(NOW - ago, site.number, 2) for site in sites for ago in range(1, 6)]
    return forecast_study(StudyEnrolment(counts, sites, day), asked, SHORT)


def test_sites_that_are_over_enrol_nobody() -> None:
    """Closed and full ones never again; they are no sites at risk either."""
    found = foreseen("closed", "full")
    assert found.forecast.known == 20
    assert not found.forecast.new.any()
    assert found.outlooks == []


def test_a_site_on_hold_enrols_nobody_before_it_goes_on() -> None:
    """Less than an active one, and not nothing: it may go on."""
    held, active = foreseen("on_hold"), foreseen("active")
    assert 0 < held.forecast.new.sum() < active.forecast.new.sum()
    assert held.outlooks[0].active == 0


def test_this_months_subjects_count_and_the_rest_of_it_is_foreseen() -> None:
    """On the last day of a month nothing is left of it but what came."""
    sites = (KnownSite("1", "X", NOW - 6, "active"),)
    counts: Sequence[tuple[int, str, int]] = [(NOW - 1, "1", 4), (NOW - 2, "1", 5), (NOW, "1", 3)]
    known = StudyEnrolment(counts, sites, date(2026, 3, 31))
    found = forecast_study(known, ASKED, SHORT)
    assert (found.so_far, found.forecast.known) == (3, 9)
    assert (found.forecast.new[:, 0] == 3).all()
    early = forecast_study(StudyEnrolment(counts, sites, date(2026, 3, 1)), ASKED, SHORT)
    assert early.forecast.new[:, 0].min() >= 3
    assert early.forecast.new[:, 0].mean() > 3
    assert (early.forecast.new[:, 1:] == found.forecast.new[:, 1:]).all()


def test_only_sites_that_are_known_open() -> None:
    """Planned ones wait, closed ones do not; without any the same sites go on alone."""
    assert foreseen("active").waiting == 0
    sites = (
        KnownSite("1", "X", NOW - 3, "active"),
        KnownSite("2", "X", NOW - 3, "planned"),
        KnownSite("3", "X", NOW - 3, "closed"),
    )
    found = forecast_study(StudyEnrolment([(NOW - 1, "1", 2)], sites, DAY), ASKED, SHORT)
    assert found.waiting == 1


def test_a_limit_of_the_study_ends_it() -> None:
    """No path goes beyond; many come to it."""
    found = foreseen("active", "active", asked=ForecastAsked(months=6, target=24, most=24))
    assert found.forecast.cumulative.max() == 24
    assert (found.forecast.new >= 0).all()


def test_the_chain_is_watched() -> None:
    """Every sweep is told, the last one as all of them."""
    told: list[tuple[int, int]] = []
    sites = (KnownSite("1", "X", NOW - 3, "active"),)
    known = StudyEnrolment([(NOW - 1, "1", 2)], sites, DAY)
    forecast_study(known, ASKED, SHORT, lambda done, of: told.append((done, of)))
    assert told == [(done, 60) for done in range(1, 61)]
    again, other = (forecast_study(known, ForecastAsked(4, 60, seed=seed), SHORT) for seed in (1, 2))
    assert not np.array_equal(again.forecast.new, other.forecast.new)


def test_without_a_month_that_is_over_there_is_nothing_to_learn() -> None:
    """Refused in words."""
    sites = (KnownSite("1", "X", NOW, "active"),)
    with pytest.raises(TooEarly, match="Ask again next month"):
        forecast_study(StudyEnrolment([(NOW, "1", 2)], sites, DAY), ASKED, SHORT)
