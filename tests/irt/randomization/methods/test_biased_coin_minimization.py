"""Han, Enas and McEntegart's coin by hand, and what it keeps of the ratio."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.biased_coin_minimization import BiasedCoinMinimization
from irt.randomization.methods.method import remember
from irt.randomization.methods.minimization import Minimization
from tests.irt.randomization.methods.adaptive import grid, random_history, steps


def method(ratio: tuple[int, ...], p: str = "4/5", levels: tuple[int, ...] = (1,)) -> BiasedCoinMinimization:
    """Equal weights, range."""
    return BiasedCoinMinimization(MarginalRule(ratio, (Fraction(1),) * len(levels), Fraction(p)), grid(*levels))


@pytest.mark.parametrize(
    ("arms", "law"),
    [
        ((1, 1, 2, 2, 2, 2), ("20/25", "2/25", "3/25")),
        ((0, 2, 2, 2, 2, 0), ("1/25", "21/25", "3/25")),
        ((0, 1, 1, 1, 0), ("1/25", "2/25", "22/25")),
    ],
)
def test_one_to_two_to_three_by_hand(arms: tuple[int, ...], law: tuple[str, ...]) -> None:
    """p = 4/5: an arm that is not preferred keeps (1/5) r / 5, the preferred one has the rest."""
    made = method((1, 2, 3))
    memory = remember(made, steps(arms, ["a"] * len(arms)))
    assert made.law(memory, ("a",)) == tuple(map(Fraction, law))


def test_where_all_arms_tie_the_ratio_decides() -> None:
    """2:1 with divide-then-add ties at the start."""
    rule = MarginalRule((2, 1), (Fraction(1),), Fraction(4, 5), imbalance_of="n/r+1")
    made = BiasedCoinMinimization(rule, grid(1))
    assert made.law(made.start(), ("a",)) == (Fraction(2, 3), Fraction(1, 3))


def test_of_two_preferred_arms_each_is_preferred_half_the_time() -> None:
    """1:1:2, the third arm ahead: the mean of (4/5, 1/15, 2/15) and (1/15, 4/5, 2/15)."""
    made = method((1, 1, 2))
    memory = remember(made, steps((2, 2, 2), "aaa"))
    assert made.law(memory, ("a",)) == (Fraction(13, 30), Fraction(13, 30), Fraction(2, 15))


@given(st.integers(0, 20), st.integers(0, 999))
@settings(deadline=None, max_examples=40)
def test_with_equal_shares_and_one_best_arm_it_is_minimization(subjects: int, seed: int) -> None:
    """The coin differs only where shares do; with shared ties always."""
    made = method((1, 1, 1), "3/4", (2, 3))
    plain = Minimization(made.rule, made.grid)
    history, levels = random_history(made.grid, 3, subjects, seed)
    memory = remember(made, history)
    if len(made.rule.preferred(made.grid.at(memory, made.grid.places(levels)))) != 2:
        assert made.law(memory, levels) == plain.law(memory, levels)


@given(st.integers(0, 20), st.integers(0, 999), st.sampled_from([(1, 2), (3, 2, 1), (1, 1, 5)]))
@settings(deadline=None, max_examples=40)
def test_the_law_sums_to_one_and_leaves_every_arm_a_chance(
    subjects: int, seed: int, ratio: tuple[int, ...]
) -> None:
    """With p below 1."""
    made = method(ratio, "9/10", (2, 2))
    history, levels = random_history(made.grid, len(ratio), subjects, seed)
    law = made.law(remember(made, history), levels)
    assert sum(law) == 1
    assert min(law) > 0
