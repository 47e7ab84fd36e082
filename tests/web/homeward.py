"""A study that mails kits behind real pages: a hub, a pharmacy's depot, a carrier, and patients."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time

from irt.blinding.roles import Role
from irt.services.store import Store
from irt.tables.study import Depot
from tests.builders_home import HomeTrial
from tests.cast import Office
from tests.web.world import SETTINGS, World


@dataclass
class Homeward:
    """The trial as services know it, and the same as pages show it."""

    trial: HomeTrial
    world: World

    def at(self, subject: str, dispensing_id: int) -> str:
        """Where the site sees a delivery."""
        return f"/studies/{self.trial.study_id}/subjects/{subject}/home/{dispensing_id}"


@contextmanager
def homeward(store: Store, trial: HomeTrial | None = None) -> Iterator[Homeward]:
    """Everybody at work, an hour after noon on the day of the trial."""
    trial = trial or HomeTrial.mailing(store)
    office = Office.founded(store, datetime.combine(trial.day, time(13), UTC))
    site = trial.active_sites()[0]
    here = {"study_id": trial.study_id, "site_id": site["id"]}
    for role in (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST):
        office.hire(f"{role}.0", (role, here))
    depot = {"study_id": trial.study_id, "depot_id": trial.rows(Depot)[0]["id"]}
    office.hire("depot.all", (Role.DEPOT, depot))
    for role in (Role.COURIER, Role.SUPPLY_MANAGER, Role.INSPECTOR):
        office.hire(f"{role}.all", (role, {"study_id": trial.study_id}))
    world = World(store, office, trial.study_id, ((site["number"], site["id"]),), SETTINGS)
    with world.opened:
        yield Homeward(trial, world)
