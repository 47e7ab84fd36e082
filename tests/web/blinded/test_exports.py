"""Exports on a page and over the API: each edition for whom it is, with its manifest, and on record."""

import hashlib
import io
import json
from zipfile import ZipFile

import pytest

from irt.blinding.roles import Role
from irt.exports.kinds import KINDS
from tests.web.api.system import System
from tests.web.world import World


@pytest.fixture
def running(world: World) -> World:
    """A study with a data manager, Tess, and an unblinded statistician, Uma; one subject is in."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    world.office.hire("uma", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    System.of(world, "coordinator.0").randomizes()
    return world


def manifest_in(content: bytes) -> dict[str, dict[str, dict[str, str]]]:
    """The manifest of a pack whose files are those that it tells, byte for byte."""
    with ZipFile(io.BytesIO(content)) as pack:
        told = json.loads(pack.read("manifest.json"))
        found = {name: hashlib.sha256(pack.read(name)).hexdigest() for name in pack.namelist()}
    del found["manifest.json"]
    assert found == {name: each["sha256"] for name, each in told["files"].items()}
    return told  # type: ignore[no-any-return]


def test_data_management_takes_the_blinded_edition(running: World) -> None:
    """The file holds the reconciliation table; who took it, and its hash, stands on the page afterwards."""
    tess = running.signed_in("tess")
    page = tess.get("/exports").text
    assert ("Nothing was exported yet" in page, "With treatments" in page, "ADaM" in page) == (True, False, False)
    tess.press(tess.path, export="odm")
    told = manifest_in(tess.answer.content)
    assert "reconciliation.csv" in told["files"]
    page = tess.get("/exports").text
    assert told["files"]["odm.xml"]["sha256"] in page
    assert tess.press(tess.path, export="adam").status_code == 404
    assert tess.get(f"/studies/{running.study_id}/exports/unblinded").status_code == 403


def test_treatments_leave_for_somebody_and_for_a_purpose(running: World) -> None:
    """Without a purpose nothing leaves; with one, blinded people read for whom it was, and no hash."""
    uma = running.signed_in("uma")
    assert "With treatments" in uma.get("/exports").text
    here = f"/studies/{running.study_id}/exports/unblinded"
    uma.get(here)
    refused = uma.press(here, export="randomization", recipient="data monitoring committee", reason=" ")
    assert (refused.status_code, "The reason is missing" in refused.text) == (400, True)
    uma.press(here, export="randomization", recipient="data monitoring committee", reason="Closed report 1")
    told = manifest_in(uma.answer.content)
    assert (told["edition"], told["purpose"]) == ("unblinded", "Closed report 1")
    page = running.signed_in("tess").get("/exports").text
    assert "for the data monitoring committee" in page
    assert not any(each["sha256"] in page for each in told["files"].values())
    uma.get(here)
    uma.press(f"{here}/appendices")
    with ZipFile(io.BytesIO(uma.answer.content)) as pack:
        assert "index.html" in pack.namelist()


def test_the_same_over_the_api(running: World) -> None:
    """Every kind in each edition; a data manager has no treatments, and all of it is on record."""
    tess, uma = System.of(running, "tess"), System.of(running, "uma")
    blinded, both = ("randomization", "odm", "sdtm", "fhir"), ("randomization", "sdtm", "adam", "fhir")
    for kind in blinded:
        assert manifest_in(tess.asks_study(f"/exports/{kind}.zip").content)["edition"] == "blinded"
    why = {"recipient": "regulatory authority", "reason": "Final report"}
    for kind in both:
        assert tess.asks_study(f"/exports/unblinded-{kind}.zip", **why).status_code == 403
        assert (
            manifest_in(uma.asks_study(f"/exports/unblinded-{kind}.zip", **why).content)["edition"] == "unblinded"
        )
    taken = [(one["export"], one["unblinded"]) for one in tess.asks_study("/exports").json()["items"]]
    assert taken[::-1] == [(kind, False) for kind in blinded] + [(kind, True) for kind in both]
    assert {*blinded, *both} == set(KINDS)
