"""Acceptance on its page and over the API: a run is kept, each script is signed once, others only read."""

import json

import pytest

from irt.blinding.roles import Role
from tests.cast import PASSWORD
from tests.web.api.system import SIGNING, System
from tests.web.browser import Browser
from tests.web.world import World


@pytest.fixture
def page(world: World) -> str:
    """The address of the first version's acceptance; those who load and approve are hired."""
    world.office.hire("cora", (Role.CONFIGURATOR, {"study_id": world.study_id}))
    world.office.hire("thea", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    return f"/versions/{world.study_id}/1/acceptance"


def brings(browser: Browser, page: str, answers: str) -> str:
    """The page after a file, perhaps an empty one, was brought along with its form."""
    browser.get(page)
    fields = {name: value for name, value in browser.form(page).fields.items() if name != "answers"}
    file = {"answers": ("answers.json", answers, "application/json")}
    browser.answer = browser.client.post(page, data=fields, files=file)
    return browser.text


def test_a_script_is_kept_and_signed_on_its_page(world: World, page: str) -> None:
    """A step that came out otherwise lets it be signed as failed alone; another run is another record."""
    told = System.of(world, "thea").asks_study("/versions/1/acceptance").json()
    assert (told["accepted"], told["runs"], told["scripts"][0]["state"]) == (False, [], "missing")
    scripts = [{name: one[name] for name in ("code", "title", "steps")} for one in told["scripts"]]
    scripts[0]["steps"][0] |= {"passed": False, "answer": "Booked"}
    cora, thea = world.signed_in("cora"), world.signed_in("thea")
    kept = brings(cora, page, json.dumps({"scripts_hash": told["scripts_hash"], "scripts": scripts}))
    assert ("Came out otherwise" in kept, "1 otherwise" in kept) == (True, True)
    first = f"{page}/1/UAT-01"
    thea.get(page)
    assert first in thea.text
    thea.get(first)
    assert "UAT-01.01" in thea.text
    seen = {"evidence": "It was booked, picture 1", "password": PASSWORD}
    refused = thea.press(first, result="passed", **seen)
    assert (refused.status_code, "UAT-01.01 did not come out" in refused.text) == (409, True)
    assert thea.press(first, result="failed", **(seen | {"password": "wrong"})).status_code == 403
    assert "Signed as failed" in thea.press(first, result="failed", **seen).text
    assert "picture 1" in thea.text
    assert "/history?study=" not in thea.text
    assert "0 as expected" in brings(cora, page, "")
    assert cora.answer.url.params["run"] == "2"
    assert "picture 1" in cora.press(f"{page}/export", format="csv").text


def test_what_is_not_this_version_is_not_kept(world: World, page: str) -> None:
    """Neither scripts of another version, nor a file of something else."""
    cora = world.signed_in("cora")
    assert "is not the answers.json" in brings(cora, page, "[1, 2]")
    assert "is not the answers.json" in brings(cora, page, '{"answers": []}')
    other = {"scripts_hash": "ab" * 32, "scripts": [{"code": "UAT-01", "steps": "none"}]}
    assert "not the scripts of version 1" in brings(cora, page, json.dumps(other))


def test_a_version_is_accepted_script_by_script(world: World, page: str) -> None:
    """Over the API: everything is signed as passed; others read it, or nothing."""
    cora, thea = System.of(world, "cora"), System.of(world, "thea")
    told = thea.asks_study("/versions/1/acceptance").json()
    run = cora.booked("/acceptance/keep", version=1, scripts_hash=told["scripts_hash"])["run"]
    assert cora.does("/acceptance/sign", run=run, script="UAT-01", passed=True, evidence="Seen",
                     signing=SIGNING).status_code == 403  # fmt: skip
    for one in told["scripts"]:
        thea.booked("/acceptance/sign", run=run, script=one["code"], passed=True, evidence="Seen", signing=SIGNING)
    inspector = System.of(world, "inspector.all").asks_study("/versions/1/acceptance").json()
    signed = inspector["runs"][0]["scripts"][0]
    assert (inspector["accepted"], signed["signed_by"], len(signed["record_hash"])) == (True, "Thea Holm", 64)
    reader = world.signed_in("inspector.all")
    assert "Accepted" in reader.get(page).text
    assert "Keep a run" not in reader.text
    assert "/history?study=" in reader.get(f"{page}/1/UAT-01").text
    assert world.signed_in("pharmacist.0").get(page).status_code == 403
    assert reader.get(f"/versions/{world.study_id}/9/acceptance").status_code == 404
