"""The way to the door on pages: the site's release and code, the carrier's label, the patient's word."""

import re
from collections.abc import Iterator

import pytest

from irt.enrolment.parcels import AT_THE_DEPOT
from irt.services import passwords
from irt.services.store import Store
from irt.tables.home import AddressReading, HomeCode
from tests.builders_home import ADDRESS
from tests.cast import PASSWORD
from tests.web.conftest import CHEAP
from tests.web.homeward import Homeward, homeward

STREET = "Larkspur Close"


@pytest.fixture
def door(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homeward]:
    """A fresh study that mails kits."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with homeward(sqlite_store) as made:
        yield made


def test_the_site_records_releases_and_gives_a_code(door: Homeward) -> None:
    """From assigned kits over the address and the signature to a code; the address is not shown again."""
    assigned = door.trial.assigned(address=False)
    here = door.at(assigned.subject, assigned.dispensing_id)
    browser = door.world.signed_in("investigator.0")
    browser.get(f"/studies/{door.trial.study_id}/subjects/{assigned.subject}/dispense/{assigned.dispensing_id}")
    assert browser.path == here
    refused = browser.press(f"{here}/release", password=PASSWORD)
    assert (refused.status_code, "No address of this subject is on record" in refused.text) == (409, True)
    assert STREET not in browser.press(f"{here}/address", address=ADDRESS).text
    assert "none on record" not in browser.text
    page = browser.press(f"{here}/release", password=PASSWORD).text
    assert "released" in page
    code = re.search(r"\b(\d{6})</p>", browser.press(f"{here}/code").text)
    assert code is not None
    assert code[1] not in browser.get(here).text
    assert len(door.trial.rows(HomeCode)) == 1


def test_who_does_not_release_is_told_who_does(door: Homeward) -> None:
    """The pharmacist sees the delivery and no field to sign it or to enter an address."""
    assigned = door.trial.assigned()
    browser = door.world.signed_in("pharmacist.0")
    page = browser.get(door.at(assigned.subject, assigned.dispensing_id)).text
    assert "The investigator releases the kits" in page
    assert "Record the address" not in page
    assert "Release to the home" not in page


def test_the_site_cancels_before_the_release(door: Homeward) -> None:
    """With a reason; the kits are not sent."""
    assigned = door.trial.assigned()
    here = door.at(assigned.subject, assigned.dispensing_id)
    browser = door.world.signed_in("coordinator.0")
    browser.get(here)
    assert "The delivery ended: cancelled" in browser.press(f"{here}/cancel", reason="Wrong weight").text


def test_the_carrier_sees_a_door_and_nothing_of_the_study(door: Homeward) -> None:
    """The address on a press, each written down; no kit, no subject, no agent; attempts and another time."""
    assigned, released = door.trial.underway()
    label = door.trial.label(assigned.dispensing_id)
    browser = door.world.signed_in("courier.all")
    browser.get("/doors")
    page = browser.get(f"/doors?label={label}").text
    assert browser.path == f"/doors/{label}"
    assert STREET not in page
    for _ in range(2):
        browser.get(f"/doors/{label}")
        assert STREET in browser.press(f"/doors/{label}/address").text
    assert len(door.trial.rows(AddressReading)) == 2
    main = browser.text[browser.text.index("<main") : browser.text.index("</main")]
    secrets = [assigned.subject, "Ivermectin", "Fluvoxamine", "tablet", *(kit.number for kit in assigned.kits)]
    assert not [word for word in secrets if re.search(rf"\b{word}\b", main)]
    browser.get(f"/doors/{label}")
    assert "Another time" in browser.press(f"/doors/{label}/attempt", reason="Nobody at home").text
    slot = {"slot_from": "2021-10-02T09:00", "slot_to": "2021-10-02T11:00"}
    page = browser.press(f"/doors/{label}/slot", **slot).text
    assert "2 Oct 2021 09:00" in page
    page = browser.press(f"/doors/{label}/back", reason="Moved away").text
    assert "This parcel is returned" in page
    assert released.shipment in page


@pytest.mark.parametrize("username", ["depot.all", "coordinator.0", "supply_manager.all", "inspector.all"])
def test_a_label_opens_nothing_for_others(door: Homeward, username: str) -> None:
    """Whoever else has the label sees no parcel and no address."""
    assigned, _ = door.trial.underway()
    browser = door.world.signed_in(username)
    answer = browser.get(f"/doors/{door.trial.label(assigned.dispensing_id)}")
    assert answer.status_code == 403
    assert STREET not in answer.text


def test_no_other_page_shows_an_address(door: Homeward) -> None:
    """Neither the subject's, nor the history, nor the depot's and the supply manager's; nor an export of it."""
    assigned, _ = door.trial.underway()
    door.trial.reads_address(assigned.dispensing_id)
    subject = f"/studies/{door.trial.study_id}/subjects/{assigned.subject}"
    pages = {
        "coordinator.0": (subject, "/worklist", "/subjects", door.at(assigned.subject, assigned.dispensing_id)),
        "inspector.all": ("/history", subject),
        "depot.all": ("/depot",),
        "supply_manager.all": ("/supply", "/shipments"),
    }
    for username, addresses in pages.items():
        browser = door.world.signed_in(username)
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == 200, (username, address)
            assert STREET not in answer.text


