"""Preparations on pages: booked by the unblinded pharmacist, read and given by people who see the label alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.states.records import KitCheck
from irt.tables.kit import DispensedKit
from tests.builders import a_store, migrated
from tests.builders_trial import Trial
from tests.cast import Office
from tests.irt.services.test_prepare_kits import assigned, stocked
from tests.remembered import remembered
from tests.web.api.system import System
from tests.web.world import World


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A site with kits that are prepared."""
    url = f"sqlite:///{tmp_path}/prepared.sqlite"
    migrated(url)
    store = a_store(url)
    try:
        yield remembered(store, stocked)
    finally:
        store.close()


@pytest.fixture
def world(trial: Trial) -> Iterator[World]:
    """The site's people at their pages, at one o'clock."""
    office = Office.founded(trial.store)
    office.now = datetime.combine(trial.day, time(13), UTC)
    site_id = trial.site_id("1001")
    for role in (Role.COORDINATOR, Role.UNBLINDED_PHARMACIST):
        office.hire(f"{role}.0", (role, {"study_id": trial.study_id, "site_id": site_id}))
    made = World(trial.store, office, trial.study_id, (("1001", site_id),))
    with made.opened:
        yield made


def test_prepared_labelled_and_given(trial: Trial, world: World) -> None:
    """The form adds up, the label tells no treatment, the other person sees the time left and hands over."""
    dispensing = assigned(trial)
    numbers = [kit.number for kit in dispensing.kits]
    address = f"/preparations/{trial.study_id}/subjects/{dispensing.subject}/{dispensing.dispensing_id}"
    unblinded = world.signed_in("unblinded_pharmacist.0")
    assert "What is inside" in unblinded.get(address).text
    ready = f"{trial.day}T12:30"
    short = {f"used-{number}": "4" for number in numbers}
    assert "must add up to it" in unblinded.press(address, prepared_at=ready, **short).text
    unblinded.press(address, prepared_at=ready, **short, **{f"wasted-{number}": "1" for number in numbers})
    assert "The preparation is booked" in unblinded.text
    browser = world.signed_in("coordinator.0")
    page = browser.get("/preparations").text
    assert "2 h 30 min left" in page
    assert "Throw away" not in page
    label = browser.get(f"/preparations/{trial.study_id}/P-00001/label").text
    assert f"Subject {dispensing.subject}" in label
    assert browser.get(address).status_code == 403
    visit = f"/studies/{trial.study_id}/subjects/{dispensing.subject}/dispense/{dispensing.dispensing_id}"
    assert "Syringe P-00001 is ready: 2 h 30 min left" in browser.get(visit).text
    for number in numbers:
        browser.press(f"{visit}/scan", code=number)
        browser.get(visit)
    world.wait(hours=3)
    browser, unblinded = world.signed_in("coordinator.0"), world.signed_in("unblinded_pharmacist.0")
    browser.get(visit)
    assert "Do not give it" in browser.press(f"{visit}/hand-over").text
    assert {row["status"] for row in trial.rows(DispensedKit)} == {KitCheck.CHECKED}
    unblinded.get("/preparations")
    unblinded.press(f"/preparations/{trial.study_id}/P-00001/discard", reason="Too late")
    assert "thrown away" in unblinded.text
    shown = System.of(world, "coordinator.0").asks(f"/studies/{trial.study_id}/sites/1001/preparations").json()
    assert [line["state"] for line in shown["items"]] == ["discarded"]


def test_blinded_staff_are_sent_to_the_unblinded_pharmacist(trial: Trial, world: World) -> None:
    """L44: the page of the visit names whom to see; the form refuses; who prepares is told that kits wait."""
    dispensing = assigned(trial)
    where = {"study_id": trial.study_id, "site_id": trial.site_id("1001")}
    world.office.hire("pat", (Role.PHARMACIST, where))
    browser = world.signed_in("pat")
    visit = f"/studies/{trial.study_id}/subjects/{dispensing.subject}/dispense/{dispensing.dispensing_id}"
    page = browser.get(visit).text
    assert "See your unblinded pharmacist" in page
    assert "Prepare these kits" not in page
    form = f"/preparations/{trial.study_id}/subjects/{dispensing.subject}/{dispensing.dispensing_id}"
    assert browser.get(form).status_code == 403
    waits = f"Kits of subject {dispensing.subject} wait to be prepared."
    assert waits not in browser.get("/worklist").text
    assert waits in world.signed_in("unblinded_pharmacist.0").get("/worklist").text
