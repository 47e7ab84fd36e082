"""`irt optimize what-if`: a problem planned as it is and with other inputs, side by side."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.randomization_options import json_option, show
from irt.errors import BadInput
from optimization.advice.changes import change_of
from optimization.advice.inputs import changed_problem
from optimization.advice.what_if import Case, case_of, planned_of, record_of
from optimization.advice.what_if import what_if as work_out
from optimization.door import best_plan
from optimization.result import Goal, unwatched
from optimization.story.carbon import CarbonFactors
from optimization.story.comparison import Unit
from web.commands.optimize_advising import bars, goal_options
from web.commands.optimize_files import open_problem, problem_argument

CASE = "\x1f"
"""Stands between a case's name and its change on the way to the command."""
UNNAMED = "changed"


class InOrder(click.Command):
    """Each --set belongs to the --case before it, which click alone would not tell."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Ties each change to its case."""
        tied, case, waiting = [], UNNAMED, iter(args)
        for arg in waiting:
            name, has_value, value = arg.partition("=")
            if name not in ("--case", "--set"):
                tied.append(arg)
                continue
            value = value if has_value else next(waiting, "")
            if name == "--case":
                case = value
            else:
                tied += ["--set", f"{case}{CASE}{value}"]
        return super().parse_args(ctx, tied)


@click.command(cls=InOrder)
@problem_argument
@click.option("--set", "changes", metavar="PATH=VALUE", multiple=True, help="Set, *= scale, += add, -= take away.")
@click.option("--case", metavar="NAME", help="The name of the changes that follow it.")
@goal_options
@json_option
def what_if(
    problem_file: Path,
    changes: tuple[str, ...],
    case: str | None,
    gap: float,
    seconds: float,
    seed: int,
    as_json: bool,
) -> None:
    """Plan PROBLEM as it is and with other inputs, and tell what changes: costs, bound, service, consignments.

    A path is named as in the file: costs.unmet_per_kit, lots.L1.expiry_day, lanes.*.transit_days,
    nodes.S1.capacity, demand.SITE.KIT.DAY.qty, supply.NODE.LOT.DAY.qty, import_licences.COUNTRY.KIT.from_day.
    `*` stands for any text; keys left out at the end mean every row. Each --set belongs to the --case before it.

    Example: irt optimize what-if PROBLEM.json --case busier --set 'demand.S1.qty*=1.2' --case 'lots last longer'
    --set 'lots.*.expiry_day+=14' --json
    """
    problem, cases = open_problem(problem_file), cases_of(changes)
    for one in cases:
        changed_problem(problem, one.changes)
    goal = Goal(gap, seconds, seed)
    with bars(best_plan) as solve:
        base = planned_of(problem, solve(problem, goal, unwatched))
        told = record_of(work_out(base, cases, solve, goal, unwatched), CarbonFactors())
    if as_json:
        show(told, as_json)
    else:
        _print(told)


def cases_of(tied: tuple[str, ...]) -> list[Case]:
    """The cases in their order; BadInput where nothing is to be changed."""
    named: dict[str, list[str]] = {}
    for each in tied:
        name, _, typed = each.partition(CASE)
        change_of(typed)
        named.setdefault(name, []).append(typed)
    if not named:
        raise BadInput("Nothing is to be changed. Say what, as --set lots.L1.expiry_day+=14.")
    return [case_of(name, typed) for name, typed in named.items()]


def _print(told: dict[str, Any]) -> None:
    """A column for each case, then what is proven of each difference."""
    table = Table(title="What if")
    for head in ("Measure", *told["names"]):
        table.add_column(head, justify="left" if head == "Measure" else "right")
    for row in told["measures"]:
        table.add_row(row["measure"], *(_cell(row["unit"], value) for value in row["values"]))
    console = Console()
    console.print(table)
    for case in told["cases"]:
        console.print(_sentence(case), highlight=False)


def _cell(unit: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2%}" if unit == Unit.SHARE else f"{value:,}"


def _sentence(case: dict[str, Any]) -> str:
    inputs = sum(change["inputs"] for change in case["changes"])
    kept = (
        f"the plan as it is would break {', '.join(case['kept_plan_breaks'])}"
        if case["kept_plan_breaks"]
        else f"the plan as it is would cost {case['kept_plan_cost']:,}"
    )
    return (
        f"{case['name']}: {inputs} inputs changed, {case['difference']:+,} cents"
        f" (proven: between {case['at_least']:+,} and {case['at_most']:+,}),"
        f" {case['consignments_changed']} consignments change; {kept}"
    )
