"""How alike sites enrol, from counts that were drawn with known hyperparameters."""

import numpy as np
import pytest

from optimization.demand.enrolment import Prior
from optimization.demand.hyperparameters import Seen, learned_prior

STATED = Prior(1.6, 1 / 60)


@pytest.mark.parametrize(("shape", "mean_per_day"), [(1.0, 0.05), (4.0, 0.02)])
def test_what_counts_were_drawn_with_is_found(shape: float, mean_per_day: float) -> None:
    """Six hundred sites: the mean within five in a hundred, the shape within a quarter."""
    draws = np.random.Generator(np.random.PCG64(3))
    days = draws.integers(100, 500, 600)
    counts = draws.poisson(draws.gamma(shape, mean_per_day / shape, 600) * days)
    found = learned_prior(STATED, [Seen(int(count), float(day)) for count, day in zip(counts, days, strict=True)])
    assert found.mean_per_day == pytest.approx(mean_per_day, rel=0.1)
    assert found.shape == pytest.approx(shape, rel=0.25)


def test_few_subjects_leave_what_was_stated() -> None:
    """Nine subjects in all, or sites that opened today, tell nothing yet."""
    assert learned_prior(STATED, [Seen(3, 50.0)] * 3) == STATED
    assert learned_prior(STATED, [Seen(30, 0.0)]) == STATED


def test_one_site_stays_near_the_stated_shape_and_has_its_own_mean() -> None:
    """A single count says how fast, and hardly how different sites are."""
    found = learned_prior(STATED, [Seen(40, 400.0)])
    assert found.mean_per_day == pytest.approx(0.1, rel=0.01)
    assert 1.0 < found.shape < 4.0
