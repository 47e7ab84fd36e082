"""The unconditional chances against an enumeration of all sequences."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization import allocation_ratio as ratios
from irt.randomization.allocation_ratio import TooManyHistories, allocation_ratio
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.biased_coin_minimization import BiasedCoinMinimization
from irt.randomization.methods.complete import Complete
from irt.randomization.methods.method import Levels, Step
from irt.randomization.methods.minimization import Minimization
from tests.irt.randomization.methods.adaptive import grid


def minimized(*ratio: int) -> Minimization:
    """Two factors of two levels, p = 4/5."""
    return Minimization(MarginalRule(ratio, (Fraction(1), Fraction(1)), Fraction(4, 5)), grid(2, 2))


def enumerated(method: Minimization, subjects: Sequence[Levels]) -> list[list[Fraction]]:
    """Every sequence of arms, weighed by the product of its chances."""
    arms = range(len(method.ratio))
    totals = [[Fraction(0) for _ in arms] for _ in subjects]
    for sequence in product(arms, repeat=len(subjects)):
        memory, weight = method.start(), Fraction(1)
        for arm, levels in zip(sequence, subjects, strict=True):
            weight *= Fraction(method.law(memory, levels)[arm])
            memory = method.after(memory, Step(arm, levels))
        for number, arm in enumerate(sequence):
            totals[number][arm] += weight
    return totals


@given(
    st.sampled_from([(1, 1), (2, 1), (3, 2), (1, 1, 2)]),
    st.lists(st.tuples(*[st.sampled_from("ab")] * 2), max_size=5),
)
@settings(deadline=None, max_examples=25)
def test_it_is_the_sum_over_all_sequences(ratio: tuple[int, ...], subjects: list[Levels]) -> None:
    """Exactly, for any levels."""
    assert [list(each) for each in allocation_ratio(minimized(*ratio), subjects)] == enumerated(
        minimized(*ratio), subjects
    )


def test_equal_shares_are_kept_for_every_subject() -> None:
    """By symmetry."""
    assert set(allocation_ratio(minimized(1, 1), [("a", "b"), ("a", "a"), ("b", "b")] * 3)) == {
        (Fraction(1, 2), Fraction(1, 2))
    }


def test_complete_randomization_keeps_any_ratio() -> None:
    """Without looking at anything."""
    assert allocation_ratio(Complete((3, 2)), [()] * 3) == ((Fraction(3, 5), Fraction(2, 5)),) * 3


def test_biased_coin_minimization_keeps_the_ratio_on_average_only() -> None:
    """2:1, p = 4/5, one margin: the mean of thirty is closer to 2/3 than minimization's, single ones are not."""
    rule = MarginalRule((2, 1), (Fraction(1),), Fraction(4, 5))
    subjects: list[Levels] = [("a",)] * 30
    plain, coin = (
        [chances[0] for chances in allocation_ratio(made, subjects)]
        for made in (Minimization(rule, grid(1)), BiasedCoinMinimization(rule, grid(1)))
    )
    assert abs(Fraction(sum(coin)) / 30 - Fraction(2, 3)) < abs(Fraction(sum(plain)) / 30 - Fraction(2, 3))
    assert coin[:3] == [Fraction(9, 10), Fraction(27, 100), Fraction(387, 500)]


def test_it_refuses_more_histories_than_it_can_weigh(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the subject at which they are too many."""
    monkeypatch.setattr(ratios, "MEMORIES_MAX", 3)
    with pytest.raises(TooManyHistories, match="By subject 2"):
        allocation_ratio(minimized(1, 1), [("a", "b"), ("b", "a"), ("a", "a")])
