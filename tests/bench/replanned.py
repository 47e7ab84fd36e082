"""Planning again after a night in which one site in a hundred changed, beside a plan from nothing."""

import statistics
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from optimization.check.check_plan import check_plan
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.problem_file import read_problem, write_problem
from optimization.replan.moved_on import moved_on
from optimization.replan.replan import replan
from optimization.replan.yesterday import Yesterday
from optimization.result import Goal
from tests.bench.figures import Figure
from tests.bench.planned import planned
from tests.bench.supply_instances import Size, write_instance
from tests.optimization.replan.events import other_visits

SHARE, TIMES = 100, 5
"""One site in so many changes; it is planned again so many times, and the median is told."""
SECONDS, DEARER = 2.0, 0.005


def replanned(size: Size, seed: int, goal: Goal) -> list[Figure]:
    """Time and cost of planning again, with what reading files and the check alone take."""
    with TemporaryDirectory() as folder:
        file = write_instance(size, seed, Path(folder))
        plan_file, today_file = Path(folder) / "plan.json", Path(folder) / "today.json"
        planned(file, plan_file, goal)
        begun = time.perf_counter()
        problem, plan = read_problem(file.read_bytes()), read_plan(plan_file.read_bytes())
        reading = time.perf_counter() - begun
        today = _changed(problem, seed)
        today_file.write_text(write_problem(today), encoding="utf-8")
        cold = planned(today_file, Path(folder) / "cold.json", goal)
    yesterday = Yesterday(plan, problem=problem)
    seconds, found = [], replan(today, yesterday, goal)
    for _ in range(TIMES):
        begun = time.perf_counter()
        found = replan(today, yesterday, goal)
        seconds.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    verdict = check_plan(today, found.result.plan)
    checking = time.perf_counter() - begun
    dearer = verdict.cost.total / cold.cost - 1
    # A day later nothing but the day has changed: nothing is to be planned anew.
    later = replan(moved_on(problem, plan, 1), yesterday, goal)
    name, took = f"{size.sites:,} sites", statistics.median(seconds)
    told = (
        f"from nothing {cold.seconds:.0f} s; the check alone {checking:.2f} s, reading both files {reading:.2f} s"
    )
    return [
        Figure(f"{name}, planned again", f"{took:.2f} s", told, "under 2 s at 1,000 sites",
               took < SECONDS if size.sites >= 1000 else None),
        Figure(f"{name}, cost against a plan from nothing", f"{dearer:+.2%}",
               f"{found.changes.kept:,} consignments kept, {len(found.changes.changed)} changed",
               f"at most {DEARER:+.1%}", dearer <= DEARER),
        Figure(f"{name}, accepted by the check", "yes" if verdict.accepted else "no",
               f"{verdict.unmet_kits} kits not served, from nothing {cold.unmet_kits}", "yes", verdict.accepted),
        Figure(f"{name}, a day later and nothing changed", f"{len(later.changes.changed)} changes", "", "none",
               not later.changes.changed),
    ]  # fmt: skip


def _changed(problem: Problem, seed: int) -> Problem:
    random = Random(seed)
    for _ in range(max(1, len({row.site for row in problem.demand}) // SHARE)):
        problem = other_visits(problem, random)
    return problem
