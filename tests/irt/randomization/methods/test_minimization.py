"""Minimization as a method: the rule over the grid, fast at ten thousand subjects."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.allocation_ratio import allocation_ratio
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.method import remember
from irt.randomization.methods.minimization import Minimization
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import grid, random_history, steps

P = Fraction(4, 5)


def minimization(ratio: tuple[int, ...] = (1, 1), levels: tuple[int, ...] = (2, 3)) -> Minimization:
    """Equal weights, range, p = 4/5."""
    return Minimization(MarginalRule(ratio, (Fraction(1),) * len(levels), P), grid(*levels))


def test_the_first_subject_goes_by_the_ratio() -> None:
    """All arms tie."""
    made = minimization((1, 1, 1))
    assert made.law(made.start(), ("a", "a")) == (Fraction(1, 3),) * 3


def test_only_the_subjects_own_levels_matter() -> None:
    """Two subjects of another sex and age do not move the coin."""
    made = minimization()
    memory = remember(made, steps((0, 0, 0), ("bb", "bb", "bb")))
    assert made.law(memory, ("a", "c")) == (Fraction(1, 2), Fraction(1, 2))
    assert made.law(memory, ("b", "c")) == (1 - P, P)


def test_by_hand() -> None:
    """Sex a 2:1 and age b 0:2 for a subject `ab`: in A the ranges are 2 and 1, in B 0 and 3. A tie at 3."""
    made = minimization()
    memory = remember(made, steps((0, 0, 1, 1, 1), ("aa", "ac", "aa", "bb", "bb")))
    assert made.law(memory, ("a", "b")) == (Fraction(1, 2), Fraction(1, 2))
    assert made.law(memory, ("a", "a")) == (Fraction(1, 5), Fraction(4, 5))


@given(st.integers(0, 30), st.integers(0, 999), st.sampled_from([(1, 1), (2, 1), (1, 1, 1), (3, 2, 1)]))
@settings(deadline=None, max_examples=60)
def test_the_law_sums_to_one(subjects: int, seed: int, ratio: tuple[int, ...]) -> None:
    """After any history, for any subject."""
    made = minimization(ratio)
    history, levels = random_history(made.grid, len(ratio), subjects, seed)
    assert sum(made.law(remember(made, history), levels)) == 1


def test_two_to_one_is_not_kept_for_each_subject() -> None:
    """Exact chances of the first arm for one margin, p = 4/5: the known fault, shown and not hidden."""
    chances = [ratio[0] for ratio in allocation_ratio(minimization((2, 1), (1,)), [("a",)] * 5)]
    assert [f"{float(chance):.2f}" for chance in chances] == ["0.80", "0.32", "0.70", "0.78", "0.41"]


def test_a_decision_looks_at_counts_alone_however_many_came_before() -> None:
    """The memory of ten thousand subjects has the size of the memory of ten, so one decision costs the same."""
    made = minimization((1, 1), (4,) * 6)
    few, many = (remember(made, random_history(made.grid, 2, subjects, 1)[0]) for subjects in (10, 10_000))
    assert _size(few) == _size(many)


def _size(memory: object) -> int:
    return sum(map(_size, memory)) if isinstance(memory, tuple) else 1


def test_it_refuses_weights_without_factors() -> None:
    """One weight for each."""
    with pytest.raises(UnusablePlan):
        Minimization(MarginalRule((1, 1), (Fraction(1),), P), grid(2, 2))
