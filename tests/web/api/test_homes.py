"""Deliveries to homes over the API: the site's and the carrier's systems, each with its own scopes."""

from collections.abc import Iterator

import pytest

from irt.services import passwords
from irt.services.store import Store
from tests.builders_home import ADDRESS
from tests.web.api.system import SIGNING, System
from tests.web.conftest import CHEAP
from tests.web.homeward import Homeward, homeward


@pytest.fixture
def door(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homeward]:
    """A fresh study that mails kits."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with homeward(sqlite_store) as made:
        yield made


def test_a_site_releases_and_gives_a_code_once(door: Homeward) -> None:
    """Without an address nothing leaves; the same key tells no code a second time."""
    site = System.of(door.world, "investigator.0")
    assigned = door.trial.assigned(address=False)
    here = {"dispensing_id": assigned.dispensing_id}
    early = site.does("/homes/release", signing=SIGNING, **here)
    assert (early.status_code, early.json()["name"]) == (409, "NoAddress")
    kept = site.booked("/homes/record-address", subject=assigned.subject, address=ADDRESS)
    assert kept == {"study_id": door.trial.study_id, "subject": assigned.subject, "on_record": True}
    assert site.booked("/homes/release", signing=SIGNING, **here)["status"] == "released"
    first = site.does("/homes/give-code", key="the-first-one", **here).json()
    again = site.does("/homes/give-code", key="the-first-one", **here).json()
    assert (len(first["code"]), again["code"]) == (6, None)
    erased = site.booked("/homes/erase-address", subject=assigned.subject, reason="Asked by the patient")
    assert erased["on_record"] is False


def test_a_carrier_goes_to_the_door(door: Homeward) -> None:
    """The address by label, told once for each key; an attempt, another time, and back."""
    assigned, _ = door.trial.underway()
    label = {"label": door.trial.label(assigned.dispensing_id)}
    carrier = System.of(door.world, "courier.all")
    assert carrier.does_alone("/homes/read-address", key="the-first-one", **label).json()["address"] == ADDRESS
    assert carrier.does_alone("/homes/read-address", key="the-first-one", **label).json()["address"] is None
    tried = carrier.does_alone("/homes/report-attempt", reason="Nobody at home", **label).json()
    assert (tried["status"], tried["attempts_left"]) == ("attempted", 2)
    slot = {"slot_from": "2021-10-02T09:00:00Z", "slot_to": "2021-10-02T11:00:00Z"}
    assert carrier.does_alone("/homes/reschedule", **slot, **label).json()["status"] == "underway"
    back = carrier.does_alone("/homes/bring-back", reason="Moved away", **label).json()
    assert back["status"] == "returned"


def test_a_sites_system_reads_no_address(door: Homeward) -> None:
    """Neither with the label nor otherwise; and a delivery not released is cancelled."""
    site = System.of(door.world, "coordinator.0")
    assigned, _ = door.trial.underway()
    refused = site.does_alone("/homes/read-address", label=door.trial.label(assigned.dispensing_id))
    assert refused.status_code == 403
    assert "Larkspur Close" not in refused.text
    waiting = door.trial.assigned()
    done = site.booked("/homes/cancel", dispensing_id=waiting.dispensing_id, reason="Wrong weight")
    assert done["status"] == "cancelled"
