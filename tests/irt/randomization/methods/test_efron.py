"""Efron's coin against its exact distribution."""

from fractions import Fraction

import pytest

from irt.randomization.methods.complete import Complete
from irt.randomization.methods.efron import Efron
from tests.irt.randomization.methods.walks import law_after, layers, sequence_law

P = Fraction(2, 3)


@pytest.mark.parametrize(
    ("history", "first"), [("", Fraction(1, 2)), ("A", 1 - P), ("B", P), ("AAAA", 1 - P), ("ABBA", Fraction(1, 2))]
)
def test_the_coin(history, first):
    """However large the imbalance, the arm behind has the same chance (Efron 1971)."""
    assert law_after(Efron((1, 1), P), history) == (first, 1 - first)


def test_a_half_is_complete_randomization():
    """A coin that favours nobody."""
    assert sequence_law(Efron((1, 1), Fraction(1, 2)), 6) == sequence_law(Complete((1, 1)), 6)


def test_the_imbalance_comes_near_its_stationary_law():
    """At even numbers balance has, in the long run, the chance 1 - (1 - p) / p (Efron 1971)."""
    *_, last = layers(Efron((1, 1), P), 200)
    balanced = last[(100, 100)]
    ratio = (1 - P) / P
    assert float(balanced) == pytest.approx(float(1 - ratio), abs=1e-3)
