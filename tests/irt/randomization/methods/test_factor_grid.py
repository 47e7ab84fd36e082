"""The grid: what is counted where, and what it refuses."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.design import UnknownLevel
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.scheme import FactorMissing, UnusablePlan
from tests.irt.randomization.methods.adaptive import grid, random_history


@given(st.integers(0, 40), st.integers(2, 4), st.integers(0, 999))
@settings(deadline=None, max_examples=50)
def test_incremental_counts_equal_a_recount(subjects: int, arms: int, seed: int) -> None:
    """Whatever the order and the levels."""
    made = grid(2, 3, 4)
    history, _ = random_history(made, arms, subjects, seed)
    counts = made.empty(arms)
    for step in history:
        counts = made.added(counts, made.places(step.levels), step.arm)
    recount = Counter((f, level, step.arm) for step in history for f, level in enumerate(step.levels))
    for f, factor in enumerate(made.factors):
        for place, level in enumerate(factor.levels):
            assert counts[f][place] == tuple(recount[f, level, arm] for arm in range(arms))


def test_a_subject_does_not_change_the_counts_before_it() -> None:
    """Counts are values."""
    made = grid(2)
    empty = made.empty(2)
    assert made.added(empty, (1,), 0) == (((0, 0), (1, 0)),)
    assert empty == (((0, 0), (0, 0)),)


@pytest.mark.parametrize(("levels", "refusal"), [(("a",), FactorMissing), (("a", ""), FactorMissing)])
def test_it_refuses_a_missing_level(levels: tuple[str, ...], refusal: type[Exception]) -> None:
    """By the factor's name."""
    with pytest.raises(refusal, match="f1"):
        grid(2, 2).places(levels)


def test_it_refuses_an_unknown_level() -> None:
    """With the levels that there are."""
    with pytest.raises(UnknownLevel, match=r"f0 has no level z\. Its levels: a, b"):
        grid(2).places(("z",))


def test_it_needs_a_factor() -> None:
    """There is nothing to balance without."""
    with pytest.raises(UnusablePlan):
        FactorGrid(())
