"""`irt optimize file`: the best plan for a problem in a file, with its bound."""

import math
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click

from irt.commands.randomization_options import json_option, show
from irt.commands.running import progress_bar
from optimization.causes.unservable import unservable
from optimization.check.passed import passed
from optimization.check.verdict import Verdict
from optimization.door import best_plan
from optimization.plan import plan_json
from optimization.result import Goal, Progress, Result, Watch
from web.commands.optimize_files import figures_of, open_problem, problem_argument, solvers_told_apart

KILOBYTE = 1024
"""Linux counts memory in these; a Mac in bytes."""


@click.command()
@problem_argument
@click.option("--out", "plan_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan here.")
@click.option("--gap", default=0.01, show_default=True, type=click.FloatRange(min=0), help="Enough when so near.")
@click.option(
    "--time-limit", "seconds", default=60.0, show_default=True, type=click.FloatRange(min=0), help="Soft."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Decides between equals.")
@json_option
def file(problem_file: Path, plan_file: Path | None, gap: float, seconds: float, seed: int, as_json: bool) -> None:
    """Plan the shipments of PROBLEM at the least cost and tell how far from the least any plan can be.

    It ends when (cost - bound) / bound is at most the gap, or after about so many seconds, or on Ctrl-C; each time
    with the best plan so far. The plan is checked by code that shares nothing with what made it, and written only
    then. Costs are in cents. What no plan can serve is explained under causes.

    Example: irt optimize PROBLEM.json --out PLAN.json --gap 0.01 --time-limit 60 --seed 1 --json
    """
    begun = time.perf_counter()
    problem = open_problem(problem_file)
    goal = Goal(gap, max(0.0, seconds - (time.perf_counter() - begun)), seed)
    with solvers_told_apart(), watched(seconds) as watch:
        result = best_plan(problem, goal, watch)
    verdict = passed(problem, result)
    if plan_file is not None:
        plan_file.write_text(plan_json(result.plan), encoding="utf-8")
    causes = unservable(problem) if verdict.unmet_kits else ()
    told = summary(result, verdict, time.perf_counter() - begun)
    if as_json:
        show(told | {"causes": [asdict(cause) for cause in causes]}, as_json)
        return
    show(told, as_json)
    for cause in causes:
        click.echo(f"{cause.kits} kits of {verdict.unmet_kits} not served: {cause.words}")


def summary(result: Result, verdict: Verdict, seconds: float) -> dict[str, Any]:
    """What is told of an optimization."""
    return {
        "status": result.status.value,
        "bound": result.bound,
        "gap": gap_of(verdict.cost.total, result.bound),
        "seconds": round(seconds, 3),
        "peak_memory_bytes": peak_memory_bytes(),
        **figures_of(result.plan, verdict),
    }


def gap_of(cost: int, bound: int) -> float | None:
    """(cost - bound) / bound; none where the bound is nothing and the cost is not."""
    if cost == bound:
        return 0.0
    return (cost - bound) / bound if bound else None


def peak_memory_bytes() -> int:
    """The most memory this process has held, and the most that any helper of it has."""
    unit = 1 if sys.platform == "darwin" else KILOBYTE
    return unit * sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@contextmanager
def watched(seconds: float) -> Iterator[Watch]:
    """Progress on standard error; the first Ctrl-C asks for the best plan so far, the second stops at once."""
    total = max(1, math.ceil(seconds))
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("Stopping; the best plan so far is checked. Ctrl-C again stops at once.", err=True)

    before = signal.signal(signal.SIGINT, stop)
    try:
        with progress_bar("Optimizing", total) as tell:

            def watch(progress: Progress) -> bool:
                tell(min(total, int(progress.seconds)), told(progress))
                return not stopped

            yield watch
    finally:
        signal.signal(signal.SIGINT, before)


def told(progress: Progress) -> str:
    """What it does and how near it is."""
    return progress.words if progress.gap is None else f"{progress.words}, gap {progress.gap:.2%}"
