"""Levels of many places from a file: every row, or the line that cannot be."""

import pytest

from irt.errors import BadInput
from irt.supply.level_file import read_level_file

HEAD = "site,kit_type,minimum,maximum,trigger_days"


def test_rows_with_empty_cells_leave_them_out() -> None:
    """Numbers are whole, spaces around cells do not count, columns come in any order."""
    text = f"{HEAD}\n 1001 ,PEN-A,5,10,\n,PEN-P,0,1,14\n"
    assert read_level_file(text) == [
        {"site": "1001", "kit_type": "PEN-A", "minimum": 5, "maximum": 10},
        {"kit_type": "PEN-P", "minimum": 0, "maximum": 1, "trigger_days": 14},
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: the column kit_type is missing"),
        ("site,kit_type,minimum", "Line 1: the column maximum is missing"),
        (f"{HEAD},colour\n1001,PEN-A,5,10,,red", "Line 1: there is no column 'colour'"),
        (HEAD, "0 rows"),
        (f"{HEAD}\n1001,PEN-A,5", "Line 2: it has not as many cells"),
        (f"{HEAD}\n1001,PEN-A,5,10,,7", "Line 2: it has not as many cells"),
        (f"{HEAD}\n1001,PEN-A,5,10,\n1002,PEN-A,-5,10,", "Line 3: '-5' is no whole number for minimum"),
        (f"{HEAD}\n1001,,5,10,", "Line 2: the kit_type is missing"),
        (f"{HEAD}\n1001,PEN-A,0,0,", "Line 2: the maximum is at least 1"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, said: str) -> None:
    """And nothing is taken."""
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        read_level_file(text)
