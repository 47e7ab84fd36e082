"""Deviations on quality's pages and over the API: Close, with what came of it and a signature."""

from irt.services.decide_quality import DecideQuality, decide_quality
from tests.cast import PASSWORD, signing
from tests.web.api.system import SIGNING, System
from tests.web.blinded.test_misallocation import answers, at_the_form
from tests.web.ward import assigned
from tests.web.world import World


def _mixed_up(world: World) -> str:
    """A misallocation on record; the kit that stayed."""
    given = assigned(world)
    at_the_form(world, given).press(f"{given.address}/misallocation", **answers(world, given))
    return given.kits[0]


def _rejected(world: World, kit: str) -> None:
    facts = {"study_id": world.study_id, "reject": [kit], "reason": "Opened", "signing": signing()}
    quality = world.office.account("quality.all")
    world.office.does(quality, decide_quality, DecideQuality.model_validate(facts))


def test_quality_follows_a_misallocation_to_its_end(world: World) -> None:
    """Open with both kits' states; refused while one waits, what was typed kept; then closed and shown so."""
    kit = _mixed_up(world)
    browser = world.signed_in("quality.all")
    assert 'href="/quality/deviations"' in browser.get("/quality").text
    page = browser.get("/quality/deviations").text
    assert all(word in page for word in ("D-0001", kit, "given", "assigned"))
    here = f"/quality/deviations/{world.study_id}/D-0001"
    browser.get(here)
    typed = {"assessment": "Staff trained", "password": PASSWORD}
    refused = browser.press(here, **typed)
    assert (refused.status_code, "waits for a quality decision" in refused.text) == (409, True)
    assert "Staff trained</textarea>" in refused.text
    assert browser.press(here, password=PASSWORD, assessment="").status_code == 400
    _rejected(world, kit)
    assert browser.press(here, **{**typed, "password": "wrong"}).status_code == 403
    assert "Closed" in browser.press(here, **typed).text
    assert world.signed_in("pharmacist.0").get(here).status_code == 403


def test_the_same_over_the_api(world: World) -> None:
    """Listed with its kits, closed once."""
    kit = _mixed_up(world)
    _rejected(world, kit)
    quality = System.of(world, "quality.all")
    (one,) = quality.asks_study("/deviations").json()["items"]
    assert {each["number"]: each["part"] for each in one["kits"]}[kit] == "assigned"
    closing = {"number": "D-0001", "assessment": "Staff trained", "signing": SIGNING}
    assert kit in quality.booked("/deviations/close", **closing)["kits"]
    assert quality.does("/deviations/close", **closing).status_code == 409
    assert quality.asks_study("/deviations").json()["items"][0]["closed_by"]
