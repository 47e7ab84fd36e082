"""The page of items without numbers and its button Book it."""

from itertools import count

import pytest

from irt.blinding.roles import Role
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.load_study import LoadStudy, load_study
from tests.builders_supply import SupplyHouse, the_study
from tests.cast import signing
from tests.web.api.system import System
from tests.web.world import World

ITEMS = "/stock/items"


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
        ({"quantity": "1"}, "Say what happened."),
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
    assert done == {"item": "FILTER", "lot": "F-1", "in_stock": 4}
    told = system.asks(f"/studies/{study['study_id']}/sites/{site['site']}/items").json()
    assert [(lot["item"], lot["in_stock"]) for lot in told["lots"]] == [("FILTER", 4)]
