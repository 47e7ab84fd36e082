"""Enrolment after Anisimov and Fedorov: counts are negative binomial, a site's share beta-binomial."""

import math

import numpy as np
import pytest

from optimization.demand.enrolment import (
    Prior,
    Rate,
    batch_new_subjects,
    learned,
    new_subjects,
    share_of_total,
)
from optimization.demand.mass import add, mean_of, stock_for, variance_of


def test_what_is_learned_of_a_rate() -> None:
    """Shape 1.2 and mean 0.02 a day; four subjects in 100 days: Gamma(5.2, 160 days)."""
    assert learned(Prior(1.2, 0.02), 4, 100.0) == Rate(5.2, pytest.approx(160.0))
    assert learned(Prior(1.2, 0.02), 0, 0.0).mean_per_day == pytest.approx(0.02)


@pytest.mark.parametrize("a", [0.5, 1.0, 2.5, 12.0])
@pytest.mark.parametrize("days", [7.0, 90.0])
def test_new_subjects_are_negative_binomial(a: float, days: float) -> None:
    """Every chance equals Gamma(a + n) / (n! Gamma(a)) p^a (1 - p)^n with p = b / (b + t)."""
    p = 60.0 / (60.0 + days)
    law = new_subjects(Rate(a, 60.0), days)
    closed = [
        math.exp(math.lgamma(a + n) - math.lgamma(n + 1) - math.lgamma(a) + a * math.log(p) + n * math.log1p(-p))
        for n in range(len(law) - 1)
    ]
    assert np.allclose(law[:-1], closed)
    assert law.sum() == pytest.approx(1)
    assert mean_of(law) == pytest.approx(a * days / 60)
    assert variance_of(law) == pytest.approx(a * days / 60 * (1 + days / 60), rel=1e-6)


def test_known_quantiles() -> None:
    """A geometric law with p = 1/2 (a = 1, t = b): stock 0 at 1/2, 3 at 1/16, 6 at 1 %."""
    law = new_subjects(Rate(1.0, 30.0), 30.0)
    assert [int(stock_for(law, alpha)) for alpha in (0.5, 1 / 16, 0.01)] == [0, 3, 6]


def test_an_arm_takes_its_share() -> None:
    """Thinning a negative binomial keeps its shape: arms' means add up, and each has fewer than all."""
    rate = Rate(2.0, 40.0)
    both = [new_subjects(rate, 60.0, share) for share in (2 / 3, 1 / 3)]
    assert sum(float(mean_of(one)) for one in both) == pytest.approx(3.0)
    assert np.allclose(both[0], new_subjects(Rate(2.0, 60.0), 60.0))
    assert new_subjects(rate, 0.0).tolist() == [1.0]


def test_sites_split_a_total_beta_binomially() -> None:
    """Negative binomial counts of equal scale, given their total, are beta-binomial."""
    first, others, scale, days, total = 1.5, 4.0, 50.0, 80.0, 9
    one, rest = new_subjects(Rate(first, scale), days), new_subjects(Rate(others, scale), days)
    joint = np.array([one[n] * rest[total - n] for n in range(total + 1)])
    assert np.allclose(joint / joint.sum(), share_of_total(first, others, total))
    assert np.allclose(add(one, rest)[:30], new_subjects(Rate(first + others, scale), days)[:30])


def test_chance_of_a_site_without_subjects() -> None:
    """B(a, (S - 1) a + n) / B(a, (S - 1) a), for 20 sites of shape 1.2 and 100 subjects."""
    empty = math.exp(
        math.lgamma(19 * 1.2 + 100) + math.lgamma(20 * 1.2) - math.lgamma(20 * 1.2 + 100) - math.lgamma(19 * 1.2)
    )
    assert share_of_total(1.2, 19 * 1.2, 100)[0] == pytest.approx(empty)


def test_many_sites_at_once_equal_one_by_one() -> None:
    """The batch has the same chances; what is beyond its length lies on the last number."""
    a, odds = np.array([0.7, 3.0]), np.array([0.4, 1.5])
    batch = batch_new_subjects(a, odds, 6)
    for row in range(2):
        alone = new_subjects(Rate(float(a[row]), 10.0), 10.0 * float(odds[row]))
        assert np.allclose(batch[row, :5], alone[:5])
    assert np.allclose(batch.sum(axis=-1), 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_drawn_at_random_follow_the_law(seed: int) -> None:
    """200,000 draws of rate and count: every chance within five standard errors."""
    draws = np.random.Generator(np.random.PCG64(seed))
    counts = draws.poisson(draws.gamma(1.6, 1 / 40.0, 200_000) * 25.0)
    law = new_subjects(Rate(1.6, 40.0), 25.0)
    seen = np.bincount(counts, minlength=len(law))[: len(law)] / 200_000
    assert (np.abs(seen - law) < 5 * np.sqrt(law / 200_000) + 1e-4).all()
