"""A kept plan for the tests of its pages: a depot, two sites, two pens that look alike, four weeks."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.services.keep_plan import KeepPlan, PlannedLeg, PlannedLine, keep_plan
from irt.services.optimization_runs import (
    KeepProblem,
    StartOptimization,
    Step,
    keep_problem,
    note_step,
    open_optimization,
    run_asked,
)
from optimization.check.check_plan import check_plan
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan, plan_json
from optimization.problem import Costs, Demand, KitType, Lane, Lot, Node, NodeKind, Problem, Shipper, Supply
from optimization.problem_file import write_problem
from tests.web.world import World

TEMP = "2-8C"
PENS = ("PEN-A", "PEN-P")
EVERY_DAY = frozenset(range(7))
TRANSIT_DAYS = 5


def the_problem(world: World) -> Problem:
    """The world's depot and two sites, from this week's Monday on; each site wants two of either pen, twice."""
    start = world.now.date() - timedelta(days=world.now.weekday())
    sites = [number for number, _ in world.sites]
    room = {TEMP: 1_000}
    return Problem(
        name="two sites",
        start=start,
        horizon_days=28,
        temps=(TEMP,),
        kit_types={pen: KitType(pen, TEMP, 1, 40_000) for pen in PENS},
        lots={f"L1/{pen}": Lot(f"L1/{pen}", pen, 600, frozenset({"GB"})) for pen in PENS},
        nodes={
            "C0": Node("C0", NodeKind.CENTRAL, "GB", frozenset(), room),
            **{number: Node(number, NodeKind.SITE, "GB", frozenset(), room) for number in sites},
        },
        lanes={
            f"NLD>{number}": Lane(
                f"NLD>{number}", "C0", number, TRANSIT_DAYS, EVERY_DAY, 24_000, 100, frozenset({TEMP})
            )
            for number in sites
        },
        shippers={"box": Shipper("box", TEMP, 20, 6_000, 9)},
        supply=tuple(Supply("C0", f"L1/{pen}", 0, 20) for pen in PENS),
        licences={},
        demand=tuple(Demand(number, pen, day, 2, 28) for number in sites for pen in PENS for day in (9, 23)),
        costs=Costs({TEMP: 25}, {TEMP: 8}, 2_000_000),
        blind_groups=(PENS,),
    )


def the_plan(problem: Problem, *, days: tuple[int, ...] = (1, 2), each: int = 4) -> Plan:
    """One consignment to each site, today and tomorrow, with what both its days want."""
    lanes = sorted(problem.lanes)
    lines = tuple((f"L1/{pen}", each) for pen in PENS)
    sent = [Consignment(lane, TEMP, day, {"box": 1}, lines) for lane, day in zip(lanes, days, strict=True)]
    left = {(problem.lanes[lane].destination, pen): each for lane in lanes for pen in PENS}
    uses = []
    for row in sorted(problem.demand, key=lambda row: row.day):
        kits = min(row.kits, left[row.site, row.kit])
        left[row.site, row.kit] -= kits
        if kits:
            uses.append(Dispensing(row.site, row.kit, row.day, f"L1/{row.kit}", kits))
    return ordered_plan(sent, uses)


def with_homes(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """The same with British homes: a parcel on the third day, and a pen that is kept for more."""
    kinds = {"homes GB": NodeKind.HOMES, "homes GB kept": NodeKind.KEPT}
    temps = frozenset({TEMP})
    nodes = {name: Node(name, kind, "GB", frozenset(), {TEMP: 1_000}) for name, kind in kinds.items()}
    lanes = {f"NLD>{name}": Lane(f"NLD>{name}", "C0", name, 0, EVERY_DAY, 0, 900, temps) for name in kinds}
    wanted = [(name, "L1/PEN-A", 2, 1) for name in kinds]
    sent = [Consignment(f"NLD>{name}", TEMP, day, {"parcel": 1}, ((lot, n),)) for name, lot, day, n in wanted]
    uses = [Dispensing(name, "PEN-A", day, lot, n) for name, lot, day, n in wanted]
    larger = replace(
        problem,
        nodes={**problem.nodes, **nodes},
        lanes={**problem.lanes, **lanes},
        shippers={**problem.shippers, "parcel": Shipper("parcel", TEMP, 10**6, 0, 0)},
        demand=(*problem.demand, *(Demand(name, "PEN-A", day, n, 28) for name, _, day, n in wanted)),
    )
    return larger, ordered_plan((*plan.consignments, *sent), (*plan.dispensings, *uses))


def supply_manager(world: World) -> Actor:
    """Whoever asked for the plan."""
    account_id = world.office.account("supply_manager.all").account_id
    return Actor(account_id, "Supply manager", (Grant(Role.SUPPLY_MANAGER, study_id=world.study_id),))


def a_run(world: World, *, kept: bool = True, **changes: Any) -> int:
    """A run that nobody works on as a job, two steps on; with its problem."""
    who = supply_manager(world)
    ask = StartOptimization(
        study_id=world.study_id, day=world.now.date(), horizon_days=28, title="Weekly", **changes
    )
    number = world.office.does(who, open_optimization, ask).run
    problem = json.loads(write_problem(the_problem(world)))
    if kept:
        world.office.does(who, keep_problem, KeepProblem(study_id=world.study_id, run=number, problem=problem))
    with world.store.writing() as connection:
        run = run_asked(connection, world.study_id, number)
        assert run is not None
        note_step(connection, run, Step(0.1, 50_000, 90_000, "prices"))
        note_step(connection, run, Step(0.4, 61_000, 63_000, "repaired"))
    return number


def a_kept_plan(world: World, days: tuple[int, ...] = (1, 2), *, homes: bool = False, **changes: Any) -> int:
    """The number of a plan that passed its check."""
    problem = the_problem(world)
    plan = the_plan(problem, days=days)
    if homes:
        problem, plan = with_homes(problem, plan)
    verdict = check_plan(problem, plan)
    assert verdict.accepted, verdict.violations
    run = a_run(world, kept=not homes, **changes)
    ask = KeepPlan(
        study_id=world.study_id,
        run=run,
        plan=plan_json(plan),
        hash=plan.hash,
        problem_hash=world.office.does(
            supply_manager(world),
            keep_problem,
            KeepProblem(study_id=world.study_id, run=run, problem=json.loads(write_problem(problem))),
        ).hash,
        status="proven",
        cost={
            name: getattr(verdict.cost, name) for name in ("fixed", "shippers", "kits", "holding", "waste", "unmet")
        },
        bound=verdict.cost.total - 500,
        seconds=0.4,
        verdict={"service": verdict.service},
        faults=[],
        consignments=[_leg(problem, one) for one in plan.consignments if "homes" not in one.lane],
    )
    return int(world.office.does(supply_manager(world), keep_plan, ask).plan)


def _leg(problem: Problem, one: Consignment) -> PlannedLeg:
    leaves: date = problem.start + timedelta(days=one.dispatch_day)
    return PlannedLeg(
        lane=one.lane,
        origin="NLD",
        place=problem.lanes[one.lane].destination,
        storage=one.temp,
        dispatch_on=leaves,
        expected_on=leaves + timedelta(days=TRANSIT_DAYS),
        shippers=dict(one.shippers),
        lines=[
            PlannedLine(kit_type=lot.split("/")[1], lot="L1", label="all", kits=kits) for lot, kits in one.lines
        ],
    )
