"""The inbox of supply: what needs a person, and its button Take."""

import pytest

from irt.blinding.roles import Role
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.tables.shipment import Shipment
from irt.tables.supply import ExceptionTaken
from tests.web.parcels import house_of, requested_parcel
from tests.web.world import World

INBOX = "/supply/exceptions"


def late(world: World) -> str:
    """A shipment that nobody acknowledged for two days; its number."""
    number = requested_parcel(world)
    world.wait(days=2)
    return number


@pytest.mark.parametrize("person", ["supply_planner.all", "supply_manager.all"])
def test_a_late_shipment_is_in_the_inbox(world: World, person: str) -> None:
    """What, where, deadline, owner; and nothing that tells a kit type."""
    number = late(world)
    page = world.signed_in(person).get(INBOX).text
    assert all(words in page for words in ("Shipment not acknowledged", number, "nobody", "past the deadline"))
    assert not any(secret in page for secret in ("PEN-A", "PEN-P"))


def test_take_makes_one_the_owner_once(world: World) -> None:
    """A double click books once; then the person stands there, and the button is gone for them."""
    number = late(world)
    browser = world.signed_in("supply_planner.all")
    browser.get(INBOX)
    fields = browser.form(f"{INBOX}/take").fields
    browser.send(f"{INBOX}/take", fields)
    page = browser.send(f"{INBOX}/take", fields)
    assert page.status_code == 200
    (taken,) = house_of(world).rows(ExceptionTaken)
    assert (taken["kind"], taken["record"]) == ("not_acknowledged", number)
    assert f'Take<span class="visually-hidden"> Shipment not acknowledged {number}' not in browser.text


def test_what_is_settled_cannot_be_taken(world: World) -> None:
    """The sentence stands on the page, and nothing is booked."""
    late(world)
    browser = world.signed_in("supply_planner.all")
    browser.get(INBOX)
    fields = {**browser.form(f"{INBOX}/take").fields, "record": "S-99999"}
    page = browser.send(f"{INBOX}/take", fields)
    assert page.status_code == 409
    assert "no longer in the inbox" in page.text
    assert house_of(world).rows(ExceptionTaken) == []


def test_an_empty_inbox_says_so(world: World) -> None:
    """Nothing needs anybody."""
    assert "Nothing needs anybody." in world.signed_in("supply_planner.all").get(INBOX).text


def test_site_staff_have_no_inbox_of_supply(world: World) -> None:
    """403 in words."""
    assert world.signed_in("pharmacist.0").get(INBOX).status_code == 403


def test_a_parcel_that_never_reports_is_declared_lost(world: World) -> None:
    """With a reason, once it is past its limit; then the inbox is rid of it."""
    house, number = house_of(world), late(world)
    ask = StepShipment(study_id=world.study_id, number=number, waybill="W", monitor="M")
    for step in (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment):
        house.do(Role.DEPOT, step, ask)
    world.wait(days=20)
    browser = world.signed_in("supply_planner.all")
    assert "Not delivered" in browser.get(INBOX).text
    assert browser.press(f"{INBOX}/lost", reason=" ").status_code == 400
    browser.press(f"{INBOX}/lost", reason="The carrier cannot find it")
    assert house.rows(Shipment, number=number)[0]["status"] == "lost"
    assert number not in browser.text
