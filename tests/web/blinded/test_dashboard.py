"""The project's dashboard: a plan is set, what comes is held against it; who sees it."""

import csv
import io
from datetime import date

import pytest

from irt.blinding.roles import Role
from tests.web.api.system import System
from tests.web.enrolled import enrol
from tests.web.world import World

DAYS = {
    "first_site": "2026-01-05",
    "first_subject": "2026-01-20",
    "half": "2026-03-20",
    "last_subject": "2026-12-20",
}
PLAN = {"subjects": "20", "sites": "2", **DAYS, "reason": "As agreed at the start"}


@pytest.fixture
def running(world: World) -> World:
    """A study with a project manager, Tess; five subjects are in."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    for number, day in enumerate((date(2026, 1, 28), *[date(2026, 2, 8)] * 4), start=1):
        enrol(world, number, 0, day, day)
    return world


def test_a_plan_is_set_and_the_study_held_against_it(running: World) -> None:
    """The manager lands here; a wrong plan keeps what was typed; then milestones stand."""
    tess = running.signed_in("tess")
    assert "Plan the enrolment" in tess.get("/").text
    assert tess.path == "/dashboard"
    tess.get("/dashboard/plan")
    refused = tess.press("/dashboard/plan", **{**PLAN, "half": "2026-12-24"})
    assert (refused.status_code, "planned before “50 % of subjects in”" in refused.text) == (400, True)
    assert 'value="2026-12-24"' in refused.text
    page = tess.press("/dashboard/plan", **PLAN).text
    assert tess.path == "/dashboard"
    assert all(words in page for words in ("First subject in", "8 days after its day", "There is no forecast"))
    assert "Subjects in all, planned, come and foreseen" in page
    tess.get("/dashboard/plan")
    tess.press("/dashboard/plan", **{**PLAN, "subjects": "30", "reason": "Ten more, amendment 1"})
    plans = tess.get("/dashboard/plan").text
    assert plans.index("Ten more, amendment 1") < plans.index("As agreed at the start")


def test_what_is_foreseen_stands_beside_the_plan(running: World) -> None:
    """The kept forecast is used, with its interval; the months leave as a file, and that is on record."""
    tess = running.signed_in("tess")
    tess.get("/dashboard/plan")
    tess.press("/dashboard/plan", **PLAN)
    tess.get("/enrolment/forecast")
    tess.press("/enrolment/forecast", target="20", months="24")
    running.works()
    assert "forecast 1</a>" in tess.get("/dashboard").text
    tess.press("/dashboard/export", sheet="milestones", format="csv")
    heads, *rows = csv.reader(io.StringIO(tess.text.removeprefix("\ufeff")))
    by_name = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert by_name["First subject in"]["Reached"] == "2026-01-28"
    assert by_name["50 % of subjects in"]["Foreseen, early"] > "2026-03-02"
    assert by_name["25 % of subjects in"]["Goal"] == "5"
    tess.get("/dashboard")
    tess.press("/dashboard/export", sheet="months", format="xlsx")
    assert tess.answer.content.startswith(b"PK")
    told = System.of(running, "tess").asks_study("/dashboard").json()
    assert (told["randomized"], told["forecast"]) == (5, 1)
    assert [one["state"] for one in told["milestones"]][2:4] == ["reached", "reached"]


def test_who_sees_it(running: World) -> None:
    """A planner of supply reads and does not plan; a monitor is sent to their sites; a pharmacist sees nothing."""
    planner = running.signed_in("supply_planner.all")
    assert "Supply at risk" in planner.get("/dashboard").text
    assert "The study team sets the plan" in planner.get("/dashboard/plan").text
    system = System.of(running, "supply_planner.all")
    asked = system.does("/enrolment-plan/set", subjects=2, sites=1, days=DAYS, reason="mine")
    assert asked.status_code == 403
    monitor = running.signed_in("monitor.0")
    monitor.get("/dashboard")
    assert monitor.path != "/dashboard"
    assert monitor.get("/dashboard/plan").status_code == 403
    assert running.signed_in("pharmacist.0").get("/dashboard").status_code == 403


def test_many_studies_stand_in_one_table(running: World) -> None:
    """A row each."""
    page = running.signed_in("tess").get("/dashboard/studies").text
    assert page.count("Planned by today") == 2
    assert "no plan" in page
