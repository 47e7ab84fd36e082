"""What a worker does with a question beside a plan: works it out, telling how far it is, and keeps the answer."""

import json
from collections.abc import Mapping
from typing import Any

from irt.errors import Refusal
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_plans import plan_files, plan_shown
from irt.services.jobs import LeaseLost
from irt.services.running_job import JobCancelled, RunningJob, WorkerStopping
from irt.services.supply_advice import KeepAdvice, advice_asked, keep_advice
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.plan import AdviceKind
from optimization.advice.expiry_value import Asked, Lots, expiry_values
from optimization.advice.expiry_value import record_of as record_of_values
from optimization.advice.what_if import Planned, case_of, what_if
from optimization.advice.what_if import record_of as record_of_cases
from optimization.campaigns.advise import advise_packing
from optimization.campaigns.advise import record_of as record_of_packing
from optimization.campaigns.campaign_file import campaigns_of
from optimization.campaigns.from_enrolment import require_fed
from optimization.campaigns.shared_setup import NODES_MAX
from optimization.live.carbon import carbon_factors
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.problem_file import read_problem
from optimization.result import Goal, Progress, Result, Solve, Watch
from optimization.story.carbon import CarbonFactors

WORDS = "Working out the advice"
BETWEEN_REPORTS_SECONDS = 1.0


def work_on_advice_with(solve: Solve, running: RunningJob) -> Mapping[str, Any]:
    """Works one question out; asked to stop, it ends without an answer."""
    number = int(running.job.asked["advice"])
    with running.store.reading() as connection:
        work = Work(running.store, connection, running.starter(), running.clock())
        row = advice_asked(work, running.study_id, number)
        base = _base(work, running.study_id, row["plan"])
        factors = carbon_factors(definition_in_force(connection, running.study_id).resupply.planning.carbon)
    if row["finished_at"] is None:
        desk = _Desk(solve, running, dict(row["asked"]), factors)
        try:
            result = desk.answer(AdviceKind(row["kind"]), base)
        except Refusal as refusal:
            # A refusal may name kit types: it stays with the advice, not with the job.
            result = {"refusal": refusal.sentence}
        desk.obey()
        ask = KeepAdvice(study_id=running.study_id, advice=number, result=result)
        perform(running.store, running.starter(), running.clock(), keep_advice, ask, running.key)
    return {"advice": number, "plan": row["plan"]}


def _base(work: Work, study_id: int, plan: int) -> Planned:
    """The plan as it was kept."""
    files = plan_files(work.connection, study_id, plan)
    shown = plan_shown(work.connection, study_id, plan)
    problem = read_problem(json.dumps(files.problem))
    return Planned(problem, read_plan(files.plan), shown.total, shown.bound)


class _Desk:
    """One question with its job: steps are told at most once a second, and what ends the job is kept in mind."""

    def __init__(self, solve: Solve, running: RunningJob, asked: Mapping[str, Any], factors: CarbonFactors) -> None:
        self._solve, self._running, self._asked, self._factors = solve, running, asked, factors
        self._goal = Goal(**asked["goal"])
        self._begun, self._told_at = 0, -BETWEEN_REPORTS_SECONDS
        self._ended: Exception | None = None
        self._runs = 1

    def answer(self, kind: AdviceKind, base: Planned) -> dict[str, Any]:
        """What comes of the question, as plain values."""
        match kind:
            case AdviceKind.WHAT_IF:
                cases = [case_of(each["name"], each["set"]) for each in self._asked["cases"]]
                self._runs = len(cases)
                told = what_if(base, cases, self._solved, self._goal, self._go_on)
                return _plain(record_of_cases(told, self._factors))
            case AdviceKind.EXPIRY_VALUE:
                asked = Asked(lots_by_name(base.problem), self._asked["days"], self._asked["most"])
                self._runs = asked.most + len(base.problem.temps)
                values = expiry_values(base.problem, asked, self._solved, self._goal, self._go_on, base.plan)
                return _plain(record_of_values(values, asked))
            case AdviceKind.CAMPAIGNS:
                packing = advise_packing(require_fed(campaigns_of(self._asked["file"])), self._searched)
                return _plain(record_of_packing(packing))

    def obey(self) -> None:
        """Raises what ended the job while it was worked on."""
        if self._ended is not None:
            raise self._ended

    def _solved(self, problem: Problem, goal: Goal, watch: Watch) -> Result:
        """One run of several; after the job has ended, those that follow end at their first step."""
        self._begun += 1
        self._told_at = -BETWEEN_REPORTS_SECONDS
        return self._solve(problem, goal, watch)

    def _go_on(self, progress: Progress) -> bool:
        if progress.seconds - self._told_at >= BETWEEN_REPORTS_SECONDS:
            self._told_at = progress.seconds
            each = max(int(self._goal.seconds), 1)
            self._step((self._begun - 1) * each + min(int(progress.seconds), each), self._runs * each)
        return self._ended is None

    def _searched(self, nodes: int, bound: int, cents: int) -> bool:
        self._step(nodes, NODES_MAX)
        return self._ended is None

    def _step(self, done: int, of: int) -> None:
        try:
            if self._ended is None:
                self._running.step(min(done, of), of, WORDS)
        except (JobCancelled, WorkerStopping, LeaseLost) as end:
            self._ended = end


def lots_by_name(problem: Problem) -> Lots:
    """Lots by number, kit type and expiry: one with several labels, or on several shelves, is told once."""
    named: dict[str, tuple[str, ...]] = {}
    for lot in sorted(problem.lots):
        name = lot.rsplit("/", 1)[0] if lot.count("/") >= 3 else lot
        named[name] = (*named.get(name, ()), lot)
    return named


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """As it will be read again: lists, not tuples."""
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain
