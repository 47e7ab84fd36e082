"""The buttons Label the kits, Book the labels and Sign the check, at a depot whose kits are labelled late."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

from irt.blinding.roles import Role
from irt.services import passwords
from irt.services.fulfil_shipment import StepShipment, acknowledge_shipment, pick_shipment
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment
from tests.cast import PASSWORD
from tests.irt.services.test_label_kits import approved, the_late_study
from tests.web.api.live import served
from tests.web.api.system import SIGNING, System
from tests.web.blinded.test_jobs_in_browser import enter, examine
from tests.web.browser import Browser
from tests.web.conftest import CHEAP
from tests.web.extended import extended
from tests.web.keyboard import scan
from tests.web.parcels import house_of, kits_of, requested_parcel
from tests.web.preview.browser import browser as started
from tests.web.unblinded.people import depot_worker
from tests.web.world import Grounds, World, lay_grounds, world_on


@pytest.fixture(scope="module")
def late_grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """A study whose kits get their label at the depot."""
    file = tmp_path_factory.mktemp("late-grounds") / "grounds.sqlite"
    shutil.copyfile(sqlite_template, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        return lay_grounds(file, the_late_study())


@pytest.fixture
def late_world(late_grounds: Grounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world with an approved British label and a picked parcel to Britain."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with world_on(late_grounds, tmp_path) as made:
        house = house_of(made)
        approved(house, "en")
        number = requested_parcel(made)
        for step in (acknowledge_shipment, pick_shipment):
            house.do(Role.DEPOT, step, StepShipment(study_id=made.study_id, number=number))
        yield made


def _parcel(world: World) -> str:
    return str(house_of(world).rows(Shipment, status="picked")[0]["number"])


def _hire(world: World, *names: str) -> None:
    """People at the depot that picked the parcel."""
    depot = house_of(world).rows(Shipment, status="picked")[0]["origin_depot_id"]
    for name in names:
        world.office.hire(name, (Role.DEPOT, {"study_id": world.study_id, "depot_id": depot}))


def _second(world: World) -> Browser:
    """A colleague at the same depot."""
    _hire(world, "colleague")
    return world.signed_in("colleague")


def test_from_the_label_to_the_closed_box(late_world: World) -> None:
    """The parcel is not packed before every label is on and checked by somebody else."""
    number = _parcel(late_world)
    home, kits = f"/depot/{late_world.study_id}/{number}", kits_of(late_world, number)
    browser = depot_worker(late_world)
    assert re.search(rf'href="{home}">Label<', browser.get("/depot").text)
    assert f'href="{home}/labels"' in browser.get(home).text
    assert f'action="{home}/pack"' not in browser.text
    sheet = browser.get(f"{home}/labels/sheet")
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sheet.content)).pages)
    assert sorted(re.findall(r"Kit no. (\d+)", printed)) == kits
    assert "SPECIMEN" not in printed
    page = f"{home}/labels"
    browser.get(page)
    for kit in kits:
        browser.press(f"{page}/scan", code=kit)
        assert f"{kit} has its label" in browser.text
    browser.press(page, labels_issued=str(len(kits)))
    assert "The labels are booked" in browser.text
    assert "Somebody else checks" in browser.text
    other, check = _second(late_world), f"{page}/checks/B-0001"
    assert f'href="{check}"' in other.get(page).text
    other.get(check)
    other.press(check, meaning="pass", password=PASSWORD)
    assert "Every kit has its label" in other.text
    other.get(home)
    assert other.press(f"{home}/pack").status_code == 200
    assert house_of(late_world).rows(Shipment, number=number)[0]["status"] == "packed"


def test_scans_and_counts_that_are_wrong(late_world: World) -> None:
    """Another parcel's kit, no kit, a label too many; nothing is booked and what was scanned stays."""
    number = _parcel(late_world)
    page, kit = f"/depot/{late_world.study_id}/{number}/labels", kits_of(late_world, number)[0]
    strange = house_of(late_world).rows(Kit, custody="site")[0]["number"]
    browser = depot_worker(late_world)
    browser.get(page)
    for code, words in (
        (strange, f"{strange} gets no label here"),
        ("a label", "This is not a kit number"),
        (kit, f"{kit} has its label"),
        (kit, f"{kit} was scanned before"),
    ):
        browser.press(f"{page}/scan", code=code)
        assert words in browser.text
    browser.press(page, labels_issued="3")
    assert (browser.answer.status_code, "3 labels were issued, 1 are accounted" in browser.text) == (409, True)
    assert browser.form(page).fields["scanned"] == kit
    browser.press(f"{page}/scan", out=kit)
    assert f"{kit} is taken out" in browser.text
    browser.press(page, labels_issued="0")
    assert "No kit was scanned" in browser.text


def test_labels_found_wrong_come_off(late_world: World) -> None:
    """With a reason; who put them on sees no signature panel."""
    number = _parcel(late_world)
    page, kit = f"/depot/{late_world.study_id}/{number}/labels", kits_of(late_world, number)[0]
    browser = depot_worker(late_world)
    browser.get(page)
    browser.press(f"{page}/scan", code=kit)
    browser.press(page, labels_issued="1")
    check = f"{page}/checks/B-0001"
    assert "Somebody else has to check them" in browser.get(check).text
    other = _second(late_world)
    other.get(check)
    assert other.press(check, meaning="refuse", password=PASSWORD).status_code == 400
    other.press(check, meaning="refuse", reason="Smudged", password=PASSWORD)
    assert "The labels come off" in other.text
    assert other.get(check).status_code == 404


