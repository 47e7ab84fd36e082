"""Forecasts, backtests, sites at risk and checks of a small trial: from a seed, and in themselves consistent."""

from xml.etree import ElementTree

import numpy as np
import pytest

from simulation.enrolment.at_risk import chance_of_at_most, sites_at_risk
from simulation.enrolment.backtest import HistoryTooShort, table, trials_of
from simulation.enrolment.checks import check_model
from simulation.enrolment.fan_chart import fan_chart
from simulation.enrolment.forecast import Forecast, forecast_enrolment
from simulation.enrolment.history import History
from simulation.enrolment.posterior.fit import Effort

SHORT = Effort(30, 60, 2)


@pytest.fixture(scope="module")
def small() -> History:
    """Eight sites over ten months; the last two have been silent for long."""
    chance = np.random.default_rng(11)
    counts = chance.poisson(np.array([[4.0], [2.0], [2.0], [1.0], [1.0], [0.5], [3.0], [3.0]]), size=(8, 10))
    counts[:, 0] = np.maximum(counts[:, 0], 1)
    counts[:6, -1] += 1
    counts[6:, 3:] = 0
    return History(24000, tuple("abcdefgh"), ("X", "Y") * 4, counts)


@pytest.fixture(scope="module")
def forecast(small: History) -> Forecast:
    """Six months ahead and as far as the target needs."""
    return forecast_enrolment(small, 6, 1, int(small.counts.sum()) + 30, SHORT)


def test_the_same_seed_gives_the_same_paths(small: History, forecast: Forecast) -> None:
    """And another one others."""
    again = forecast_enrolment(small, 6, 1, forecast.known + 30, SHORT)
    other = forecast_enrolment(small, 6, 2, forecast.known + 30, SHORT)
    assert np.array_equal(again.new, forecast.new)
    assert not np.array_equal(other.new[:, :6], forecast.new[:, :6])


def test_a_target_does_not_change_the_months_asked_for(small: History, forecast: Forecast) -> None:
    """It only asks for more of them."""
    without = forecast_enrolment(small, 6, 1, effort=SHORT)
    assert without.new.shape[1] == 6
    assert np.array_equal(without.new, forecast.new[:, :6])


def test_cumulative_counts_begin_with_the_subjects_known(small: History, forecast: Forecast) -> None:
    """And grow by the new ones."""
    assert forecast.known == small.counts.sum()
    assert np.array_equal(np.diff(forecast.cumulative, axis=1), forecast.new[:, 1:])
    assert np.array_equal(forecast.cumulative[:, 0], forecast.known + forecast.new[:, 0])


@pytest.mark.parametrize("counts", [[[1]], [[3]], [[1, 0, 0, 0, 0, 0]], [[40, 50]], [[1, 1], [0, 1]]])
def test_little_is_enough(counts: list[list[int]]) -> None:
    """One subject, one month, one site: whatever is known, there is a forecast."""
    history = History(24000, tuple("ab")[: len(counts)], ("X",) * len(counts), np.array(counts))
    new = forecast_enrolment(history, 3, 1, effort=Effort(10, 10, 1)).new
    assert new.shape == (20, 3)
    assert (new >= 0).all()


def test_silent_sites_are_at_risk(small: History) -> None:
    """Those that have enrolled nobody for seven months lead the list."""
    outlooks = sites_at_risk(small, 6, 0, 1, SHORT)
    assert {outlook.site for outlook in outlooks[:2]} == {"g", "h"}
    assert outlooks[0].active < 0.5 < outlooks[-1].active
    assert [each.at_most for each in outlooks] == sorted((each.at_most for each in outlooks), reverse=True)
    assert sum(each.enrolled for each in outlooks) == small.counts.sum()


def test_the_chance_of_at_most_so_many_is_that_of_the_law() -> None:
    """Mean 2 and variance 3: shape 4, odds one half."""
    chances = [chance_of_at_most(most, np.array(2.0), np.array(0.5)) for most in (0, 1, 60)]
    assert float(chances[0]) == pytest.approx(1.5**-4)
    assert float(chances[1]) == pytest.approx(1.5**-4 + 4 * 0.5 * 1.5**-5)
    assert float(chances[2]) == pytest.approx(1.0)


def test_the_checks_tell_the_data_and_shares(small: History) -> None:
    """Of data the model can make, no share is quite 0 or 1."""
    checks = {check.figure: check for check in check_model(small, 1, SHORT)}
    assert checks["sites silent at the end"].observed == 2
    assert all(0 < check.smaller < 1 for check in checks.values())


def test_a_backtest_looks_at_the_past_alone(small: History) -> None:
    """What came after a cut-off changes scores, never the forecast: places differ, paths do not."""
    told: list[tuple[int, int]] = []
    trials = trials_of(small, 4, 3, 1, SHORT, lambda done, asked: told.append((done, asked)))
    assert [(trial.known_months, trial.horizon) for trial in trials] == [(4, 3), (4, 6), (7, 3)]
    assert told == [(1, 2), (2, 2)]
    lines = table(trials)
    assert [line.cut_offs for line in lines] == [2] * 6 + [1] * 6
    assert {line.method for line in lines} == {"model", "flat_rate", "plug_in"}
    assert all(line.covered_50 <= line.covered_80 <= line.covered_90 for line in lines)


def test_a_backtest_without_a_future_is_refused(small: History) -> None:
    """There must be three months after the first cut-off."""
    with pytest.raises(HistoryTooShort, match="The file knows 10 months"):
        trials_of(small, 8, 1, 1, SHORT, lambda done, asked: None)


def test_the_fan_chart_is_drawn_and_told(forecast: Forecast) -> None:
    """Two bands, two lines, the target, and a sentence for who does not see it."""
    drawing = ElementTree.fromstring(fan_chart(forecast, 6, forecast.known + 30))  # noqa: S314 - our own
    tags = [element.tag.rpartition("}")[2] for element in drawing.iter()]
    assert (tags.count("polygon"), tags.count("polyline")) == (2, 2)
    assert f"{forecast.known:,} subjects so far" in (drawing.get("aria-label") or "")
