"""`irt optimize check`: whether a plan keeps every rule of its problem, and what it costs."""

import sys
from pathlib import Path

import click

from irt.commands.randomization_options import json_option, show
from optimization.check.check_plan import check_plan
from web.commands.optimize_files import figures_of, file_type, open_plan, open_problem, problem_argument

VIOLATIONS_SHOWN = 50


@click.command()
@problem_argument
@click.argument("plan_file", metavar="PLAN", type=file_type)
@json_option
def check(problem_file: Path, plan_file: Path, as_json: bool) -> None:
    """Hold PLAN against every rule of PROBLEM and price it; the exit is 1 where a rule is broken.

    The checker shares nothing with what makes plans. Fifty violations are shown at most.

    Example: irt optimize check PROBLEM.json PLAN.json --json
    """
    plan = open_plan(plan_file)
    verdict = check_plan(open_problem(problem_file), plan)
    violations = [f"{found.code}: {found.words}" for found in verdict.violations[:VIOLATIONS_SHOWN]]
    told = {
        "accepted": verdict.accepted,
        **figures_of(plan, verdict),
        "violations": len(verdict.violations),
        "first_violations": violations,
    }
    show(told, as_json)
    sys.exit(0 if verdict.accepted else 1)
