"""The forecast of a live study's enrolment: asked for, worked out as a job, kept, shown and taken away."""

import csv
import io
from datetime import date

import pytest

from irt.blinding.roles import Role
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.enrolled import enrol
from tests.web.world import World

PAGE = "/enrolment/forecast"


@pytest.fixture
def enrolling(world: World) -> World:
    """One site enrols from December to March, two subjects of them this month; the other one nobody."""
    days = [date(2025, 12, 28), date(2026, 1, 5), date(2026, 1, 20), date(2026, 2, 3), date(2026, 2, 8)]
    days += [world.now.date().replace(day=2)] * 2
    for number, day in enumerate(days, start=1):
        enrol(world, number, 0, day, day)
    return world


def asked(browser: Browser, **typed: str) -> str:
    """The page of a forecast that was asked for on the form, and its address."""
    browser.get(PAGE)
    browser.press(PAGE, **typed)
    return browser.path


@pytest.mark.parametrize("role", [Role.STUDY_TEAM, Role.SUPPLY_PLANNER])
def test_a_forecast_is_asked_worked_out_and_shown(enrolling: World, role: Role) -> None:
    """As a job; known subjects, fan and table, completion, sites at risk; whoever sees enrolment may."""
    enrolling.office.hire("reader", (role, {"study_id": enrolling.study_id}))
    browser = enrolling.signed_in("reader")
    job = asked(browser, target="20", months="6", at_most="1")
    assert job.startswith("/jobs/"), browser.text
    assert "There is no result yet" in browser.get(f"{PAGE}/1").text
    enrolling.works()
    assert "Forecast 1 is kept." in browser.get(job).text
    page = browser.get(f"{PAGE}/1").text
    assert all(words in page for words in ("Subjects in all, known and foreseen", "90 % interval", "Sites at risk"))
    assert "Chance of at most 1 subject" in page
    assert "2 of them this month" in page
    assert enrolling.sites[0][0] in page
    assert "Forecast 1" in browser.get(PAGE).text


def test_it_is_taken_away_as_a_file(enrolling: World) -> None:
    """Months and sites, as CSV and as a workbook; that it was taken is written down."""
    browser = enrolling.signed_in("supply_manager.all")
    asked(browser, target="20", months="3")
    enrolling.works()
    browser.get(f"{PAGE}/1")
    browser.press(f"{PAGE}/1/export", sheet="months", format="csv")
    heads, *rows = csv.reader(io.StringIO(browser.text.removeprefix("\ufeff")))
    assert heads[:2] == ["Month", "Measure"]
    assert [row[0] for row in rows] == ["2026-03"] * 2 + ["2026-04"] * 2 + ["2026-05"] * 2
    assert all(7 <= float(row[2]) <= float(row[6]) for row in rows if row[1] == "Subjects in all")
    browser.get(f"{PAGE}/1")
    browser.press(f"{PAGE}/1/export", sheet="sites", format="xlsx")
    assert browser.answer.content.startswith(b"PK")
    browser.get(f"{PAGE}/1")
    browser.press(f"{PAGE}/1/export", sheet="arms", format="csv")
    assert browser.answer.status_code == 400


@pytest.mark.parametrize(("field", "typed"), [("target", "many"), ("target", "0"), ("months", "61")])
def test_what_cannot_be_asked_is_said_beside_what_was_typed(world: World, field: str, typed: str) -> None:
    """400, and nothing is queued."""
    browser = world.signed_in("supply_manager.all")
    asked(browser, **{"target": "20", field: typed})
    assert browser.answer.status_code == 400
    assert "Nothing was started" in browser.text
    assert f'value="{typed}"' in browser.text


def test_nobody_randomized_before_this_month_is_too_early(world: World) -> None:
    """The job says so."""
    browser = world.signed_in("supply_manager.all")
    job = asked(browser, target="20")
    world.works()
    assert "there is nothing to learn from" in browser.get(job).text


@pytest.mark.parametrize("username", ["pharmacist.0", "monitor.0", "quality.all"])
def test_sites_see_nothing_of_it(enrolling: World, username: str) -> None:
    """A site does not see other sites: 403 for the list, for one, and over the API."""
    browser = enrolling.signed_in(username)
    assert [browser.get(page).status_code for page in (PAGE, f"{PAGE}/1")] == [403, 403]
    system = System.of(enrolling, username)
    assert system.asks_study("/enrolment/forecasts").status_code == 403
    assert system.does("/enrolment/forecast", target=20).status_code == 403


def test_systems_ask_and_read_it(enrolling: World) -> None:
    """The same figures as on the page; null while nobody has worked it out."""
    system = System.of(enrolling, "supply_planner.all")
    assert system.booked("/enrolment/forecast", target=20, months=2)["forecast"] == 1
    assert system.asks_study("/enrolment/forecasts/1").json()["result"] is None
    enrolling.works()
    told = system.asks_study("/enrolment/forecasts/1").json()
    assert told["line"]["known_on"] == enrolling.now.date().isoformat()
    assert [month["month"] for month in told["result"]["months"]] == ["2026-03", "2026-04"]
    assert told["result"]["randomized"] == 7
    assert [line["number"] for line in system.asks_study("/enrolment/forecasts").json()["items"]] == [1]
    assert system.asks_study("/enrolment/forecasts/9").status_code == 404
