"""Controlled drugs on pages: received and handed over before a witness, a register to print, a form to report."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.services.store import Store
from irt.tables.kit import Kit, Movement
from tests.builders import a_store, migrated
from tests.builders_trial import Trial
from tests.cast import PASSWORD, Office
from tests.irt.services.test_controlled_drugs import licences, parcel, requested, sent
from tests.remembered import remembered
from tests.web.api.system import System
from tests.web.world import World

WITNESS = {"witness": "coordinator.0", "witness_password": PASSWORD}


def underway(store: Store) -> Trial:
    """A parcel that both ends have a licence for, and that has left."""
    house = requested(store)
    licences(house)
    sent(house)
    return house


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A parcel of a controlled drug on its way to a site."""
    url = f"sqlite:///{tmp_path}/controlled.sqlite"
    migrated(url)
    store = a_store(url)
    try:
        yield remembered(store, underway)
    finally:
        store.close()


@pytest.fixture
def world(trial: Trial) -> Iterator[World]:
    """The site's people at their pages."""
    office = Office.founded(trial.store)
    office.now = datetime.combine(trial.day + timedelta(days=1), time(8), UTC)
    site_id = trial.site_id("1001")
    for role in (Role.PHARMACIST, Role.COORDINATOR):
        office.hire(f"{role}.0", (role, {"study_id": trial.study_id, "site_id": site_id}))
    office.hire("supply_manager.all", (Role.SUPPLY_MANAGER, {"study_id": trial.study_id}))
    made = World(trial.store, office, trial.study_id, (("1001", site_id),))
    with made.opened:
        yield made


def test_from_the_parcel_to_the_register(trial: Trial, world: World) -> None:
    """The page asks for a witness, the register runs, a missing kit is reported; a file names no formula."""
    browser = world.signed_in("pharmacist.0")
    kits = sorted(row["number"] for row in trial.rows(Kit, custody="shipment"))
    address = f"/shipments/{trial.study_id}/{parcel(trial)}/receive"
    assert "signs as the witness" in browser.get(address).text
    said = {"received": ",".join(kits[1:]), "missing": kits[0], "temperature": "no_alarm", "password": PASSWORD}
    typed = browser.form(address).fields | said
    assert "moved by two people" in browser.send(address, typed).text
    browser.send(address, {**browser.form(address).fields, **said, **WITNESS})
    assert browser.path == f"/shipments/{trial.study_id}/{parcel(trial)}"
    assert 'href="/controlled"' in browser.get("/stock").text
    page = browser.get("/controlled").text
    assert "Licence CD-1001, valid until 31 Dec 2027" in page
    assert "59 kits" in page
    assert "Report a discrepancy" in page
    browser.press("/controlled/report", happened="Box torn", told_to="", password=PASSWORD)
    assert "Say what happened and who was told" in browser.text
    (movement, *_) = (row["id"] for row in trial.rows(Movement, event="receive_missing"))
    told = {"happened": "Box torn", "told_to": "=CD-12", "password": PASSWORD, "movement": str(movement)}
    browser.press("/controlled/report", **told)
    assert "The report is kept" in browser.text
    register = f"/controlled/{trial.study_id}/site/1001/PEN"
    page = browser.get(register).text
    assert "Witness: Coordinator.0" in page
    text = browser.get(f"{register}?form=csv").text
    assert text.splitlines()[1].split(",")[2:5] == ["59", "0", "59"]
    answer = browser.get(f"{register}?form=pdf")
    assert answer.content.startswith(b"%PDF-")
    assert browser.get(f"{register}?form=doc").status_code == 404
    system = System.of(world, "pharmacist.0")
    shown = system.asks(f"/studies/{trial.study_id}/controlled").json()
    assert [place["code"] for place in shown["items"]] == ["1001"]
    assert shown["discrepancies"][0]["told_to"] == "=CD-12"
    over_api = system.asks(f"/studies/{trial.study_id}/controlled/sites/1001/PEN").json()
    assert [line["balance"] for line in over_api["lines"]] == [59]


def test_a_licence_is_proposed_on_a_page(trial: Trial, world: World) -> None:
    """And waits for another person, like every change of the network."""
    browser = world.signed_in("supply_manager.all")
    address = f"/network/{trial.study_id}/controlled"
    browser.get(address)
    typed = {"place": "site 1002", "valid_until": "2027-06-30", "reason": "Inspected"}
    assert "enter the licence" in browser.press(address, **typed, number=" ").text
    browser.press(address, **typed, number="CD-9")
    assert browser.path.startswith(f"/network/{trial.study_id}/changes/")
    assert "CD-9" in browser.text


def test_who_has_no_such_place_is_told(world: World) -> None:
    """Not an error, and no register of others."""
    browser = world.signed_in("supply_manager.all")
    assert browser.get(f"/controlled/{world.study_id}/site/9999/PEN").status_code == 404
