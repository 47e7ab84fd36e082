"""Long work over the API: started once, seen and cancelled by its owner."""

import pytest

from irt.blinding.roles import Permission
from tests.web.api.system import System
from tests.web.parcels import raise_levels
from tests.web.world import World


@pytest.fixture
def supply(world: World) -> System:
    """A system of the supply manager."""
    raise_levels(world, 3)
    return System.of(world, "supply_manager.all")


def _job(system: System, job_id: int) -> dict[str, object]:
    shown: dict[str, object] = system.asks(f"/jobs/{job_id}").json()
    return shown


def test_a_run_is_started_and_told(supply: System) -> None:
    """The same key starts nothing new; the answer says what came of it."""
    first = supply.booked("/resupply/start", key="night-of-16-march", day=supply.today)
    again = supply.booked("/resupply/start", key="night-of-16-march", day=supply.today)
    assert first == again
    assert _job(supply, first["job_id"])["status"] == "queued"
    supply.world.works()
    told = _job(supply, first["job_id"])
    assert (told["status"], told["result"]) == ("done", "1 shipment was made.")


def test_a_waiting_job_is_cancelled(supply: System) -> None:
    """By its owner; nobody else finds it."""
    job_id = supply.booked("/audit-trail/verify")["job_id"]
    other = System.of(supply.world, "inspector.all")
    assert other.asks(f"/jobs/{job_id}").status_code == 404
    assert other.does_alone("/jobs/cancel", job_id=job_id).status_code == 403
    assert supply.booked_alone("/jobs/cancel", job_id=job_id)["status"] == "cancelled"
    assert supply.does_alone("/jobs/cancel", job_id=job_id).status_code == 409


@pytest.mark.parametrize("path", ["/resupply/start", "/audit-trail/verify"])
def test_a_token_needs_the_scope(world: World, path: str) -> None:
    """As the work itself does."""
    system = System.of(world, "supply_manager.all", [Permission.VIEW_STOCK])
    assert system.does(path, **({"day": system.today} if "resupply" in path else {})).status_code == 403
