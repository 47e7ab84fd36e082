"""The page of items without numbers and its button Book it."""

from itertools import count

import pytest

from irt.blinding.roles import Role
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.fulfil_shipment import (
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
)
from irt.services.load_study import LoadStudy, load_study
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Study
from tests.builders_supply import SupplyHouse, the_study
from tests.cast import signing
from tests.web.api.system import System
from tests.web.world import World

ITEMS = "/stock/items"
DEPOT_ITEMS = "/depot/items"


@pytest.fixture
def bags(world: World) -> World:
    """The world with a study that keeps bags."""
    return with_bags(world)


def with_bags(world: World) -> World:
    """Loads a second study, which keeps bags; a pharmacist and a monitor work there."""
    house = SupplyHouse(world.store, 0, the_study("escalation"), world.now.date(), count(50_000))
    load = LoadStudy(definition=house.definition.model_dump(mode="json"), effective_from=house.day)
    house.study_id = house.do(Role.CONFIGURATOR, load_study, load).study_id
    approval = ApproveVersion(study_id=house.study_id, version=1, signing=signing())
    house.do(Role.STUDY_TEAM, approve_version, approval)
    ((_, site_id),) = house.sites(1)
    for name, role in (("bea", Role.PHARMACIST), ("mo", Role.MONITOR)):
        world.office.hire(name, (role, {"study_id": house.study_id, "site_id": site_id}))
    return world


def test_bags_are_received_handed_out_and_counted(bags: World) -> None:
    """Each booking shows what lies there; a second press books nothing more."""
    browser = bags.signed_in("bea")
    assert f'href="{ITEMS}"' in browser.get("/stock").text
    browser.get(ITEMS)
    received = browser.form(ITEMS).fields | {
        "act": "receive",
        "item": "BAG",
        "lot": "B-77",
        "quantity": "20",
        "expiry": "2028-06-30",
    }
    browser.send(ITEMS, received)
    browser.send(ITEMS, received)
    assert "20 bags" in browser.text
    browser.press(ITEMS, act="hand_out", item="BAG", lot="B-77", quantity="3")
    assert "17 bags" in browser.text
    browser.press(ITEMS, act="count", item="BAG", lot="B-77", quantity="16", reason="One was torn")
    assert "16 bags" in browser.text
    assert "One was torn" in browser.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"quantity": "1"}, "Say what happened to the items."),
        ({"act": "receive", "quantity": "many"}, "Give the quantity as a whole number."),
        ({"act": "receive", "quantity": "1", "lot": ""}, "Give the lot as it is printed."),
        ({"act": "receive", "quantity": "1", "expiry": "soon"}, "The date could not be read."),
        ({"act": "hand_out", "quantity": "1"}, "is new here"),
    ],
)
def test_it_refuses_in_words(bags: World, typed: dict[str, str], words: str) -> None:
    """What was typed stays."""
    browser = bags.signed_in("bea")
    browser.get(ITEMS)
    answer = browser.press(ITEMS, **{"item": "BAG", "lot": "B-1", **typed})
    assert (answer.status_code, words in answer.text) == (400, True)


def test_a_monitor_looks_only(bags: World) -> None:
    """The list, and no form."""
    browser = bags.signed_in("mo")
    page = browser.get(ITEMS).text
    assert "Nothing was received yet." in page
    assert "Book it" not in page


def test_a_study_without_items_says_so(world: World) -> None:
    """And the stock page has no way there."""
    browser = world.signed_in("pharmacist.0")
    assert ITEMS not in browser.get("/stock").text
    assert "This study keeps nothing without numbers." in browser.get(ITEMS).text
    assert browser.get(f"{ITEMS}?site=9999").status_code == 404


def test_the_same_over_the_api(bags: World) -> None:
    """Booked and listed."""
    system = System.of(bags, "bea")
    (study,) = system.asks("/studies").json()["items"]
    (site,) = system.asks(f"/studies/{study['study_id']}/sites").json()["items"]
    asked = {"study_id": study["study_id"], "site": site["site"], "item": "FILTER", "lot": "F-1"}
    done = system.booked_alone("/items/book", **asked, act="receive", quantity=4, expiry="2028-01-31")
    assert done == {"item": "FILTER", "lot": "F-1", "in_stock": 4, "set_aside": 0}
    told = system.asks(f"/studies/{study['study_id']}/sites/{site['site']}/items").json()
    assert [(lot["item"], lot["in_stock"]) for lot in told["lots"]] == [("FILTER", 4)]


def test_a_depot_receives_and_the_site_orders_and_counts_in(bags: World) -> None:
    """From the depot's page to the site's, through a parcel of bags alone."""
    house = SupplyHouse(bags.store, 0, the_study("escalation"), bags.now.date(), count(90_000))
    study_id = house.study_id = house.rows(Study)[-1]["id"]
    depot_id = house.rows(Depot, study_id=study_id)[0]["id"]
    bags.office.hire("dee", (Role.DEPOT, {"study_id": study_id, "depot_id": depot_id}))
    at_depot = bags.signed_in("dee")
    at_depot.get(DEPOT_ITEMS)
    typed = {"item": "BAG", "lot": "B-9", "quantity": "40", "expiry": "2028-06-30"}
    at_depot.press(DEPOT_ITEMS, **typed, act="receive")
    assert "40 bags" in at_depot.text
    refused = at_depot.press(DEPOT_ITEMS, **typed, act="hand_out")
    assert "by hand here" in refused.text
    browser = bags.signed_in("bea")
    browser.get(ITEMS)
    browser.press(f"{ITEMS}/order", order_item="BAG", order_quantity="12", order_reason="None left")
    assert "Ordered" in browser.text
    (shipment,) = house.rows(Shipment, study_id=study_id)
    assert shipment["status"] == "awaiting_approval"
    ask = ApproveShipment(study_id=study_id, number=shipment["number"])
    house.do(Role.SUPPLY_MANAGER, approve_shipment, ask)
    assert f"On the way: {shipment['number']}" in browser.get(ITEMS).text
    for service in (acknowledge_shipment, pick_shipment, pack_shipment, dispatch_shipment):
        house.do(Role.DEPOT, service, StepShipment(study_id=study_id, number=shipment["number"]))
    browser.get(ITEMS)
    line = f"{shipment['number']}-0"
    browser.press(f"{ITEMS}/receive", **{f"arrived-{line}": "11"})
    assert "Give a reason" in browser.text
    browser.press(f"{ITEMS}/receive", **{f"arrived-{line}": "11", f"reason-{shipment['number']}": "One short"})
    assert "11 bags" in browser.text
    assert house.rows(Shipment, id=shipment["id"])[0]["status"] == "received_with_discrepancy"


def test_sites_have_no_page_of_depots(bags: World) -> None:
    """Refused, not empty."""
    assert bags.signed_in("bea").get(DEPOT_ITEMS).status_code == 403
