"""Files to take away."""

from datetime import UTC, datetime

import pytest

from irt.states.records import Mode
from web.downloads import csv_answer, file_name

AT = datetime(2026, 6, 16, 7, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        (Mode.PRODUCTION, "stock_20260616T0741Z.csv"),
        (Mode.TEST, "TEST_stock_20260616T0741Z.csv"),
        (Mode.TRAINING, "TRAINING_stock_20260616T0741Z.csv"),
    ],
)
def test_the_name_says_environment_and_time(mode: Mode, name: str) -> None:
    """Nobody takes a test file for a real one."""
    assert file_name("stock", mode, AT) == name


def test_a_name_cannot_leave_its_header() -> None:
    """Anything but letters, digits and dashes becomes a line below."""
    assert file_name('a"; b\r\n../c', Mode.PRODUCTION, AT) == "a_b_c_20260616T0741Z.csv"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """A spreadsheet shows it as it is written."""
    answer = csv_answer("stock", Mode.PRODUCTION, AT, ["A"], [[cell], [None], ["Ærø, 2 °C"]])
    assert f"'{cell}" in answer.content
    assert answer.content.startswith("\ufeffA")
    assert '"Ærø, 2 °C"' in answer.content
