"""A live study's plan over the API, signed and shipped day by day."""

import pytest

from irt.blinding.roles import Role
from tests.builders_plan import a_leg, a_plan
from tests.web.api.system import SIGNING, System
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def system(world: World) -> System:
    """A supply manager's system."""
    world.office.hire("some.manager", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    return System.of(world, "some.manager")


def test_a_plan_is_signed_as_it_was_read_and_shipped_once(world: World, system: System) -> None:
    """Two of each pen leave today, as many next week; asked again, nothing more leaves."""
    house = house_of(world)
    today = (world.now.date() - house.day).days
    number = a_plan(house, [a_leg(house, days=today, kits=2), a_leg(house, days=today + 7, kits=2)])
    digest = system.asks_study(f"/plans/{number}/files").json()["plan_hash"]
    wrong = system.does("/plans/approve", plan=number, hash="0" * 64, signing=SIGNING)
    assert (wrong.status_code, wrong.json()["name"]) == (409, "AnotherPlan")
    done = system.booked("/plans/approve", plan=number, hash=digest, signing=SIGNING)
    assert (len(done["shipments"]), done["kits"], done["left"]) == (1, 4, [])
    assert system.booked("/plans/ship", plan=number)["shipments"] == []


def test_a_run_does_not_begin_in_the_past(system: System) -> None:
    """From today on, or from a day within a year."""
    late = system.does("/plans/optimize", day="2020-01-01")
    assert late.status_code == 400
    assert "from today on" in late.json()["sentence"]
