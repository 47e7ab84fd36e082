"""The unblinded pharmacist's pages: contents of the site's kits, and a subject's treatment."""

import pytest

from irt.blinding.roles import Role
from irt.tables.record import AuditEntry
from irt.tables.secret import TreatmentAssignment
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def browser(world: World) -> Browser:
    """Ute, the unblinded pharmacist of the first site, signed in."""
    where = {"study_id": world.study_id, "site_id": world.sites[0][1]}
    world.office.hire("ute", (Role.UNBLINDED_PHARMACIST, where))
    return world.signed_in("ute")


def test_the_stock_is_shown_with_its_contents(world: World, browser: Browser) -> None:
    """By type and kit by kit; the reading is written down, and no browser keeps the page."""
    assert "/contents" in browser.get("/").text
    page = browser.get("/contents").text
    assert all(words in page for words in ("UNBLINDED", "PEN-A", "PEN-P", "made as A1", "Nobody is randomized"))
    assert "no-store" in browser.answer.headers["cache-control"]
    read = house_of(world).rows(AuditEntry, act="read")
    assert [row["record"] for row in read] == [f"contents of the kits at site {world.sites[0][0]}"]


def test_a_subjects_arm_and_kits_are_shown(world: World, browser: Browser) -> None:
    """The arm as it was drawn, and what is inside each kit given."""
    subject, dispensing = System.of(world, "investigator.0").dispenses()
    (drawn,) = house_of(world).rows(TreatmentAssignment)
    arm = next(arm.name for arm in house_of(world).definition.arms if arm.code == drawn["arm"])
    assert subject in browser.get("/contents").text
    page = browser.get(f"/contents/{world.study_id}/subjects/{subject}").text
    assert arm in page
    assert all(kit["number"] in page for kit in dispensing["kits"])
    assert ("PEN-A" in page) != ("PEN-P" in page)
    assert house_of(world).rows(AuditEntry, act="read", record=f"treatment of subject {subject}")


def test_another_sites_subject_reads_as_unknown(world: World, browser: Browser) -> None:
    """404, as for a number that does not exist."""
    elsewhere = System.of(world, "investigator.1")
    body = {"site": world.sites[1][0], "on_day": elsewhere.today}
    subject = elsewhere.booked("/subjects/screen", **body)["subject"]
    for number in (subject, "9999-0001"):
        assert browser.get(f"/contents/{world.study_id}/subjects/{number}").status_code == 404


@pytest.mark.parametrize("person", ["pharmacist.0", "monitor.0", "supply_manager.all", "inspector.all"])
def test_nobody_else_sees_contents(world: World, person: str) -> None:
    """403: neither blinded people, nor those who see supply but no arm."""
    browser = world.signed_in(person)
    assert '"/contents"' not in browser.get("/switch").text
    subject = browser.get(f"/contents/{world.study_id}/subjects/1001-0001")
    assert subject.status_code in (403, 404)
    assert browser.get("/contents").status_code == 403
    assert "PEN-A" not in browser.text


def test_a_supply_manager_at_a_chosen_site_sees_no_arms(world: World) -> None:
    """403 as well: supply by kit type is no right to learn a subject's arm."""
    System.of(world, "investigator.0").randomizes()
    browser = world.signed_in("supply_manager.all")
    browser.press("/switch", place=f"{world.study_id}.{world.sites[0][1]}")
    assert browser.get("/contents").status_code == 403
