"""Many minimized trials at once: every decision is the live rule's."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.assessment.estimates import estimated
from irt.randomization.assessment.minimize_many import Decision, minimize_many
from irt.randomization.assessment.one_by_one import simulate_one_by_one
from irt.randomization.assessment.profiles import Profiles
from irt.randomization.design import Factor
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.minimization import Minimization

RATIOS = [(1, 1), (2, 1), (1, 1, 1), (3, 2, 1)]
FACTORS = tuple(Factor(name, ("a", "b", "c")) for name in ("sex", "age", "site"))


@st.composite
def rules(draw: st.DrawFn) -> MarginalRule:
    """Any settings."""
    return MarginalRule(
        draw(st.sampled_from(RATIOS)),
        tuple(draw(st.lists(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3)]), min_size=3, max_size=3))),
        draw(st.sampled_from([Fraction(4, 5), Fraction(1), Fraction(2, 3)])),
        draw(st.sampled_from(["range", "variance", "sd", "sum"])),
        draw(st.sampled_from(["shared", "random_rank"])),
        draw(st.sampled_from(["(n+1)/r", "n/r+1"])),
    )


@settings(deadline=None, max_examples=150)
@given(rules(), st.integers(0, 2**32))
def test_a_decision_over_arrays_is_the_live_decision(rule: MarginalRule, seed: int) -> None:
    """The laws of two hundred states are those of the rule that randomizes, to rounding."""
    counts = np.random.default_rng(seed).integers(0, 5, size=(200, 3, len(rule.ratio)))
    live = [[float(chance) for chance in rule.law(margins.tolist())] for margins in counts]
    assert np.allclose(Decision.of(rule).laws(counts.copy()), live, atol=1e-15)


@pytest.mark.parametrize("distance", ["range", "variance", "sd", "sum"])
def test_trials_at_once_are_trials_one_by_one(distance: str) -> None:
    """Both routes give the same expected figures within their errors."""
    rule = MarginalRule((1, 1), (Fraction(1),) * 3, Fraction(4, 5), distance)  # type: ignore[arg-type]  # by name
    profiles = Profiles(FACTORS, 30)
    fast = estimated(minimize_many(rule, profiles, 2000, 1))
    slow = estimated(simulate_one_by_one(Minimization(rule, FactorGrid(FACTORS)), profiles, 60, 2))
    for name in ("convergence", "directional"):
        error = np.hypot(fast.standard_errors[name], slow.standard_errors[name])
        assert abs(getattr(fast, name) - getattr(slow, name)) < 5 * error


def test_an_unequal_ratio_is_not_kept_for_every_subject() -> None:
    """2:1 by p = 0.8 over one level: .80, .32, .70, .78, .41 for the first five subjects."""
    rule = MarginalRule((2, 1), (Fraction(1),), Fraction(4, 5))
    figures = estimated(minimize_many(rule, Profiles((Factor("all", ("yes",)),), 5), 40_000, 3))
    assert figures.allocation_ratio == pytest.approx([0.80, 0.32, 0.70, 0.78, 0.41], abs=0.015)


def test_real_subjects_come_in_their_order_in_every_trial() -> None:
    """Only the draws differ from trial to trial."""
    real = [("a", "b", "c"), ("c", "b", "a"), ("a", "a", "a")]
    profiles = Profiles(FACTORS, 3, real)
    places = profiles.positions(4, np.random.default_rng(0))
    assert places.shape == (3, 4, 3)
    assert all(
        profiles.levels(row) == levels
        for trial in range(4)
        for row, levels in zip(places[:, trial], real, strict=True)
    )
