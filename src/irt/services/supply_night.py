"""The night of a study: its shipments are planned by the installation itself, once a study and day."""

from datetime import date, datetime

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.services.bootstrap import system_actor
from irt.services.run_resupply import ResupplyDone, RunResupply
from irt.services.ship_plan import ShipPlan, due_plan, ship_plan
from irt.services.store import Store
from irt.services.think_first import run_unlocked
from irt.services.unit_of_work import perform
from irt.supply.planner import ResupplyPlanner


def plan_night(
    store: Store, planner: ResupplyPlanner, study_id: int, day: date, at: datetime, actor: Actor | None = None
) -> ResupplyDone:
    """Plans a study's day; whoever asks again the same day, a timer or a worker, is told the first outcome.

    What an approved plan sends goes first; the study's rule then counts it as on its way.
    """
    who = actor or night_actor(store)
    with store.reading_past_wall() as connection:
        plan = due_plan(connection, study_id, at.date())
    if plan is not None:
        perform(store, who, at, ship_plan, ShipPlan(study_id=study_id, plan=plan), f"plan:{study_id}:{day}")
    ask = RunResupply(study_id=study_id, day=day, night=True)
    return run_unlocked(store, who, at, planner, ask, f"night:{study_id}:{day}")


def night_actor(store: Store) -> Actor:
    """The installation itself as a planner of supply; IntegrityFault where it was never begun."""
    with store.reading_past_wall() as connection:
        return system_actor(connection, Role.SUPPLY_PLANNER)
