"""The night of a study: its shipments are planned by the installation itself, once a study and day."""

from datetime import date, datetime

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.services.bootstrap import system_actor
from irt.services.run_resupply import ResupplyDone, RunResupply, run_resupply_with
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.supply.planner import ResupplyPlanner


def plan_night(
    store: Store, planner: ResupplyPlanner, study_id: int, day: date, at: datetime, actor: Actor | None = None
) -> ResupplyDone:
    """Plans a study's day; whoever asks again the same day, a timer or a worker, is told the first outcome."""
    ask = RunResupply(study_id=study_id, day=day, night=True)
    return perform(
        store, actor or night_actor(store), at, run_resupply_with(planner), ask, f"night:{study_id}:{day}"
    )


def night_actor(store: Store) -> Actor:
    """The installation itself as a planner of supply; IntegrityFault where it was never begun."""
    with store.reading() as connection:
        return system_actor(connection, Role.SUPPLY_PLANNER)
