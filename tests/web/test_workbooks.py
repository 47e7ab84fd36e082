"""The buttons Export XLSX and its like: what stands in the CSV file stands in the workbook, cell by cell."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest

from tests.web.browser import Browser
from tests.web.unblinded.people import statistician
from tests.web.world import World

ROOM = "/randomization"
RECIPIENT = {"recipient": "regulatory authority"}


def same_table(browser: Browser, page: str, address: str, **fields: str) -> int:
    """Presses the two buttons of a page; the number of rows in both files, heads among them."""
    files = []
    for suffix in ("csv", "xlsx"):
        assert 'name="format" value="xlsx"' in browser.get(page).text
        browser.press(address, format=suffix, **fields)
        files.append(browser.answer.content)
    told = [[cell.removeprefix("'") for cell in row] for row in csv.reader(StringIO(files[0].decode("utf-8-sig")))]
    sheet = openpyxl.load_workbook(BytesIO(files[1])).active
    read = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    # Where the table is the history, taking the first file stands at the top of the second.
    assert (read[0], read[len(read) - len(told) + 1 :]) == (told[0], told[1:])
    return len(told)


def test_stock_and_history_leave_as_workbooks(world: World) -> None:
    """From the site's own pages."""
    browser = world.signed_in("pharmacist.0")
    assert same_table(browser, "/stock", "/stock/export") > 2
    assert same_table(browser, "/history", "/history/export") > 2


@pytest.mark.parametrize(
    ("page", "address", "fields"),
    [
        ("/allocations", "/allocations/export", {}),
        ("/documents", "/documents/schedule", {}),
        ("/documents", "/documents/transfer", RECIPIENT),
    ],
)
def test_tables_of_the_statistician_leave_as_workbooks(
    world: World, page: str, address: str, fields: dict[str, str]
) -> None:
    """Allocations, schedule and transfer."""
    assert same_table(statistician(world), f"{ROOM}{page}", f"{ROOM}{address}", **fields) >= 1
