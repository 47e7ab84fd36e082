"""One problem planned in a process of its own, so that its peak memory is its own; prints what it took as JSON."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from optimization.check.check_plan import check_plan
from optimization.plan import plan_json
from optimization.problem_file import read_problem
from optimization.result import Goal, Progress
from optimization.solve import optimize


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan cost in cents and what it took; `seconds` are without reading the file."""

    cost: int
    bound: int
    seconds: float
    peak_bytes: int
    accepted: bool
    unmet_kits: int
    unmet_cents: int
    """What one kit that is not served costs."""
    service: float
    check_seconds: float
    bounds: list[tuple[float, int]] = field(default_factory=list)
    """Each bound, and when it was proven."""
    processor_seconds: float = 0.0

    @property
    def gap(self) -> float:
        """(cost - bound) / bound; infinite where nothing is proven of a plan that costs."""
        if self.cost == self.bound:
            return 0.0
        return (self.cost - self.bound) / self.bound if self.bound else float("inf")

    def bound_by(self, seconds: float) -> int:
        """The best bound that was proven by then; 0 before the first."""
        return max((bound for at, bound in self.bounds if at <= seconds), default=0)


def planned(problem_file: Path, plan_file: Path, goal: Goal, clock: str = "monotonic") -> Planned:
    """Plans the problem of a file in a new process and writes the plan; `clock`: of `time`, for the seconds."""
    module = [sys.executable, "-m", "tests.bench.planned"]
    asked = [str(problem_file), str(plan_file), str(goal.gap), str(goal.seconds), clock]
    done = subprocess.run([*module, *asked], check=True, stdout=subprocess.PIPE, text=True)
    return Planned(**json.loads(done.stdout))


def _plan(problem_file: Path, plan_file: Path, goal: Goal, clock: str) -> Planned:
    problem = read_problem(problem_file.read_bytes())
    bounds: list[tuple[float, int]] = []

    def watch(now: Progress) -> bool:
        if now.bound > (bounds[-1][1] if bounds else 0):
            bounds.append((now.seconds, now.bound))
        return True

    worked = time.process_time()
    result = optimize(problem, goal, watch, getattr(time, clock))
    worked = time.process_time() - worked
    peak = _peak_bytes()
    plan_file.write_text(plan_json(result.plan), encoding="utf-8")
    begun = time.perf_counter()
    verdict = check_plan(problem, result.plan)
    return Planned(
        verdict.cost.total,
        result.bound,
        result.seconds,
        peak,
        verdict.accepted,
        verdict.unmet_kits,
        problem.costs.unmet_kit,
        verdict.service,
        time.perf_counter() - begun,
        [*bounds, (result.seconds, result.bound)],
        worked,
    )


def _peak_bytes() -> int:
    """Linux's high water mark of this program; `ru_maxrss` would count the memory of the one that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    raise RuntimeError("/proc/self/status names no VmHWM")


if __name__ == "__main__":
    problem_name, plan_name, gap, seconds, clock_name = sys.argv[1:]
    goal_asked = Goal(float(gap), float(seconds))
    print(json.dumps(asdict(_plan(Path(problem_name), Path(plan_name), goal_asked, clock_name))))  # noqa: T201 - the answer
