"""Sums of square roots are compared exactly, where floating point cannot."""

from decimal import Decimal, localcontext
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.square_roots import RootSum, compare, smallest

TERMS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 200)), min_size=1, max_size=4).map(tuple)


def decimal_value(terms: RootSum) -> Decimal:
    """The sum to 120 digits: equal sums differ by rounding only, unequal ones of this size do not come so near."""
    with localcontext() as context:
        context.prec = 120
        return sum((weight * Decimal(radicand).sqrt() for weight, radicand in terms), start=Decimal(0))


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        (((1, 2), (1, 8)), ((1, 18),), 0),  # sqrt2 + 2 sqrt2 = 3 sqrt2
        (((2, 3),), ((1, 12),), 0),
        (((1, 0), (1, 5)), ((1, 5), (7, 0)), 0),
        (((1, 2), (1, 3)), ((1, 10),), -1),  # 3.146 < 3.162
        (((1, 9),), ((1, 8),), 1),
        (((1, 10**30 + 1),), ((1, 10**30),), 1),
        (((1, 5), (1, 6), (1, 18)), ((1, 4), (1, 12), (1, 12)), -1),  # 8.928197 < 8.928203
    ],
)
def test_known_orders(left: RootSum, right: RootSum, order: int) -> None:
    """Worked examples, ties among them that floats get wrong."""
    assert compare(left, right) == order
    assert compare(right, left) == -order


@given(TERMS, TERMS)
@settings(deadline=None)
def test_the_order_is_that_of_120_digits(left: RootSum, right: RootSum) -> None:
    """Against an independent high-precision sum."""
    difference = decimal_value(left) - decimal_value(right)
    expected = 0 if abs(difference) < Decimal("1e-100") else int(difference.compare(0))
    assert compare(left, right) == expected


@given(st.lists(TERMS, min_size=1, max_size=5))
@settings(deadline=None)
def test_the_smallest_are_all_those_no_other_undercuts(sums: list[RootSum]) -> None:
    """Every tie is found, and nothing else."""
    least = min(map(decimal_value, sums))
    expected = [i for i, terms in enumerate(sums) if abs(decimal_value(terms) - least) < Decimal("1e-100")]
    assert list(smallest(sums)) == expected


def test_it_finds_a_tie_that_floats_miss() -> None:
    """sqrt(2) + sqrt(8) + sqrt(18) is six times sqrt(2), though their floats differ."""
    split, whole = ((1, 18), (1, 2), (1, 8)), ((6, 2),)
    assert sum(w * sqrt(r) for w, r in split) != sum(w * sqrt(r) for w, r in whole)
    assert smallest([split, whole]) == (0, 1)
