"""Equations in whole numbers against equations in fractions."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.integer_matrix import Singular, solve


@given(st.integers(1, 6), st.data())
@settings(deadline=None, max_examples=100)
def test_a_solution_solves(size: int, data: st.DataObject) -> None:
    """Matrix times solution is determinant times right side; where there is none, the determinant is zero."""
    numbers = st.integers(-5, 5)
    matrix = data.draw(st.lists(st.lists(numbers, min_size=size, max_size=size), min_size=size, max_size=size))
    right = data.draw(st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=size, max_size=size))
    try:
        determinant, solutions = solve(matrix, right)
    except Singular:
        assert plain_determinant(matrix) == 0
        return
    assert determinant == plain_determinant(matrix)
    for row, wanted in zip(matrix, right, strict=True):
        found = [sum(a * s[column] for a, s in zip(row, solutions, strict=True)) for column in range(2)]
        assert found == [determinant * value for value in wanted]


def plain_determinant(matrix: list[list[int]]) -> Fraction:
    """By the first row, as in school."""
    if not matrix:
        return Fraction(1)
    first, *rest = matrix
    minors = ([row[:column] + row[column + 1 :] for row in rest] for column in range(len(first)))
    return sum(
        (
            (-1) ** column * value * plain_determinant(minor)
            for column, (value, minor) in enumerate(zip(first, minors, strict=True))
        ),
        start=Fraction(0),
    )


def test_no_information_is_singular() -> None:
    """Zero tells nothing."""
    with pytest.raises(Singular):
        solve([[0]], [[1]])
