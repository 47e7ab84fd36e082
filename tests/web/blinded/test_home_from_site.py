"""The site's own parcel on pages and over the API: Packed, the label, The carrier has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.services import passwords
from tests.builders_home import SiteTrial, a_site_trial
from tests.web.api.system import System
from tests.web.conftest import CHEAP
from tests.web.homeward import Homeward, homeward


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homeward]:
    """A study whose sites send kits to homes."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with a_site_trial(tmp_path) as trial, homeward(trial.store, trial) as made:
        yield made


def test_the_site_packs_labels_and_gives_the_parcel(door: Homeward) -> None:
    """What was scanned is kept where a kit lacks; the label is the same code the carrier scans."""
    assigned = door.trial.assigned()
    door.trial.released(assigned.dispensing_id)
    here = door.at(assigned.subject, assigned.dispensing_id)
    browser = door.world.signed_in("coordinator.0")
    assert "Pack for the home" in browser.get("/worklist").text
    first, *rest = [kit.number for kit in assigned.kits]
    browser.get(here)
    refused = browser.press(f"{here}/pack", kits=first)
    assert (refused.status_code, f"Still to scan: {rest[0]}" in refused.text) == (400, True)
    assert f">{first}</textarea>" in refused.text
    assert "The carrier has it" in browser.press(f"{here}/pack", kits="\n".join([first, *rest])).text
    label = browser.get(f"{here}/label").text
    assert door.trial.label(assigned.dispensing_id) in label
    assert assigned.subject not in label[label.index("irt-confirm-sentence") :]
    browser.get(here)
    assert "The carrier has it" not in browser.press(f"{here}/send", waybill="W-1").text
    assert door.trial.delivery(assigned.dispensing_id)["status"] == "underway"
    assert door.world.signed_in("inspector.all").get(f"{here}/label").status_code == 404


def test_the_depot_sees_nothing_of_it(door: Homeward) -> None:
    """Its inbox is empty, and the shipment is none of its own."""
    assigned = door.trial.assigned()
    released = door.trial.released(assigned.dispensing_id)
    browser = door.world.signed_in("depot.all")
    assert str(released.shipment) not in browser.get("/depot").text
    assert browser.get(f"/depot/{door.trial.study_id}/{released.shipment}").status_code == 404


def test_the_same_over_the_api(door: Homeward) -> None:
    """Packed by scan and given to the carrier; cancelled while it is still here."""
    trial, site = door.trial, System.of(door.world, "coordinator.0")
    assert isinstance(trial, SiteTrial)
    assigned = trial.assigned()
    trial.released(assigned.dispensing_id)
    here = {"dispensing_id": assigned.dispensing_id}
    scanned = [kit.number for kit in assigned.kits]
    assert site.booked("/homes/pack", scanned=scanned, **here)["status"] == "packed"
    assert site.booked("/homes/send", **here)["status"] == "in_transit"
    another = trial.assigned()
    trial.released(another.dispensing_id)
    cancelled = site.booked("/homes/cancel", dispensing_id=another.dispensing_id, reason="Wrong dose")
    assert cancelled["status"] == "cancelled"
