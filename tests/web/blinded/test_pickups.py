"""Pick-ups on pages and over the API: asked for, called off, the address shown, kits collected."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.services import passwords
from tests.builders_home import ADDRESS, a_site_trial
from tests.web.api.system import System
from tests.web.conftest import CHEAP
from tests.web.homeward import Homeward, homeward

STREET = "Larkspur Close"
SLOT = {"slot_from": "2026-03-13T09:00", "slot_to": "2026-03-13T11:00"}


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homeward]:
    """A study that goes to homes."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with a_site_trial(tmp_path) as trial, homeward(trial.store, trial) as made:
        yield made


def _at_home(door: Homeward) -> tuple[str, list[str], str]:
    """A subject with kits at home: the number, the kits, and the page of their pick-ups."""
    assigned, _ = door.trial.underway()
    door.trial.confirms(assigned)
    kits = [kit.number for kit in assigned.kits]
    return assigned.subject, kits, f"/studies/{door.trial.study_id}/subjects/{assigned.subject}/pickups"


def test_a_carrier_collects_and_the_site_counts(door: Homeward) -> None:
    """Asked for, collected by the label with the address on a press, counted on the page of returns."""
    subject, kits, here = _at_home(door)
    site = door.world.signed_in("coordinator.0")
    assert here in site.get(here.replace("pickups", "returns")).text
    site.get(here)
    refused = site.press(here, slot_from="", slot_to="")
    assert (refused.status_code, "The time is missing" in refused.text) == (400, True)
    label = re.findall(r"\b[0-9a-f]{26}\b", site.press(here, **SLOT).text)[-1]
    carrier = door.world.signed_in("courier.all")
    assert "P-1001" in carrier.get("/doors").text
    assert subject not in carrier.text
    carrier.get(f"/doors?label={label}")
    there = f"/doors/pickups/{label}"
    assert (carrier.path, STREET in carrier.text) == (there, False)
    assert STREET in carrier.press(f"{there}/address").text
    assert not [kit for kit in kits if re.search(rf"\b{kit}\b", carrier.text)]
    carrier.get(there)
    carrier.press(f"{there}/attempt", reason="Nobody at home")
    carrier.press(f"{there}/slot", slot_from="2026-03-14T09:00", slot_to="2026-03-14T11:00")
    assert "14 Mar 2026" in carrier.text
    refused = carrier.press(f"{there}/collect", kits="1")
    assert (refused.status_code, ">1</textarea>" in refused.text) == (409, True)
    assert "in transit" in carrier.press(f"{there}/collect", kits="\n".join(kits)).text
    assert all(kit in site.get(here.replace("pickups", "returns")).text for kit in kits)
    used = {f"used-{kit}": "1" for kit in kits} | {f"left-{kit}": "0" for kit in kits}
    site.press(here.replace("pickups", "returns"), **used)
    assert {door.trial.kit(kit)["accountability"] for kit in kits} == {"returned"}
    assert "Received" in site.get(here).text


def test_a_pickup_is_called_off_and_a_label_opens_nothing_for_others(door: Homeward) -> None:
    """With a reason; who is no carrier sees no door."""
    _, _, here = _at_home(door)
    site = door.world.signed_in("coordinator.0")
    site.get(here)
    label = re.findall(r"\b[0-9a-f]{26}\b", site.press(here, **SLOT).text)[-1]
    for username in ("coordinator.0", "depot.all", "inspector.all"):
        assert door.world.signed_in(username).get(f"/doors/pickups/{label}").status_code == 403
    assert door.world.signed_in("courier.all").get(f"/doors/pickups/{'a' * 26}").status_code == 404
    site.get(here)
    assert "Cancelled" in site.press(f"{here}/P-1001/cancel", reason="Comes to the site").text


def test_the_same_over_the_api(door: Homeward) -> None:
    """The label is in the site's list; the address is told once for each key."""
    subject, kits, _ = _at_home(door)
    site, carrier = System.of(door.world, "coordinator.0"), System.of(door.world, "courier.all")
    slot = {"slot_from": "2026-03-13T09:00:00Z", "slot_to": "2026-03-13T11:00:00Z"}
    assert site.booked("/homes/ask-pickup", subject=subject, **slot)["number"] == "P-1001"
    (one,) = site.asks_study("/pickups").json()["items"]
    label = {"label": one["label"]}
    read = {"path": "/homes/read-pickup-address", "key": "the-first-one", **label}
    assert [carrier.does_alone(**read).json()["address"] for _ in range(2)] == [ADDRESS, None]
    assert carrier.booked_alone("/homes/report-pickup-attempt", reason="Nobody", **label)["attempts"] == 1
    carrier.booked_alone("/homes/reschedule-pickup", **slot, **label)
    assert carrier.booked_alone("/homes/collect", scanned=kits, **label)["kits"] == len(kits)
    refused = site.does("/homes/cancel-pickup", number="P-1001", reason="Too late")
    assert refused.status_code == 409
