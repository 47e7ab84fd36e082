"""What is read off values as people see them."""

import pytest

from irt.blinding.leaks.values import Column, read


@pytest.mark.parametrize(
    ("value", "number", "clock", "shape"),
    [
        ("2000-01-03", 2, None, "date"),
        ("2000-01-03T12:00:00+00:00", 2.5, 0.5, "date"),
        ("2000-01-03T13:00:00+01:00", 2.5, 0.5, "date"),
        ("3 Jan 2000", 2, None, "date"),
        ("3 Jan 2000 06:00 UTC", 2.25, 0.25, "date"),
        ("1,234", 1234, None, "number"),
        ("-2.5", -2.5, None, "number"),
        ("S-10007", 10007, None, "S-#"),
        ("1001-0003", 10010003, None, "#-#"),
        ("Pen", None, None, ""),
        ("31 Foo 2000", 312000, None, "# Foo #"),
    ],
)
def test_a_value_is_read(value: str, number: float | None, clock: float | None, shape: str) -> None:
    """Dates in both spellings, numbers, and identifiers by their digits."""
    assert read(value) == (number, clock, shape)


def test_a_column_has_numbers_where_all_are_of_one_shape() -> None:
    """Otherwise its values are words."""
    found = Column([["S-1", "S-2"], [], ["S-3"]]).numbers()
    assert found is not None
    assert [[one.number for one in values] for values in found] == [[1, 2], [], [3]]
    assert Column([["S-1"], ["T-2"]]).numbers() is None
    assert Column([["1"], ["Pen"]]).numbers() is None
    assert Column([[], []]).numbers() is None
