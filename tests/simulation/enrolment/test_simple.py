"""The simple forecasts are what their names say."""

import numpy as np
import pytest

from simulation.enrolment.history import History
from simulation.enrolment.simple import fitted_gamma, flat_rate, plug_in


def test_the_flat_rate_is_that_of_six_months() -> None:
    """Older months do not count."""
    history = History(24000, ("a",), ("X",), np.array([[90, 90, 2, 3, 4, 5, 6, 10]]))
    paths = flat_rate(history, 2, 20_000, np.random.default_rng(1))
    assert paths.mean(axis=0) == pytest.approx(np.array([5.0, 5.0]), abs=0.1)
    assert paths.var() == pytest.approx(5.0, rel=0.05)


def test_a_gamma_law_is_found_again() -> None:
    """From many sites with the same exposure."""
    chance = np.random.default_rng(2)
    enrolled = chance.poisson(chance.gamma(1.5, 2.0, size=800) * 5.0).astype(float)
    shape, scale = fitted_gamma(enrolled, np.full(800, 5.0))
    assert shape == pytest.approx(1.5, rel=0.15)
    assert shape * scale == pytest.approx(3.0, rel=0.05)


def test_the_plug_in_forecast_goes_on_at_the_rates_shown() -> None:
    """Sites neither open nor stop."""
    history = History(24000, ("a", "b"), ("X", "X"), np.array([[5, 5, 5, 5], [1, 1, 1, 1]]))
    paths = plug_in(history, 3, 20_000, np.random.default_rng(3))
    assert paths.mean(axis=0) == pytest.approx(np.full(3, 6.0), rel=0.15)