def test_the_same_over_the_api(late_world: World) -> None:
    """The sheet, labels put on by one token and checked by another's owner."""
    number = _parcel(late_world)
    kits = kits_of(late_world, number)
    _hire(late_world, "picker", "colleague")
    system, colleague = System.of(late_world, "picker"), System.of(late_world, "colleague")
    sheet = system.asks_study(f"/depot-shipments/{number}/labels").json()
    assert [each["code"] for each in sheet["items"]] == kits
    assert sheet["items"][0]["lines"][0] == f"Kit no. {kits[0]}"
    assert system.asks_study(f"/depot-shipments/{number}/labelling").json()["left"] == kits
    too_soon = system.does("/shipments/pack", number=number)
    assert (too_soon.status_code, too_soon.json()["name"]) == (409, "KitsNotLabelled")
    put_on = system.booked("/labels/put-on", shipment=number, kits=kits, labels_issued=len(kits))
    refused = system.does("/labels/check", number=put_on["number"], signing=SIGNING)
    assert (refused.status_code, refused.json()["name"]) == (409, "SecondPersonMissing")
    assert colleague.booked("/labels/check", number=put_on["number"], signing=SIGNING)["left"] == 0
    assert system.asks_study("/label-masters/LM-001").status_code == 403


def test_a_study_without_late_labels_has_no_such_page(world: World) -> None:
    """Nor a word of it beside the box."""
    number = requested_parcel(world)
    house = house_of(world)
    for step in (acknowledge_shipment, pick_shipment):
        house.do(Role.DEPOT, step, StepShipment(study_id=world.study_id, number=number))
    browser = depot_worker(world)
    home = f"/depot/{world.study_id}/{number}"
    assert "Label the kits" not in browser.get(home).text
    assert browser.get(f"{home}/labels").status_code == 404


def test_labels_with_a_later_date_are_printed_with_it(world: World) -> None:
    """For a site and over the API; a site's copy of a label says that it is one."""
    extended(world)
    site, browser = world.sites[0][0], world.signed_in("pharmacist.0")
    task = f"E-0001/site/{site}"
    assert f'href="/relabel/{world.study_id}/{task}/sheet"' in browser.get(f"/relabel/{world.study_id}/{task}").text
    sheet = browser.get(f"/relabel/{world.study_id}/{task}/sheet")
    assert "Use by 2028-06-30" in pypdf.PdfReader(io.BytesIO(sheet.content)).pages[0].extract_text()
    system = System.of(world, "pharmacist.0")
    lines = {
        line
        for each in system.asks_study("/relabelling/labels", task=task).json()["items"]
        for line in each["lines"]
    }
    assert "Use by 2028-06-30" in lines
    kit = sorted(row["number"] for row in house_of(world).rows(Kit, place_id=world.sites[0][1], custody="site"))[0]
    copy = f"/stock/{world.study_id}/kits/{kit}/label"
    assert f'href="{copy}/svg"' in browser.get(f"/stock/{world.study_id}/kits/{kit}").text
    assert ">COPY</text>" in browser.get(f"{copy}/svg").text
    assert browser.get(f"{copy}/pdf").content.startswith(b"%PDF")
    assert browser.get(f"{copy}/bmp").status_code == 404
    assert system.asks_study(f"/kits/{kit}/label").json()["items"][0]["code"] == kit
    elsewhere = sorted(
        row["number"] for row in house_of(world).rows(Kit, place_id=world.sites[1][1], custody="site")
    )
    assert browser.get(f"/stock/{world.study_id}/kits/{elsewhere[0]}/label/svg").status_code == 404


@pytest.mark.browser
def test_labels_in_a_narrow_browser(late_world: World) -> None:
    """The words, the proof, the scan and the count by keyboard on a phone's width; no barriers."""
    _hire(late_world, "picker")
    number = _parcel(late_world)
    home, kit = f"/depot/{late_world.study_id}/{number}", kits_of(late_world, number)[0]
    with served(late_world) as server, started() as chromium:
        tab = enter(chromium, server, "supply_manager.all", 375)
        for page in ("/labels", f"/labels/{late_world.study_id}/write?country=DE&language=de&group=PEN"):
            tab.goto(f"{server}{page}")
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, page, 375)
        tab.goto(f"{server}/labels/{late_world.study_id}/LM-001")
        expect(tab.get_by_alt_text("The label of a specimen, version 1")).to_be_visible()
        examine(tab, "master", 375)
        tab.context.close()
        tab = enter(chromium, server, "picker", 375)
        tab.goto(f"{server}{home}")
        tab.get_by_role("link", name="Label the kits").press("Enter")
        scan(tab, kit)
        expect(tab.get_by_text(f"{kit} has its label")).to_be_visible()
        examine(tab, "labels", 375)
        tab.get_by_label("Labels issued").fill("1")
        tab.get_by_label("Labels issued").press("Enter")
        expect(tab.get_by_text("The labels are booked")).to_be_visible()
        examine(tab, "booked", 375)
        tab.context.close()
