"""Dates of lots and stock near its date over the API."""

from datetime import timedelta

from irt.blinding.roles import Role
from tests.web.api.system import System
from tests.web.extended import LATER, dated, extended
from tests.web.world import World


def test_the_dates_of_lots_are_listed(world: World) -> None:
    """With the countries that may label, and what is left to do; for the qualified person alone."""
    extended(world)
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    listed = System.of(world, "quinn").asks_study("/expiry")
    (lot,) = listed.json()["items"]
    (change,) = lot["changes"]
    assert (lot["lot"], lot["expiry"]) == ("L1", LATER.isoformat())
    assert (change["number"], change["countries"], change["left"]) == ("E-0001", ["GB", "NL"], 200)
    assert "PEN-A" not in listed.text
    assert System.of(world, "supply_manager.all").asks_study("/expiry").status_code == 403


def test_expiring_stock_is_listed_by_what_each_may_know(world: World) -> None:
    """By lot for the supply manager, by product for who plans blinded; sites are refused."""
    dated(world, world.now.date() + timedelta(days=60))
    manager, planner = (
        System.of(world, f"supply_{who}.all").asks_study("/expiring").json()["items"]
        for who in ("manager", "planner")
    )
    assert {line["name"] for line in manager} == {"L1"}
    assert {line["name"] for line in planner} == {"Pen 140 mg/mL"}
    assert sum(line["kits"] for line in manager) == sum(line["kits"] for line in planner) == 200
    assert System.of(world, "pharmacist.0").asks_study("/expiring").status_code == 403
