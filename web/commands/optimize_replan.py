"""`irt optimize replan`: an earlier plan kept where it still fits, and planned anew where something happened."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from irt.commands.randomization_options import json_option, show
from optimization.check.passed import passed
from optimization.plan import plan_json
from optimization.replan.changes import Replanned
from optimization.replan.proved import replan_and_prove
from optimization.replan.replan import replan as replan_only
from optimization.replan.yesterday import Nervousness, Yesterday
from optimization.result import Goal
from optimization.story.plan_changes import ChangeKind
from web.commands.optimize_file import summary, watched
from web.commands.optimize_files import file_type, open_plan, open_problem, problem_argument, solvers_told_apart

WORDS = {
    ChangeKind.OTHER_DAY: "moved",
    ChangeKind.OTHER_KITS: "changed",
    ChangeKind.NEW: "new",
    ChangeKind.DROPPED: "cancelled",
}
days_option = click.IntRange(min=0)


@click.command()
@problem_argument
@click.option("--from", "plan_from", metavar="PLAN", type=file_type, required=True, help="The earlier plan.")
@click.option("--of", "problem_from", metavar="PROBLEM", type=file_type, help="The problem it was made for.")
@click.option("--days-passed", type=days_option, default=0, show_default=True,
              help="The earlier plan's day that is day 0 now.")  # fmt: skip
@click.option("--out", "plan_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan here.")
@click.option("--change-cents", type=days_option, default=0, show_default=True,
              help="What each planned consignment costs that is moved, changed or cancelled.")  # fmt: skip
@click.option("--near-days", type=days_option, default=14, show_default=True, help="Only if due within these.")
@click.option("--frozen-days", type=days_option, default=0, show_default=True,
              help="What is due within these stays, wherever it still can.")  # fmt: skip
@click.option("--prove", is_flag=True, help="Use the time limit to look for a better plan, and prove a bound.")
@click.option("--gap", default=0.01, show_default=True, type=click.FloatRange(min=0), help="With --prove: enough.")
@click.option(
    "--time-limit", "seconds", default=60.0, show_default=True, type=click.FloatRange(min=0), help="Soft."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Decides between equals.")
@json_option
def replan(
    problem_file: Path,
    plan_from: Path,
    problem_from: Path | None,
    days_passed: int,
    plan_file: Path | None,
    as_json: bool,
    prove: bool,
    **asked: Any,
) -> None:
    """Plan PROBLEM by keeping an earlier plan wherever it still fits: after a night, or after an event.

    A lot recalled, a shipment lost, a depot closed, more visits at a site: only the places concerned are planned
    anew. Told are the figures of `irt optimize`, and how many consignments are kept, moved, changed, new and
    cancelled. Without --prove nothing is proven, and the gap is null.

    Example: irt optimize replan PROBLEM.json --from PLAN.json --out NEW.json --json
    """
    begun = time.perf_counter()
    problem = open_problem(problem_file)
    before = open_problem(problem_from) if problem_from else None
    yesterday = Yesterday(open_plan(plan_from), days_passed, before)
    read = time.perf_counter() - begun
    nervousness = Nervousness(asked["change_cents"], asked["near_days"], asked["frozen_days"])
    solve: Callable[..., Replanned] = replan_and_prove if prove else replan_only
    goal = Goal(asked["gap"], max(0.0, asked["seconds"] - read), asked["seed"])
    with solvers_told_apart(), watched(asked["seconds"]) as watch:
        found = solve(problem, yesterday, goal, watch, nervousness)
    verdict = passed(problem, found.result)
    if plan_file is not None:
        plan_file.write_text(plan_json(found.result.plan), encoding="utf-8")
    told = summary(found.result, verdict, time.perf_counter() - begun)
    times = {"reading_seconds": round(read, 3), "replanning_seconds": round(found.result.seconds, 3)}
    show(told | times | changes_told(found), as_json)


def changes_told(found: Replanned) -> dict[str, Any]:
    """What changed against the earlier plan, and what these changes are charged with."""
    counts = {words: found.changes.count(kind) for kind, words in WORDS.items()}
    return {
        "changes": {"kept": found.changes.kept, **counts},
        "change_charge": found.changes.charge,
        "places_replanned": len({site for site, _ in found.places}),
    }
