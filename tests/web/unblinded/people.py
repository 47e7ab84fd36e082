"""People whom only these tests need."""

from irt.blinding.roles import Role
from irt.tables.study import Depot, Site
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


def statistician(world: World) -> Browser:
    """The independent statistician, signed in."""
    world.office.hire("independent", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    return world.signed_in("independent")


def depot_worker(world: World, *, elsewhere: bool = False) -> Browser:
    """Somebody of the depot that serves the first site, or of another one."""
    house = house_of(world)
    serving = house.rows(Site, id=world.sites[0][1])[0]["depot_id"]
    depots = [row["id"] for row in house.rows(Depot, study_id=world.study_id)]
    depot = next(one for one in depots if (one == serving) != elsewhere)
    name = "picker.elsewhere" if elsewhere else "picker"
    world.office.hire(name, (Role.DEPOT, {"study_id": world.study_id, "depot_id": depot}))
    return world.signed_in(name)
