"""The button Record the file, on the page of the response feed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.builders_designs import DESIGNS, a_study
from tests.web.blinded.designed import world_of
from tests.web.browser import Browser
from tests.web.unblinded.people import statistician
from tests.web.ward import count, randomized
from tests.web.world import World
from web.formats import day

ADDRESS = "/randomization/responses"


@pytest.fixture
def ward(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study that learns from its responses."""
    with world_of(a_study(DESIGNS["play_the_winner"]), sqlite_template, tmp_path) as made:
        yield made


def handed_in(browser: Browser, *lines: str, **typed: str) -> httpx.Response:
    """Fills in the form, with a file of these lines, and presses its button."""
    browser.get(ADDRESS)
    fields = {**browser.form(ADDRESS).fields, "source": "EDC export 7", "data_cut_off": "2026-03-01", **typed}
    text = "\n".join(["subject,response", *lines])
    return sent(browser, fields, text)


def sent(browser: Browser, fields: dict[str, str], text: str) -> httpx.Response:
    """As browsers send a form with a file."""
    fields = {name: typed for name, typed in fields.items() if name != "file"}
    files = {"file": ("week24.csv", text.encode(), "text/csv")}
    browser.answer = browser.client.post(ADDRESS, data=fields, files=files, follow_redirects=True)
    return browser.answer


def figures(page: str) -> str:
    """The page without its tags."""
    return " ".join(" ".join(part.split(">", 1)[-1] for part in page.split("<")).split())


def test_a_file_is_recorded(ward: World) -> None:
    """Counts of known and awaited, by data cut-off; a correction with its reason is a further entry."""
    one, other = randomized(ward), randomized(ward)
    browser = statistician(ward)
    today = ward.now.date().isoformat()
    assert handed_in(browser, f"{one},1", f"{other},0", data_cut_off=today).status_code == 200
    assert "2 new, 0 corrected, 0 known already" in browser.text
    assert "Known 2 Awaited 0" in figures(browser.text)
    handed_in(browser, f"{one},", f"{other},0", data_cut_off=today, reason="The scan was another's")
    assert "0 new, 1 corrected, 1 known already" in browser.text
    assert "Known 1 Awaited 1" in figures(browser.text)
    assert "EDC export 7 2 1 1 1" in figures(browser.text)


def test_each_source_is_counted(ward: World) -> None:
    """Received, corrected, unusable, and its newest cut-off; above them the cut-off in force."""
    one, other, third = (randomized(ward) for _ in range(3))
    browser = statistician(ward)
    today, before = ward.now.date(), ward.now.date() - timedelta(days=1)
    assert "By source" not in browser.get(ADDRESS).text
    handed_in(browser, f"{one},1", f"{other},0", data_cut_off=before.isoformat())
    handed_in(browser, f"{third},1", source="Central lab", data_cut_off=today.isoformat())
    handed_in(browser, f"{one},", source="Central lab", data_cut_off=before.isoformat(), reason="Another's scan")
    page = figures(browser.text)
    assert f"Central lab 2 1 1 {day(today)}" in page
    assert f"EDC export 7 2 0 0 {day(before)}" in page
    assert f"Cut-off in force {day(today)}" in page


def test_a_correction_of_older_data(ward: World) -> None:
    """The last entry counts, though its cut-off lies before that of the entry it corrects."""
    subject = randomized(ward)
    browser = statistician(ward)
    today = ward.now.date()
    handed_in(browser, f"{subject},1", data_cut_off=today.isoformat())
    before = (today - timedelta(days=1)).isoformat()
    handed_in(browser, f"{subject},", data_cut_off=before, reason="Taken from somebody else")
    assert "Known 0 Awaited 1" in figures(browser.text)


def test_the_same_press_is_recorded_once(ward: World) -> None:
    """A second press says what the first one did."""
    subject = randomized(ward)
    browser = statistician(ward)
    browser.get(ADDRESS)
    fields = {**browser.form(ADDRESS).fields, "source": "EDC", "data_cut_off": "2026-03-01"}
    for _ in range(2):
        sent(browser, fields, f"subject,response\n{subject},1\n")
        assert "1 new, 0 corrected" in browser.text
    assert count(ward, "secret_response") == 1


@pytest.mark.parametrize(
    ("line", "typed", "words"),
    [
        ("{},perhaps", {}, "Line 2: a response is 1, 0 or empty. Nothing was recorded."),
        ("9999-0001,1", {}, "9999-0001 is not a randomized subject. Nothing was recorded."),
        ("{},1", {"source": " "}, "The source is missing."),
        ("{},1", {"data_cut_off": ""}, "The data cut-off is missing."),
        ("{},1", {"data_cut_off": "2031-01-01"}, "The data cut-off has not come yet."),
    ],
)
def test_a_refusal_stays_on_the_page(ward: World, line: str, typed: dict[str, str], words: str) -> None:
    """With what was typed, and nothing of the file is recorded."""
    subject = randomized(ward)
    browser = statistician(ward)
    assert handed_in(browser, line.format(subject), **{"reason": "Read again", **typed}).status_code == 400
    assert words in browser.text
    assert "Read again</textarea>" in browser.text
    assert count(ward, "secret_response") == 0


def test_a_form_without_a_file(ward: World) -> None:
    """Browsers ask for it; others are told."""
    browser = statistician(ward)
    browser.get(ADDRESS)
    fields = {**browser.form(ADDRESS).fields, "source": "EDC", "data_cut_off": "2026-03-01"}
    assert sent(browser, fields, "").status_code == 400
    assert "The file is missing. Nothing was recorded." in browser.text


def test_a_study_that_does_not_learn(world: World) -> None:
    """It says so, and has no form."""
    browser = statistician(world)
    assert "does not look at responses" in browser.get(ADDRESS).text
    assert "Record the file</button>" not in browser.text


def test_nobody_else_comes_in(ward: World) -> None:
    """Neither to read nor to send."""
    browser = ward.signed_in("investigator.0")
    assert browser.get(ADDRESS).status_code in (303, 403)
    assert "Awaited" not in browser.text
    browser.get("/switch")
    token = browser.form("/account/theme").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(ward.study_id), "source": "EDC"}
    assert sent(browser, fields, "subject,response\n").status_code == 403
