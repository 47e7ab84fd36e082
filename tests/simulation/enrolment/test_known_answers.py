"""Where a closed form is known: negative binomial counts, beta prime completion, empty sites, plain posteriors."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from simulation.enrolment.forecast import Forecast, completion
from simulation.enrolment.history import History
from simulation.enrolment.paths import Paths
from simulation.enrolment.posterior.fit import Effort, fit
from simulation.enrolment.prior import PRIOR, Chance, Normal
from tests.simulation.enrolment.known_answers import (
    completed,
    empty_site,
    mean_completion,
    negative_binomial,
    plain_posterior,
)

SITES, SHAPE, INVERSE_SCALE, DRAWS = 12, 1.5, 2.0, 40_000
NOBODY = np.zeros(DRAWS, dtype=np.int64)


@pytest.fixture(scope="module")
def new() -> np.ndarray:
    """Many paths of plain Poisson-gamma enrolment, by month."""
    chance = np.random.default_rng(5)
    rate = chance.gamma(SHAPE, 1 / INVERSE_SCALE, size=(DRAWS, SITES))
    paths = Paths(plain_posterior(rate), np.arange(DRAWS), chance)
    return np.stack([paths.month(NOBODY) for _ in range(8)], axis=1)


def test_counts_are_negative_binomial(new: np.ndarray) -> None:
    """The total of gamma rates with one scale after three months, value by value."""
    law = negative_binomial(SITES * SHAPE, 3 / INVERSE_SCALE, 120)
    seen = np.bincount(new[:, :3].sum(axis=1), minlength=120)[:120] / DRAWS
    assert np.abs(seen - law).max() < 4 * np.sqrt(law.max() / DRAWS)
    assert np.abs(np.cumsum(seen) - np.cumsum(law)).max() < 1.63 / np.sqrt(DRAWS)


def test_completion_is_beta_prime(new: np.ndarray) -> None:
    """The chance to be complete after each month, and the mean of the law."""
    target, shape = 40, SITES * SHAPE
    for months in range(1, 9):
        seen = (new[:, :months].sum(axis=1) >= target).mean()
        assert abs(seen - completed(target, shape, INVERSE_SCALE, months)) < 2.5 / np.sqrt(DRAWS)
    fine = np.linspace(0, 100, 4001)[1:]
    mean = sum(1 - completed(target, shape, INVERSE_SCALE, float(time)) for time in fine) * (fine[1] - fine[0])
    assert mean == pytest.approx(mean_completion(target, shape, INVERSE_SCALE), rel=0.01)


def test_the_remaining_time_after_an_interim_look_is_beta_prime() -> None:
    """With equal exposure only the total counts: shape and inverse scale grow by subjects and months."""
    chance, enrolled, months = np.random.default_rng(6), np.arange(SITES) % 4, 5.0
    rate = chance.gamma(SHAPE + enrolled, 1 / (INVERSE_SCALE + months), size=(DRAWS, SITES))
    paths = Paths(plain_posterior(rate), np.arange(DRAWS), chance)
    came = paths.month(NOBODY) + paths.month(NOBODY)
    shape = SITES * SHAPE + enrolled.sum()
    for remaining in (3, 8, 12):
        exact = completed(remaining, shape, INVERSE_SCALE + months, 2.0)
        assert abs((came >= remaining).mean() - exact) < 2.5 / np.sqrt(DRAWS)


def test_empty_sites_are_as_frequent_as_the_closed_form_says() -> None:
    """Sites share a known total by Dirichlet-multinomial weights."""
    chance, total = np.random.default_rng(7), 9
    rate = chance.gamma(SHAPE, size=(DRAWS, 4))
    shares = rate / rate.sum(axis=1, keepdims=True)
    counts = chance.multinomial(total, shares)
    assert abs((counts == 0).mean() - empty_site(total, 4, SHAPE)) < 2.5 / np.sqrt(DRAWS)


def test_the_sampler_finds_the_integrated_poisson_gamma_posterior() -> None:
    """Where nothing tires, stops or wavers, rates and hyperparameters agree with a grid over shape and mean."""
    counts = np.array([[1, 0, 1, 0], [1, 3, 2, 4], [1, 0, 0, 0], [1, 1, 0, 2], [1, 5, 6, 4], [1, 0, 1, 1]])
    history = History(24000, tuple("abcdef"), ("X",) * 6, counts)
    still = Normal(0.0, 1e-4)
    prior = replace(
        PRIOR, tiring=still, fading=still, holiday=still, spread=1e-3, drift_sd=0.003, month_sd=0.003,
        country_sd=0.003, stopping=Chance(1e-3, 1e6), resuming=Chance(1e3, 1.0),
    )  # fmt: skip
    posterior = fit(history, 3, prior, Effort(200, 1000, 1))
    after, exposure = counts.sum(axis=1) - 1, 3.5
    log_shape, log_mean = (
        axis[..., None] for axis in np.meshgrid(np.linspace(-3, 3, 161), np.linspace(-2, 3, 161))
    )
    shape, inverse = np.exp(log_shape), np.exp(log_shape - log_mean)
    rising = sum(np.log(shape + step) * (step < after) for step in range(int(after.max())))
    told = (rising + shape * np.log(inverse) - (shape + after) * np.log(inverse + exposure)).sum(axis=2)
    told -= (log_shape[..., 0] / 0.7) ** 2 / 2 + ((log_mean[..., 0] - 0.4) / 1.5) ** 2 / 2
    weight = np.exp(told - told.max())[..., None]
    exact = (weight * (shape + after) / (inverse + exposure)).sum(axis=(0, 1)) / weight.sum()
    assert posterior.rate.mean(axis=0) == pytest.approx(exact, rel=0.15)
    mean_shape = (weight * log_shape).sum() / weight.sum()
    assert np.log(posterior.scalar["shape"]).mean() == pytest.approx(mean_shape, abs=0.2)


def test_completion_lies_within_the_month_that_reaches_the_target() -> None:
    """Ten known, then five a month from March on; the months have 31, 30 and 31 days."""
    known = History(2000 * 12, ("a",), ("X",), np.array([[4, 6]]))
    forecast = Forecast(known, np.array([[5, 5, 5]]))
    assert completion(forecast, 20, (0.5,)) == [date(2000, 4, 30)]
    assert completion(forecast, 18, (0.5,)) == [date(2000, 4, 19)]
    assert completion(forecast, 26, (0.05, 0.5)) == [None, None]
    assert completion(forecast, 7, (0.5,)) == [date(2000, 2, 15)]
    assert completion(forecast, 10, (0.5,)) == [date(2000, 2, 29)]


def test_a_completion_that_few_paths_reach_is_told_for_these_shares_alone() -> None:
    """One path in four reaches the target."""
    known = History(2000 * 12, ("a",), ("X",), np.array([[4]]))
    forecast = Forecast(known, np.array([[9], [1], [2], [3]]))
    assert completion(forecast, 13, (0.25, 0.5)) == [date(2000, 2, 29), None]
