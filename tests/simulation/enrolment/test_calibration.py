"""Trials drawn from the prior lie in forecasts' intervals as often as these say; plug-in intervals cover less."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.enrolment.paths import Paths
from simulation.enrolment.posterior.fit import Effort, fit
from simulation.enrolment.prior import PRIOR, Normal
from simulation.enrolment.scores import coverage, place
from simulation.enrolment.simple import plug_in
from simulation.enrolment.special import Floats
from tests.simulation.enrolment.invented import Invented, invent

MONTHS, AHEAD = 12, 4
PRIOR_OF_TRIALS = replace(PRIOR, log_mean=Normal(0.4, 0.6))
"""Narrower than the product's: trials with hardly a subject, or thousands, tell nothing here."""


def placed(seed: int, sites: int, effort: Effort) -> tuple[float, float]:
    """Where what came lies in the forecast, and where in the plug-in forecast."""
    trial = invent(seed, sites, MONTHS, AHEAD, PRIOR_OF_TRIALS)
    came, chance = float(trial.came.sum()), np.random.default_rng(seed)
    plain = plug_in(trial.seen, AHEAD, 1000, chance).sum(axis=1)
    return place(forecast_sums(trial, effort, seed), came), place(plain, came)


def forecast_sums(trial: Invented, effort: Effort, seed: int) -> Floats:
    """Subjects to come in all, by path, where no site opens."""
    posterior = fit(trial.seen, seed, PRIOR_OF_TRIALS, effort)
    paths = Paths(posterior, np.repeat(np.arange(posterior.draws), 2), np.random.default_rng(seed))
    nobody = np.zeros(2 * posterior.draws, dtype=np.int64)
    return np.asarray(sum(paths.month(nobody) for _ in range(AHEAD)))


def test_forecasts_hold_what_they_promise_in_short() -> None:
    """Eight trials lie all over the forecasts' range."""
    places = np.array([placed(seed, 6, Effort(60, 80, 1))[0] for seed in range(8)])
    assert 0.3 < places.mean() < 0.7
    assert coverage(places, 0.9) >= 0.75
    assert coverage(places, 0.5) <= 0.85


@pytest.mark.slow
def test_forecasts_hold_what_they_promise_and_plug_in_forecasts_do_not() -> None:
    """Coverage of 50, 80 and 95 % intervals is nominal within three standard errors; plug-in covers less."""
    trials = 300
    both = np.array([placed(seed, 15, Effort(400, 600, 2)) for seed in range(1000, 1000 + trials)])
    for share in (0.5, 0.8, 0.95):
        error = 3 * np.sqrt(share * (1 - share) / trials)
        assert abs(coverage(both[:, 0], share) - share) < error
        assert coverage(both[:, 1], share) < share - error
    ranks = np.sort(both[:, 0])
    assert np.abs(ranks - (np.arange(trials) + 0.5) / trials).max() < 1.63 / np.sqrt(trials)