def test_the_patient_confirms_without_an_account(door: Homeward) -> None:
    """A wrong code keeps the numbers that were typed; the right one books them."""
    assigned, _ = door.trial.underway()
    label, numbers = door.trial.label(assigned.dispensing_id), [kit.number for kit in assigned.kits]
    code = door.trial.code(assigned.dispensing_id)
    browser = door.world.browser()
    page = browser.get(f"/parcel/{label}").text
    assert not [number for number in numbers if re.search(rf"\b{number}\b", page)]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    refused = browser.press(f"/parcel/{label}", code=wrong, kits=" ".join(numbers))
    assert (refused.status_code, "does not fit" in refused.text) == (403, True)
    assert all(number in refused.text for number in numbers)
    short = browser.press(f"/parcel/{label}", code=code, kits=" ".join(numbers[1:]))
    assert (short.status_code, "still to scan" in short.text) == (409, True)
    page = browser.press(f"/parcel/{label}", code=code, kits="\n".join(numbers)).text
    assert "Your parcel is confirmed" in page
    assert door.trial.delivery(assigned.dispensing_id)["status"] == "delivered"
    site = door.world.signed_in("coordinator.0")
    assert "The patient has the kits" in site.get(door.at(assigned.subject, assigned.dispensing_id)).text


def test_an_unknown_label_tells_nothing(door: Homeward) -> None:
    """The form is the same; a code for nothing is refused."""
    browser = door.world.browser()
    assert browser.get("/parcel/abc").status_code == 200
    assert browser.press("/parcel/abc", code="123456", kits="1").status_code == 404


def test_the_depot_prints_the_label(door: Homeward) -> None:
    """The opaque code alone; other roles get none."""
    assigned, released = door.trial.underway()
    here = f"/depot/{door.trial.study_id}/{released.shipment}/home-label"
    browser = door.world.signed_in("depot.all")
    page = browser.get(here).text
    assert door.trial.label(assigned.dispensing_id) in page
    assert STREET not in page
    assert assigned.subject not in page
    assert browser.get(here.replace(str(released.shipment), "S-1")).status_code == 404
    assert door.world.signed_in("courier.all").get(here).status_code == 403


def test_the_depot_s_inbox_lists_parcels_to_homes(door: Homeward) -> None:
    """The request stands among the others, to a home and a country; from there every step is taken."""
    assigned = door.trial.assigned()
    released = door.trial.released(assigned.dispensing_id)
    browser = door.world.signed_in("depot.all")
    page = browser.get("/depot").text
    assert str(released.shipment) in page
    assert "A patient&#39;s home" in page
    here = f"/depot/{door.trial.study_id}/{released.shipment}"
    pages = [page, browser.get(here).text]
    browser.press(f"{here}/acknowledge")
    for kit in assigned.kits:
        browser.press(f"{here}/scan", code=kit.number)
    for step in ("pick", "pack"):
        pages.append(browser.press(f"{here}/{step}").text)
    pages += [browser.get(f"{here}/packing-list").text, browser.get(f"{here}/home-label").text]
    browser.get(here)
    browser.press(f"{here}/dispatch", waybill="W-1", monitor="TM-1")
    assert door.trial.delivery(assigned.dispensing_id)["status"] == "underway"
    told = "".join(pages)
    assert not [word for word in (STREET, assigned.subject, f"Site {door.trial.hub}") if word in told]


def _rows(door: Homeward, username: str = "coordinator.0") -> list[str]:
    page = door.world.signed_in(username).get("/worklist").text
    return [title for title in _TITLES if title in page]


_TITLES = (
    "Release to the home",
    "Delivery to the home",
    "Delivery failed",
    "Confirm delivery",
    "Confirm or give back",
)


def test_the_worklist_follows_each_delivery(door: Homeward) -> None:
    """To release, on its way, tried in vain, to be confirmed, and gone; never as kits to hand over."""
    assigned = door.trial.assigned()
    assert _rows(door) == ["Release to the home"]
    released = door.trial.released(assigned.dispensing_id)
    assert _rows(door) == ["Delivery to the home"]
    door.trial.depot(str(released.shipment), *(service for _, service in AT_THE_DEPOT))
    door.trial.in_vain(assigned.dispensing_id)
    assert _rows(door) == ["Delivery failed"]
    door.trial.agrees(assigned.dispensing_id)
    door.world.wait(days=10)
    assert _rows(door, "investigator.0") == ["Confirm delivery"]
    door.trial.confirms(assigned)
    assert _rows(door) == []
