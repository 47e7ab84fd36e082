"""Trials drawn anew: as often as the exact chances say, by both ways of drawing."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from irt.randomization.catalogue import method_of
from irt.randomization.design import design_of
from irt.randomization.methods.method import Method
from irt.randomization.redrawing import Allocated, Groups, drawn_groups

SEX = {"name": "sex", "levels": ["m", "f"]}
TRIALS = 20_000


def method(name: str, *factors: object, **params: object) -> Method[Any]:
    """Two arms."""
    return method_of(design_of({"method": name, "arms": ["A", "B"], "params": params, "factors": list(factors)}), 3)


def shares(of: Method[Any], subjects: list[Allocated], scores: list[int | None]) -> dict[Groups, float]:
    """How often each set of groups came up, in parts of all."""
    return {groups: times / TRIALS for groups, times in drawn_groups(of, subjects, scores, TRIALS, 5).items()}


def test_minimization_is_drawn_by_its_own_chances() -> None:
    """m, m, f with scores 1, 2, 4 and p = 4/5: the second gets the other arm with 4/5, the third any with 1/2."""
    of = method("minimization", SEX, p="4/5")
    subjects = [Allocated(0, Fraction(1), (level,)) for level in "mmf"]
    found = shares(of, subjects, [1, 2, 4])
    expected = {
        ((3, 7), (0, 0)): 1 / 20,
        ((2, 3), (1, 4)): 1 / 20,
        ((2, 5), (1, 2)): 1 / 5,
        ((1, 1), (2, 6)): 1 / 5,
        ((2, 6), (1, 1)): 1 / 5,
        ((1, 2), (2, 5)): 1 / 5,
        ((1, 4), (2, 3)): 1 / 20,
        ((0, 0), (3, 7)): 1 / 20,
    }
    assert found.keys() == expected.keys()
    assert all(found[groups] == pytest.approx(chance, abs=0.015) for groups, chance in expected.items())


def test_levels_and_responses_of_each_subject_are_used() -> None:
    """After a success, whichever arm had it, the same arm gets 2/3; a subject without a score is not compared."""
    of = method("play_the_winner", initial=1, added=1)
    subjects = [Allocated(0, None, (), 1), Allocated(0, Fraction(5)), Allocated(1, Fraction(7))]
    found = shares(of, subjects, [None, 5, 7])
    assert found.keys() == {((2, 12), (0, 0)), ((1, 5), (1, 7)), ((1, 7), (1, 5)), ((0, 0), (2, 12))}
    assert found[(2, 12), (0, 0)] == pytest.approx(5 / 18, abs=0.015)
    assert found[(1, 5), (1, 7)] == pytest.approx(2 / 9, abs=0.015)


def test_an_arm_of_a_larger_share_is_drawn_more_often() -> None:
    """Three to one for a single subject."""
    of = method_of(design_of({"method": "complete", "arms": ["A", "B"], "ratio": [3, 1]}))
    found = shares(of, [Allocated(0, Fraction(1))], [1])
    assert found[(1, 1), (0, 0)] == pytest.approx(3 / 4, abs=0.015)


def test_the_same_seed_gives_the_same_trials() -> None:
    """And another seed others."""
    of = method("complete")
    subjects = [Allocated(0, Fraction(n)) for n in range(12)]
    scores: list[int | None] = [1 << n for n in range(12)]
    first, again, other = (drawn_groups(of, subjects, scores, 50, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_sums_beyond_a_machine_word_are_exact() -> None:
    """Python's own whole numbers then."""
    long = 10**30 + 1
    of = method("permuted_block", block_sizes=[2])
    found = drawn_groups(of, [Allocated(0, Fraction(1))] * 2, [long, 1], 40, 1)
    assert found.keys() == {((1, long), (1, 1)), ((1, 1), (1, long))}
    assert not any(isinstance(total, np.integer) for groups in found for _, total in groups)
