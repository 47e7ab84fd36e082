"""One run from its problem to its plan: kept step by step, checked, and stopped softly where somebody asks."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from irt.blinding.actor import Actor
from irt.errors import Refusal
from irt.services.jobs import LeaseLost
from irt.services.keep_plan import KeepPlan, PlanKept, PlannedLeg, PlannedLine, keep_plan
from irt.services.optimization_runs import (
    EndRun,
    KeepProblem,
    RunOpen,
    Step,
    end_run,
    keep_problem,
    note_step,
)
from irt.services.running_job import WorkerStopping
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.supply.planner import NOTHING
from optimization.causes.unservable import unservable
from optimization.check.check_plan import check_plan
from optimization.check.fefo import in_fefo_order, without_reason
from optimization.live.earlier import SolveAgain
from optimization.live.leaving import Leg, legs
from optimization.live.network import LiveProblem
from optimization.plan import plan_json
from optimization.problem import Problem
from optimization.problem_file import write_problem
from optimization.result import Goal, Progress, Result, Solve, Status, Watch
from optimization.story.plan_changes import ChangeKind
from web.planning.earlier import Earlier, earlier_plan
from web.planning.edits import wishes_of
from web.planning.problem import problem_of_study
from web.planning.rules import RuleAsked, beside_plan, rule_asked, rule_told

BETWEEN_STEPS_SECONDS = 0.5
"""Steps that follow faster are told together with the next one."""
FAULTS_TOLD = 50
CAUSES_TOLD = 20
FAULT = "The program stopped on a fault of its own. Nothing was kept. Start another one."


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a run is worked on: store, who answers for it, the clock, the solver, and a key of its own.

    `go_on` is told of each step and may stop the run. `again` plans from an earlier plan, where one is to be kept.
    """

    store: Store
    actor: Actor
    clock: Callable[[], datetime]
    solve: Solve
    key: str
    go_on: Callable[[Progress], bool] = lambda _: True
    again: SolveAgain | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a run: the live problem and the result, and the plan's number."""

    live: LiveProblem
    result: Result
    kept: PlanKept


def work_out(bench: Bench, run: RunOpen) -> Worked:
    """Calculates, checks and keeps; what stops it ends the run, and goes on to whoever asked.

    A run whose worker is stopping, or lost its job, stays open: the next worker begins it anew.
    """
    try:
        return _work_out(bench, run)
    except (WorkerStopping, LeaseLost):
        raise
    except Refusal as refusal:
        _end(bench, run, refusal.sentence)
        raise
    except Exception:
        _end(bench, run, FAULT)
        raise


def _end(bench: Bench, run: RunOpen, words: str) -> None:
    ask = EndRun(study_id=run.study_id, run=run.number, words=words)
    perform(bench.store, bench.actor, bench.clock(), end_run, ask, f"{bench.key}:end")


def _work_out(bench: Bench, run: RunOpen) -> Worked:
    asked = rule_asked(run.settings)
    return _optimized(bench, run) if asked is None else _played(bench, run, asked)


def _played(bench: Bench, run: RunOpen, asked: RuleAsked) -> Worked:
    """A rule on the problem of another plan: what is proven there holds for it too."""
    with bench.store.reading() as connection:
        beside = beside_plan(connection, run, asked, bench.clock())
    digest = _keep_problem(bench, run, beside.live)
    watch = _Watch(bench, run, 0)
    began = bench.clock()
    found, status = beside.planner.found(beside.live.problem, Goal(**run.goal), watch)
    cost = found.verdict.cost
    seconds = (bench.clock() - began).total_seconds()
    result = Result(status, found.plan, cost, min(beside.bound, cost.total), seconds)
    watch.end(result)
    told = {"rule": rule_told(found, asked.method, beside.live)}
    return Worked(beside.live, result, _keep(bench, run, digest, beside.live, result, told))


def _optimized(bench: Bench, run: RunOpen) -> Worked:
    with bench.store.reading() as connection:
        live = problem_of_study(connection, run.study_id, run.day, bench.clock(), run.horizon_days, run.settings)
        wishes = wishes_of(connection, run.study_id, run.parent, live)
        earlier = earlier_plan(connection, run, live) if bench.again else None
    digest = _keep_problem(bench, run, live)
    watch = _Watch(bench, run, wishes.cost)
    found, told = _solved(bench, wishes.problem, Goal(**run.goal), watch, earlier)
    result = _in_order(live.problem, wishes.merged(found, live))
    watch.end(result)
    kept = _keep(bench, run, digest, live, result, told)
    return Worked(live, result, kept)


