"""A run with a small plan of pens for British sites, as somebody who calculated it would hand it in."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.services.approve_plan import ApprovePlan, PlanApproved, approve_plan
from irt.services.keep_plan import KeepPlan, PlannedLeg, PlannedLine, keep_plan
from irt.services.optimization_runs import (
    KeepProblem,
    StartOptimization,
    hash_of,
    keep_problem,
    open_optimization,
)
from irt.tables.secret import PlanContent
from tests.builders_supply import SupplyHouse
from tests.cast import signing

PROBLEM = {"name": "two sites", "horizon_days": 28}


def stocked(house: SupplyHouse) -> None:
    """A released lot at the Dutch depot, and two British sites without kits."""
    house.load()
    house.sites(2)


def planner(house: SupplyHouse) -> Actor:
    """Who may know kit types and plans."""
    return house.actor(Role.SUPPLY_MANAGER)


def a_run(house: SupplyHouse, **changes: Any) -> int:
    """A run that nobody works on as a job, with its problem."""
    ask = StartOptimization(study_id=house.study_id, day=house.day, horizon_days=28, **changes)
    number = house.do(planner(house), open_optimization, ask).run
    house.do(planner(house), keep_problem, KeepProblem(study_id=house.study_id, run=number, problem=PROBLEM))
    return number


def a_leg(house: SupplyHouse, site: str = "1001", days: int = 0, kits: int = 4) -> PlannedLeg:
    """So many pens of either kind, leaving that many days from the house's."""
    leaves = house.day + timedelta(days=days)
    lines = [PlannedLine(kit_type=pen, lot="L1", label="all", kits=kits) for pen in ("PEN-A", "PEN-P")]
    return PlannedLeg(
        lane=f"NLD>{site}",
        origin="NLD",
        place=site,
        storage="2-8C",
        dispatch_on=leaves,
        expected_on=leaves + timedelta(days=5),
        shippers={"standard 2-8C": 1},
        lines=lines,
    )


def handed_in(house: SupplyHouse, run: int, legs: list[PlannedLeg], **changes: Any) -> KeepPlan:
    """What is kept of a plan."""
    plan = json.dumps({"run": run, "shipments": [leg.model_dump(mode="json") for leg in legs]})
    facts = {
        "study_id": house.study_id,
        "run": run,
        "plan": plan,
        "hash": hashlib.sha256(plan.encode()).hexdigest(),
        "problem_hash": hash_of(PROBLEM),
        "status": "proven",
        "cost": {"fixed": 24000, "shippers": 12000, "kits": 800, "holding": 90, "waste": 0, "unmet": 0},
        "bound": 36000,
        "seconds": 0.5,
        "verdict": {"kits": 16, "service": 1.0},
        "faults": [],
        "consignments": legs,
    }
    return KeepPlan.model_validate({**facts, **changes})


def a_plan(house: SupplyHouse, legs: list[PlannedLeg]) -> int:
    """A kept plan's number."""
    return int(house.do(planner(house), keep_plan, handed_in(house, a_run(house), legs)).plan)


def approving(house: SupplyHouse, plan: int) -> ApprovePlan:
    """The approval of a plan by whoever read it."""
    digest = house.rows(PlanContent)[plan - 1]["hash"]
    return ApprovePlan(study_id=house.study_id, plan=plan, hash=digest, signing=signing())


def approved(house: SupplyHouse, plan: int) -> PlanApproved:
    """The approval, carried out."""
    return house.do(planner(house), approve_plan, approving(house, plan))
