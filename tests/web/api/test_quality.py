"""Lots released and quality decided over the API, each under a signature of the request."""

import pytest

from irt.blinding.roles import Role
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.tables.kit import Kit
from tests.builders_supply import a_lot
from tests.web.api.system import SIGNING, System
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def qualified(world: World) -> System:
    """A system of the qualified person, while a second lot waits."""
    lots = [
        a_lot(lot="A2", blinded_lot="L2", kits=30),
        a_lot(lot="P2", blinded_lot="L2", kit_type="PEN-P", kits=20),
    ]
    house_of(world).load(lots, release=False)
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    return System.of(world, "quinn")


def test_a_lot_is_released_with_the_right_password_only(qualified: System) -> None:
    """Then it may be used in one more country; what is inside is never told."""
    listed = qualified.asks_study("/lots")
    assert [(lot["lot"], lot["kits"]) for lot in listed.json()["items"]] == [("L2", 50), ("L1", 200)]
    assert "PEN-A" not in listed.text
    ask = {"lot": "L2", "on_day": qualified.today, "countries": ["NL"]}
    refused = qualified.does("/lots/release", **ask, signing={"password": "a guess"})
    assert (refused.status_code, refused.json()["name"]) == (403, "SigningRefused")
    assert qualified.does("/lots/release", **ask).status_code == 400
    assert qualified.booked("/lots/release", **ask, signing=SIGNING)["kits"] == 50
    assert qualified.booked("/lots/approve", lot="L2", country="GB", signing=SIGNING)["country"] == "GB"
    lot = next(one for one in qualified.asks_study("/lots").json()["items"] if one["lot"] == "L2")
    assert (lot["released_on"], lot["countries"]) == (qualified.today, ["GB", "NL"])


def test_kits_in_quarantine_are_decided(qualified: System) -> None:
    """They leave the list; the same key gives the same answer."""
    world, house = qualified.world, house_of(qualified.world)
    kits = sorted(row["number"] for row in house.rows(Kit, custody="site"))[:3]
    ask = QuarantineKits(study_id=world.study_id, kits=kits, reason="Fridge stood open")
    house.do(Role.QUALITY, quarantine_kits, ask)
    waiting = qualified.asks_study("/quality").json()
    assert ([kit["number"] for kit in waiting["items"]], waiting["all_kits"]) == (kits, 3)
    decision = {"accept": kits[:2], "reject": kits[2:], "reason": "Stability data", "signing": SIGNING}
    answers = [qualified.does("/quality/decide", "one-key-for-it", **decision) for _ in range(2)]
    assert [answer.json()["rejected"] for answer in answers] == [kits[2:]] * 2
    assert qualified.asks_study("/quality").json()["items"] == []


def test_a_recall_is_opened_looked_at_and_lifted(qualified: System) -> None:
    """Each with a signature; the same key gives the same hold; the list tells no reason and no bulk lot."""
    recall = {"kind": "recall", "lot": "P1", "reason": "Sterility failure", "signing": SIGNING}
    opened = [qualified.does("/holds/open", "one-key-for-it", **recall).json() for _ in range(2)]
    assert opened[0] == opened[1]
    assert (opened[0]["number"], opened[0]["over"], opened[0]["kits"]) == ("H-0001", "Lot L1", 200)
    qualified.world.works()
    listed = qualified.asks_study("/holds")
    (hold,) = listed.json()["items"]
    assert (hold["found"], hold["moved"]) == (200, 200)
    assert not {"P1", "Sterility"} & set(listed.text.replace('"', " ").split())
    page = qualified.asks_study("/holds/H-0001").json()
    assert (len(page["kits"]), {kit["status"] for kit in page["kits"]}) == (100, {"Recalled"})
    assert qualified.asks_study("/holds/H-0001", after=page["next"]).json()["next"] == ""
    lift = {"number": "H-0001", "reason": "All accounted for", "signing": SIGNING}
    assert qualified.booked("/holds/lift", **lift)["number"] == "H-0001"
    assert qualified.does("/holds/lift", **lift).status_code == 404


def test_a_lot_is_extended_label_by_label(qualified: System) -> None:
    """Signed by the qualified person, put on by one pharmacist, checked by another colleague."""
    world = qualified.world
    later = {"lot": "L1", "expiry": "2028-06-30", "countries": ["GB"], "reason": "Re-test", "signing": SIGNING}
    assert qualified.booked("/lots/expiry", **later)["number"] == "E-0001"
    assert (
        qualified.booked("/lots/expiry/approve", number="E-0001", country="NL", signing=SIGNING)["country"] == "NL"
    )
    pharmacist, colleague = System.of(world, "pharmacist.0"), System.of(world, "coordinator.0")
    waiting = pharmacist.asks_study("/relabelling").json()
    kit = waiting["kits"][0]
    assert (kit["change"], kit["new_expiry"], kit["waits_for_check"]) == ("E-0001", "2028-06-30", "")
    put_on = {"change": "E-0001", "site": world.sites[0][0], "kits": [kit["number"]], "labels_issued": 1}
    number = pharmacist.booked("/kits/relabel", **put_on)["number"]
    refused = pharmacist.does("/kits/relabel/check", number=number, signing=SIGNING)
    assert (refused.status_code, refused.json()["name"]) == (409, "SecondPersonMissing")
    assert colleague.booked("/kits/relabel/check", number=number, signing=SIGNING)["kits"] == [kit["number"]]
    left = pharmacist.asks_study("/relabelling").json()
    assert len(left["kits"]) == len(waiting["kits"]) - 1
    assert "Re-test" not in str(waiting) + str(left)


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_manager.all", "supply_planner.all"])
def test_nobody_else_does(world: World, person: str) -> None:
    """403, whatever the scopes of the token."""
    system = System.of(world, person)
    assert system.asks_study("/lots").status_code == 403
    assert system.asks_study("/quality").status_code == 403
    ask = {"lot": "L1", "on_day": system.today, "signing": SIGNING}
    assert system.does("/lots/release", **ask).status_code == 403
    assert system.does("/quality/decide", accept=["1"], reason="r", signing=SIGNING).status_code == 403
    assert system.asks_study("/holds").status_code == 403
    recall = {"kind": "recall", "lot": "L1", "reason": "r", "signing": SIGNING}
    assert system.does("/holds/open", **recall).status_code == 403
