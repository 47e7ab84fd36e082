"""A day at a site, in chromium: every page reached has no fault of accessibility and nothing to complain of."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.end_to_end.onlooker import Person
from tests.web import ward
from tests.web.parcels import kits_of, parcel
from tests.web.world import World

pytestmark = pytest.mark.browser

Somebody = Callable[[], Person]


def test_the_pharmacist_dispenses_by_keyboard_and_scanner_alone(somebody: Somebody, world: World) -> None:
    """Worklist, kits assigned, one wrong scan refused in words, the right scans, and one single Enter."""
    subject, other = ward.ordered(world), ward.free_kit(world)
    person = somebody()
    person.sign_in("pharmacist.0")
    tab = person.tab
    expect(tab.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    person.look("worklist")
    person.scan(subject)
    expect(tab).to_have_url(f"{person.address}{ward.at(world, subject)}")
    person.look("subject")
    person.open("/worklist")
    person.tab_to(tab.get_by_role("button", name=subject))
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Dispense", level=1)).to_be_visible()
    person.look("dispense")
    kits = _kits(world, subject)
    wrong = other if other not in kits else next(k for k in _shelf(world) if k not in kits)
    person.scan(wrong)
    expect(tab.get_by_text("is not one of this visit").first).to_be_visible()
    person.look("dispense-wrong")
    tab.keyboard.press("Escape")
    person.open("/worklist")
    person.scan(kits[0])
    expect(tab.get_by_text(f"{kits[0]} is right").first).to_be_visible()
    for kit in kits[1:]:
        person.scan(kit)
    expect(tab.get_by_role("button", name="Confirm hand-over")).to_be_focused()
    person.look("dispense-ready")
    expect(tab.get_by_role("button", name="Confirm hand-over")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text(f"{len(kits)} kits handed over at")).to_be_visible()
    person.look("dispensed")
    assert ward.ask_one(world, "SELECT count(*) FROM dispensing WHERE status = 'handed_over'") == 1


def test_the_coordinator_screens_and_randomizes_once(somebody: Somebody, world: World) -> None:
    """A double click on Confirm draws once; a reload shows the same number."""
    person = somebody()
    person.sign_in("coordinator.0")
    tab = person.tab
    before = ward.count(world, "randomization")
    person.open("/subjects")
    person.look("subjects")
    person.open("/subjects/screen")
    person.look("screen")
    expect(tab.get_by_role("button", name="Screen the subject")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("link", name="Randomize")).to_be_visible()
    subject = str(ward.ask_one(world, "SELECT number FROM subject ORDER BY id DESC"))
    person.open(f"{ward.at(world, subject)}/randomize")
    tab.get_by_role("button", name="Check").click()
    expect(tab.get_by_role("alert").first).to_be_visible()
    person.look("randomize-unanswered")
    tab.get_by_label("below 85 mg/dL").check()
    tab.get_by_label("Every two weeks").check()
    tab.get_by_role("button", name="Check").click()
    person.look("randomize-confirm")
    tab.get_by_role("button", name="Confirm").dblclick()
    expect(tab.get_by_role("heading", name="Randomized", level=1)).to_be_visible()
    number = ward.ask_one(world, "SELECT number FROM randomization ORDER BY id DESC")
    expect(tab.get_by_text(str(number))).to_be_visible()
    person.look("randomized")
    tab.reload()
    expect(tab.get_by_text(str(number))).to_be_visible()
    assert ward.count(world, "randomization") == before + 1


def test_the_investigator_signs_an_order(somebody: Somebody, world: World) -> None:
    """From the worklist to the signature; a wrong password is refused and nothing is signed."""
    subject = ward.randomized(world)
    person = somebody()
    person.sign_in("investigator.0")
    tab = person.tab
    tab.get_by_role("link", name=subject).or_(tab.get_by_role("button", name=subject)).first.click()
    expect(tab.get_by_role("heading", name="Order", level=1)).to_be_visible()
    person.look("order")
    tab.get_by_label("Password").fill("not my password")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert").first).to_be_visible()
    person.look("order-refused")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The order is signed")).to_be_visible()
    person.look("order-signed")


def test_a_shipment_is_received(somebody: Somebody, world: World) -> None:
    """Kit by kit, one damaged, the monitor's word, and one signature."""
    number = parcel(world)
    kits = kits_of(world, number)
    person = somebody()
    person.sign_in("pharmacist.0")
    tab = person.tab
    person.open("/shipments")
    person.look("shipments")
    person.scan(number)
    person.open(f"/shipments/{world.study_id}/{number}/receive")
    person.look("receive")
    for kit in kits[:-1]:
        person.scan(kit)
        expect(tab.get_by_text(f"{kit} is here")).to_be_visible()
    tab.get_by_role("button", name=f"Damaged {kits[-1]}").click()
    expect(tab.get_by_text("Every kit is accounted for").first).to_be_visible()
    tab.get_by_label("No alarm").check()
    tab.get_by_label("Password").fill(PASSWORD)
    person.look("receive-all-said")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The receipt is signed and booked")).to_be_visible()
    person.look("received")