def _solved(
    bench: Bench, problem: Problem, goal: Goal, watch: Watch, earlier: Earlier | None
) -> tuple[Result, Mapping[str, Any]]:
    """The result, and what is told of the plan it goes on from."""
    if earlier is None or bench.again is None:
        return bench.solve(problem, goal, watch), NOTHING
    again = bench.again(problem, earlier.yesterday, goal, watch, earlier.nervousness)
    counts = {kind.value: again.changes.count(kind) for kind in ChangeKind}
    told = {"plan": earlier.number, "kept": again.changes.kept, **counts, "charge": again.changes.charge}
    return again.result, {"earlier": told}


def _in_order(problem: Problem, result: Result) -> Result:
    """The result with the first to expire first, wherever nothing speaks against it."""
    plan = in_fefo_order(problem, result.plan)
    return result if plan is result.plan else replace(result, plan=plan, cost=check_plan(problem, plan).cost)


def _keep_problem(bench: Bench, run: RunOpen, live: LiveProblem) -> str:
    """The hash of the problem."""
    problem = json.loads(write_problem(live.problem))
    keep = KeepProblem(study_id=run.study_id, run=run.number, problem=problem)
    return perform(bench.store, bench.actor, bench.clock(), keep_problem, keep, f"{bench.key}:problem").hash


def _keep(
    bench: Bench,
    run: RunOpen,
    problem_hash: str,
    live: LiveProblem,
    result: Result,
    told: Mapping[str, Any] = NOTHING,
) -> PlanKept:
    verdict = check_plan(live.problem, result.plan)
    sent = [*legs(live, result.plan)]
    reasons = {(place, lot): why for place, leg in enumerate(sent) for lot, why in leg.why.items()}
    broken = [f"{found.code}: {found.words}" for found in verdict.violations]
    faults = [*broken, *without_reason(live.problem, result.plan, reasons)][:FAULTS_TOLD]
    figures = {"service": verdict.service, "unmet_kits": verdict.unmet_kits, "wasted_kits": verdict.wasted_kits}
    causes = unservable(live.problem)[:CAUSES_TOLD] if verdict.unmet_kits else ()
    ask = KeepPlan(
        study_id=run.study_id,
        run=run.number,
        plan=plan_json(result.plan),
        hash=result.plan.hash,
        problem_hash=problem_hash,
        status=result.status,
        cost=asdict(verdict.cost),
        bound=result.bound,
        seconds=result.seconds,
        verdict={
            **figures,
            "kits_wanted": live.problem.kits_wanted,
            "violations": len(verdict.violations),
            "causes": [{"kits": cause.kits, "words": cause.words} for cause in causes],
            **told,
        },
        faults=faults,
        consignments=[_kept_leg(leg) for leg in sent if not leg.only_ready],
        cancelled=result.status == Status.CANCELLED,
    )
    return perform(bench.store, bench.actor, bench.clock(), keep_plan, ask, f"{bench.key}:plan")


def _kept_leg(leg: Leg) -> PlannedLeg:
    lines = [
        PlannedLine(
            kit_type=kits.kit_type, lot=kits.lot, label=kits.label, kits=kits.kits, why=leg.why.get(lot, "")
        )
        for lot, kits in zip(leg.lots, leg.dispatch.kits, strict=True)
    ]
    return PlannedLeg(
        lane=leg.lane,
        origin=leg.dispatch.depot,
        place=leg.dispatch.place,
        to_depot=leg.to_depot,
        storage=leg.storage,
        dispatch_on=leg.dispatch.dispatch_on,
        expected_on=leg.expected_on,
        shippers=dict(leg.shippers),
        lines=lines,
    )


class _Watch:
    """Keeps the steps of a run, and asks whether to go on."""

    def __init__(self, bench: Bench, run: RunOpen, beside: int) -> None:
        self._bench, self._run, self._beside = bench, run, beside
        self._told_at = -BETWEEN_STEPS_SECONDS

    def __call__(self, progress: Progress) -> bool:
        if progress.seconds - self._told_at < BETWEEN_STEPS_SECONDS:
            return True
        self._told_at = progress.seconds
        cost = None if progress.cost is None else progress.cost + self._beside
        step = Step(progress.seconds, progress.bound + self._beside, cost, progress.words)
        wanted = self._note(step)
        return self._bench.go_on(progress) and wanted

    def end(self, result: Result) -> None:
        """The last step: what is kept."""
        self._note(Step(result.seconds, result.bound, result.cost.total, str(result.status)))

    def _note(self, step: Step) -> bool:
        with self._bench.store.writing() as connection:
            return note_step(connection, self._run, step)
