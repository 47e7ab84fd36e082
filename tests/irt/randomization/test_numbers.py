"""Opaque numbers: every number once, in an order that tells nothing."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.numbers import NumbersUsedUp, OpaqueNumbers
from tests.irt.randomization.builders import KEY


@given(st.binary(min_size=32, max_size=32), st.integers(1, 3))
@settings(deadline=None, max_examples=25)
def test_every_number_of_the_length_comes_exactly_once(key: bytes, digits: int) -> None:
    """A bijection onto 10^(d-1) .. 10^d - 1, so no number starts with 0 and none comes twice."""
    opaque = OpaqueNumbers(key, digits, "kit")
    numbers = list(opaque.numbers(range(opaque.count)))
    assert sorted(map(int, numbers)) == list(range(10 ** (digits - 1), 10**digits))
    assert {len(number) for number in numbers} == {digits}


@pytest.mark.parametrize("number", range(5))
def test_places_outside_the_length_are_walked_back_in(number: int) -> None:
    """25 places of the network lie outside four digits; under key 2 one index needs two steps back."""
    opaque = OpaqueNumbers(number.to_bytes(32, "big"), 4, "kit")
    assert sorted(map(int, opaque.numbers(range(9000)))) == list(range(1000, 10_000))


@given(st.integers(4, 12), st.integers(0, 8000))
@settings(deadline=None, max_examples=50)
def test_bulk_and_single_numbers_agree(digits: int, start: int) -> None:
    """Reading a range or one at a time, in any order, from a new instance."""
    indices = range(start, start + 5)
    singly = [OpaqueNumbers(KEY, digits, "kit").number(index) for index in reversed(indices)]
    assert list(OpaqueNumbers(KEY, digits, "kit").numbers(indices)) == singly[::-1]
    assert len(set(singly)) == 5


def test_neighbours_in_order_are_not_neighbours_in_number() -> None:
    """No trace of the index: rises and falls are even, and gaps are wide. 2,000 pairs, five standard errors."""
    numbers = [int(n) for n in OpaqueNumbers(KEY, 6, "kit").numbers(range(2001))]
    rises = sum(later > earlier for earlier, later in pairwise(numbers))
    # For a random order the runs-up count has variance (n + 1) / 12.
    assert abs(rises - 1000) < 5 * (2001 / 12) ** 0.5
    mean_gap = sum(abs(later - earlier) for earlier, later in pairwise(numbers)) / 2000
    assert mean_gap == pytest.approx(900_000 / 3, rel=0.1)


def test_first_digits_are_even() -> None:
    """Chi-square of the leading digit over 9,000 numbers, 8 degrees of freedom, 99.9th percentile."""
    numbers = list(OpaqueNumbers(KEY, 8, "kit").numbers(range(9000)))
    counts = [sum(number[0] == str(digit) for number in numbers) for digit in range(1, 10)]
    assert sum((count - 1000) ** 2 / 1000 for count in counts) < 26.12


def test_purposes_and_keys_are_unrelated() -> None:
    """The kit number at an index says nothing of the randomization number at the same index."""
    orders = [
        list(OpaqueNumbers(key, 6, purpose).numbers(range(200)))
        for key, purpose in ((KEY, "kit"), (KEY, "randomization"), (KEY[::-1], "kit"))
    ]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert sum(a == b for a, b in zip(orders[one], orders[other], strict=True)) <= 2


def test_it_refuses_to_go_past_the_last_number() -> None:
    """And says what to do."""
    with pytest.raises(NumbersUsedUp, match="longer numbers"):
        OpaqueNumbers(KEY, 2, "kit").number(90)


@pytest.mark.parametrize(("digits", "index"), [(0, 0), (4, -1)])
def test_it_refuses_no_digits_and_a_negative_index(digits: int, index: int) -> None:
    """Neither has a number."""
    with pytest.raises(ValueError, match="a"):
        OpaqueNumbers(KEY, digits, "kit").number(index)
