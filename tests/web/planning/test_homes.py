"""A plan of a study that sends kits home: they are in its problem, and no shipment of the plan carries them."""

import json
from datetime import UTC, datetime, time

from irt.reads.unblinded_plans import plan_files, plan_shown
from irt.services.optimization_runs import StartOptimization, open_optimization, run_asked
from irt.services.store import Store
from irt.tables.shipment import Shipment
from optimization.check.check_plan import check_plan
from optimization.door import optimize
from optimization.plan_file import read_plan
from optimization.problem import NodeKind
from optimization.problem_file import read_problem
from tests.builders_homes import FEW, opened, sending_home
from tests.builders_plan import approved, planner
from tests.builders_trial import FIRST_SITE, Trial
from web.planning.run import Bench, work_out

WEEKS_4 = 35
"""Days that hold the visit of week 4."""


def a_plan(trial: Trial) -> int:
    """The number of a plan worked out from the study as it stands."""
    house_time = datetime.combine(trial.day, time(12), UTC)
    ask = StartOptimization(study_id=trial.study_id, day=trial.day, horizon_days=WEEKS_4)
    number = trial.do(planner(trial), open_optimization, ask).run
    with trial.store.reading() as connection:
        run = run_asked(connection, trial.study_id, number)
    assert run is not None
    return work_out(Bench(trial.store, planner(trial), lambda: house_time, optimize, "run:1"), run).kept.plan


def test_what_goes_home_is_planned_at_the_depot_and_sent_by_nobody(sqlite_store: Store) -> None:
    """The plan holds the kits of week 4 at the American depot; approved, it raises shipments to sites alone."""
    trial = opened(sqlite_store, sending_home())
    for _ in range(3):
        trial.treated(FIRST_SITE)
    number = a_plan(trial)
    with trial.store.reading() as connection:
        shown, files = (read(connection, trial.study_id, number) for read in (plan_shown, plan_files))
    problem, plan = read_problem(json.dumps(files.problem)), read_plan(files.plan)
    assert check_plan(problem, plan).accepted
    kinds = {node.id: node.kind for node in problem.nodes.values()}
    assert (kinds["homes US"], kinds["homes US kept"]) == (NodeKind.HOMES, NodeKind.KEPT)
    wanted = {site: sum(row.kits for row in problem.demand if row.site == site) for site in kinds}
    assert wanted["homes US"] == 3 * 4
    assert wanted[FIRST_SITE] == 2 * FEW.minimum, "its levels, and no visit"
    given = {site: sum(use.kits for use in plan.dispensings if use.site == site) for site in kinds}
    assert given["homes US"] == wanted["homes US"]
    assert not [leg for leg in shown.consignments if "homes" in leg.lane]
    before = len(trial.rows(Shipment))
    answer = approved(trial, number)
    raised = trial.rows(Shipment)[before:]
    assert len(raised) == len(answer.shipments)
    assert all(row["subject_id"] is None for row in raised)
