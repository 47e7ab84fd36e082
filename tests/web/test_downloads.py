"""Files to take away."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from irt.errors import BadInput
from irt.states.records import Mode
from web.downloads import MEDIA_TYPES, file_name, table_answer, table_in, workbook_of

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
    answer = table_answer("stock", Mode.PRODUCTION, AT, ["A"], [[cell], [None], ["Ærø, 2 °C"]])
    assert isinstance(answer.content, str)
    assert f"'{cell}" in answer.content
    assert answer.content.startswith("\ufeffA")
    assert '"Ærø, 2 °C"' in answer.content


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "{=1}", "http://a.example", "007", "1e5"]
)
def test_no_cell_of_a_workbook_is_anything_but_its_text(cell: str) -> None:
    """Another library reads the very text back, as text: no formula, no link, no number."""
    answer = table_answer("stock", Mode.TEST, AT, ["A", "=B"], [[cell, 3], [None, 2.5], [True, "Ærø"]], "xlsx")
    assert (answer.media_type, "TEST_stock_20260616T0741Z.xlsx" in str(answer.headers)) == (
        MEDIA_TYPES["xlsx"],
        True,
    )
    sheet = openpyxl.load_workbook(BytesIO(bytes(answer.content))).active
    read = [[(one.data_type, plain(one.value), one.hyperlink) for one in row] for row in sheet.iter_rows()]
    assert read == [
        [("s", "A", None), ("s", "=B", None)],
        [("s", cell, None), ("n", 3, None)],
        [("n", None, None), ("n", 2.5, None)],
        [("s", "True", None), ("s", "Ærø", None)],
    ]


def plain(value: object) -> object:
    """The text with what the format writes in other words, as a carriage return, put back."""
    return unescape(value) if isinstance(value, str) else value


def test_the_same_rows_are_the_same_workbook() -> None:
    """So that two files can be compared by their hash; a text too long for a cell is cut, not lost."""
    assert workbook_of(["A"], [["x" * 40_000]]) == workbook_of(["A"], [["x" * 40_000]])
    sheet = openpyxl.load_workbook(BytesIO(workbook_of(["A"], [["x" * 40_000]]))).active
    assert len(sheet["A2"].value) == 32_767


def test_a_kind_of_file_that_nobody_offers_is_refused() -> None:
    """Without a word it is CSV."""
    assert [table_in({}), table_in({"format": ""}), table_in({"format": "xlsx"})] == ["csv", "csv", "xlsx"]
    with pytest.raises(BadInput, match="kind of file"):
        table_in({"format": "xls"})