def test_the_stock_is_counted(somebody: Somebody, world: World) -> None:
    """Every kit but one is scanned; the difference gets its reason before it is booked."""
    person = somebody()
    person.sign_in("pharmacist.1")
    tab = person.tab
    person.open("/stock")
    person.look("stock")
    tab.get_by_role("link", name="Count", exact=True).click()
    person.look("count")
    shelf = _shelf(world, 1)
    for kit in shelf[:3]:
        person.scan(kit)
        expect(tab.get_by_text(f"{kit} is counted")).to_be_visible()
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_text("differences").first).to_be_visible()
    person.look("count-compared")
    tab.get_by_label("One reason for all").fill("In the other fridge")
    tab.get_by_role("button", name="Confirm the count").click()
    expect(tab.get_by_text("3 kits matched").or_(tab.get_by_text("3 matched")).first).to_be_visible()
    person.look("counted")


def test_signing_in_and_out(somebody: Somebody, world: World) -> None:
    """A wrong password is told in words; after signing out no page is left to look at."""
    person = somebody()
    person.open("/worklist")
    expect(person.tab.get_by_role("heading", name="Sign in")).to_be_visible()
    person.look("sign-in")
    person.sign_in("monitor.0", "a wrong one")
    expect(person.tab.get_by_role("alert").first).to_be_visible()
    person.look("sign-in-refused")
    person.sign_in("monitor.0")
    person.open("/history")
    expect(person.tab.get_by_role("heading", name="History", level=1)).to_be_visible()
    person.look("history")
    person.tab.locator("summary.irt-user, .irt-menu summary").first.press("Enter")
    person.look("menu")
    person.tab.get_by_role("button", name="Sign out", exact=True).click()
    expect(person.tab.get_by_role("heading", name="Sign in")).to_be_visible()
    person.look("signed-out")
    person.open("/history")
    expect(person.tab.get_by_role("heading", name="Sign in")).to_be_visible()


def _kits(world: World, subject: str) -> list[str]:
    """The kits assigned to a subject."""
    found = (
        "SELECT group_concat(number, ' ') FROM (SELECT kit.number FROM kit JOIN dispensed_kit ON kit_id = kit.id "
        "JOIN dispensing ON dispensing.id = dispensing_id JOIN subject ON subject.id = dispensing.subject_id "
        "WHERE subject.number = :subject ORDER BY kit.number)"
    )
    return str(ward.ask_one(world, found, subject=subject)).split()


def _shelf(world: World, site: int = 0) -> list[str]:
    """Free kits at a site."""
    found = (
        "SELECT group_concat(number, ' ') FROM (SELECT number FROM kit WHERE custody = 'site' AND place_id = :site "
        "AND assignment = 'free' ORDER BY number)"
    )
    return str(ward.ask_one(world, found, site=world.sites[site][1])).split()
