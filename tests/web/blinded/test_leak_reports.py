"""Kept leak reports on their pages and over the API: figures for everybody, fields for unblinded people alone."""

import csv
import io
from hashlib import sha256

import pytest

from irt.blinding.roles import Role
from irt.reads.unblinded_definition import definition_in_force
from irt.services.keep_leak_report import keep_leak_report
from tests.builders_leaks import a_leak_report, keeping
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World

FIELD = "planner /stock/log | table 1 place in the list"
REPORT = a_leak_report("fail", (FIELD,))
BLINDED = ("tess", "inspector.all", "supply_planner.all")
TOLD = (FIELD, "closest to it", "in_one", "0.610")


@pytest.fixture
def linted(world: World) -> World:
    """A study with a report that failed; Tess is of its study team, Uma its independent statistician."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    world.office.hire("uma", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    with world.store.reading() as connection:
        study = definition_in_force(connection, world.study_id)
    house_of(world).do(Role.SUPPLY_MANAGER, keep_leak_report, keeping(world.study_id, study, REPORT))
    return world


def test_blinded_people_read_the_verdict_and_no_field(linted: World) -> None:
    """On the pages, in both files, in the history and over the API; the checklist and Records lead there."""
    here = f"/studies/{linted.study_id}/leak-reports"
    for name in BLINDED:
        browser = linted.signed_in(name)
        assert f'href="{here}"' in browser.get("/checklist").text
        listed = browser.get(here).text
        assert ("Fail" in listed, "0.532" in listed, f'href="{here}/1"' in listed) == (True, True, True)
        page = browser.get(f"{here}/1").text
        files = [browser.get(f"{here}/1/file?format={kind}").text for kind in ("csv", "json")]
        assert all(figure in page for figure in ("0.498", "0.987", "677", "593", "27,307"))
        assert f"{here}/1/fields" not in page
        assert browser.get(f"{here}/1/fields").status_code == 403
        history = "" if name == "tess" else browser.get("/history").text
        assert not any(each in text for each in TOLD for text in (listed, page, *files, history))
        told = System.of(linted, name).asks_study("/leak-reports/1")
        assert told.json()["figures"][1]["units"] == 6716
        assert not any(each in told.text for each in TOLD)
        assert System.of(linted, name).asks_study("/leak-reports/1/fields").status_code == 403
    assert f'href="{here}"' in linted.signed_in("inspector.all").get(f"/studies/{linted.study_id}/records").text


def test_unblinded_people_read_which_fields_tell(linted: World) -> None:
    """With the report as it was kept; that it was read stands in the history. There is no report but those kept."""
    here = f"/studies/{linted.study_id}/leak-reports"
    for name in ("uma", "quality.all", "supply_manager.all"):
        browser = linted.signed_in(name)
        assert f"{here}/1/fields" in browser.get(f"{here}/1").text
        assert FIELD in browser.get(f"{here}/1/fields").text
    browser.press(f"{here}/1/fields/export", format="json")
    assert browser.answer.text == REPORT
    assert sha256(browser.answer.content).hexdigest() in browser.get(f"{here}/1").text
    browser.get(f"{here}/1/fields")
    browser.press(f"{here}/1/fields/export", format="csv")
    lines = list(csv.DictReader(io.StringIO(browser.answer.text.lstrip("\ufeff"))))
    assert [(line["of"], line["tells"]) for line in lines] == [
        *(("subjects", "True"), ("subjects", "False"), ("kits", "False"))
    ]
    assert "fields of leak report 1" in browser.get("/history").text
    assert browser.get(f"{here}/{10**30}").status_code == 404
    system = System.of(linted, "uma")
    told = system.asks_study("/leak-reports/1/fields").json()
    assert (told["items"][0]["field"], told["report"]) == (FIELD, REPORT)
    (item,) = system.asks_study("/leak-reports").json()["items"]
    assert (item["verdict"], item["named"], item["report_hash"]) == ("fail", 1, told["report_hash"])


def test_a_monitor_of_a_site_has_none(linted: World) -> None:
    """Whoever does not see gates does not see these."""
    here = f"/studies/{linted.study_id}/leak-reports"
    assert linted.signed_in("monitor.0").get(here).status_code == 403
    assert linted.signed_in("pharmacist.0").get(f"{here}/1").status_code == 403
