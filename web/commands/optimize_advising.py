"""What the commands that plan a problem several times share: each run with a bar, and a gap, limit and seed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from optimization.problem import Problem
from optimization.result import Goal, Result, Solve, Watch
from web.commands.optimize_file import watched
from web.commands.optimize_files import solvers_told_apart


def goal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gap, seconds and seed of each run."""
    limit = click.FloatRange(min=0)
    options = (
        click.option("--gap", default=0.002, show_default=True, type=limit, help="Of each plan."),
        click.option("--time-limit", "seconds", default=30.0, show_default=True, type=limit, help="Of each; soft."),
        click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Decides ties."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@contextmanager
def bars(solve: Solve) -> Iterator[Solve]:
    """The solver with a bar on standard error for each run; the first Ctrl-C ends a run with its best plan."""
    runs = 0

    def told(problem: Problem, goal: Goal, watch: Watch) -> Result:
        nonlocal runs
        runs += 1
        click.echo(f"Plan {runs}", err=True)
        with watched(goal.seconds) as shown:
            return solve(problem, goal, lambda progress: shown(progress) and watch(progress))

    with solvers_told_apart():
        yield told
