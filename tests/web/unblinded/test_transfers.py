"""Closed reports: subjects under neutral codes by the button Transfer CSV, the key apart by Key CSV."""

import csv
from io import StringIO

from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS = "/randomization/documents"
TRANSFER, KEY = f"{ADDRESS}/transfer", f"{ADDRESS}/key"
TO = "data monitoring committee"


def rows_of(told: str) -> list[dict[str, str]]:
    """A CSV file as rows."""
    return list(csv.DictReader(StringIO(told.removeprefix("\ufeff"))))


def test_a_transfer_names_no_arm_and_the_key_is_apart(world: World) -> None:
    """Together they give the arms back; codes are drawn once and stay."""
    for site in (0, 0, 1):
        randomized(world, site)
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press("/randomization/documents/schedule", format="csv")
    arms = {row["Subject"]: row["Arm"] for row in rows_of(browser.text)}
    browser.get(ADDRESS)
    browser.press(TRANSFER, recipient=TO)
    groups = {row["Subject"]: row["Group"] for row in rows_of(browser.text)}
    assert set(groups.values()) <= {"X", "Y"}
    browser.get(ADDRESS)
    browser.press(TRANSFER, recipient=TO)
    assert {row["Subject"]: row["Group"] for row in rows_of(browser.text)} == groups
    browser.get(ADDRESS)
    browser.press(KEY, recipient=TO, confirmed="yes")
    key = {row["Group"]: row["Arm"] for row in rows_of(browser.text)}
    assert {subject: key[group] for subject, group in groups.items()} == arms


def test_the_key_asks_twice_and_needs_codes(world: World) -> None:
    """Refused in words, on the page."""
    browser = statistician(world)
    browser.get(ADDRESS)
    assert browser.press(KEY, recipient=TO, confirmed="no").status_code == 400
    assert "Confirm that you mean it." in browser.text
    assert browser.press(KEY, recipient=TO, confirmed="yes").status_code == 400
    assert "No neutral codes were drawn yet." in browser.text
    assert browser.press(TRANSFER, recipient="a friend").status_code == 400
    assert "Choose who is to have the file." in browser.text
