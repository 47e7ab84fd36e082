"""Systems of linear equations in whole numbers, solved without rounding (Bareiss 1968)."""

from collections.abc import Sequence

Rows = Sequence[Sequence[int]]


class Singular(ArithmeticError):
    """The equations have no solution, or many."""


def solve(matrix: Rows, right: Rows) -> tuple[int, list[list[int]]]:
    """The determinant and the solutions times the determinant, row by row; Singular where there are none.

    `right` has one row for each row of the square matrix, and a column for each system.
    """
    size = len(matrix)
    rows = [[*row, *values] for row, values in zip(matrix, right, strict=True)]
    sign, last = 1, 1
    for step in range(size):
        pivot = next((row for row in range(step, size) if rows[row][step]), None)
        if pivot is None:
            raise Singular
        if pivot != step:
            rows[step], rows[pivot] = rows[pivot], rows[step]
            sign = -sign
        _clear(rows, step, last)
        last = rows[step][step]
    return sign * last, [[sign * value for value in row[size:]] for row in rows]


def _clear(rows: list[list[int]], step: int, last: int) -> None:
    """Makes the column zero in all rows but one; every division is exact."""
    top = rows[step]
    pivot = top[step]
    for at, row in enumerate(rows):
        if at == step:
            continue
        factor = row[step]
        rows[at] = [(pivot * a - factor * b) // last for a, b in zip(row, top, strict=True)]
