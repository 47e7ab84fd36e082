"""`irt optimize replan`: from a problem and an earlier plan to a plan, and what changed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from irt.command_line import irt
from optimization.check.check_plan import check_plan
from optimization.plan import plan_json
from optimization.plan_file import read_plan
from optimization.problem_file import write_problem
from tests.optimization.replan.test_replan import planned


def run(*words: object) -> Any:
    """The command's answer on standard output."""
    done = CliRunner().invoke(irt, ["optimize", "replan", *map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def files(folder: Path, number: int = 0) -> tuple[Path, Path]:
    """A problem and a plan for it."""
    problem, plan = planned(number)
    (folder / "problem.json").write_text(write_problem(problem))
    (folder / "plan.json").write_text(plan_json(plan))
    return folder / "problem.json", folder / "plan.json"


def test_with_nothing_changed_everything_is_kept(tmp_path: Path) -> None:
    """The same plan, the same cost; nothing is proven of it."""
    problem_file, plan_file = files(tmp_path)
    told = run(problem_file, "--from", plan_file, "--of", problem_file, "--out", tmp_path / "new.json")
    plan = planned(0)[1]
    assert read_plan((tmp_path / "new.json").read_bytes()) == plan
    assert told["changes"] == {
        "kept": len(plan.consignments),
        "moved": 0,
        "changed": 0,
        "new": 0,
        "cancelled": 0,
    }
    assert (told["bound"], told["gap"], told["places_replanned"], told["change_charge"]) == (0, None, 0, 0)


def test_a_surge_is_planned_and_proven_where_that_is_asked_for(tmp_path: Path) -> None:
    """The figures are those of every plan, the check is passed, and the gap is told."""
    problem, plan_file = planned(0)[0], files(tmp_path)[1]
    site = problem.demand[-1].site
    rows = (replace(row, kits=2 * row.kits) if row.site == site else row for row in problem.demand)
    today = replace(problem, demand=tuple(rows))
    (tmp_path / "today.json").write_text(write_problem(today))
    asked = ("--from", plan_file, "--out", tmp_path / "new.json", "--change-cents", 100, "--time-limit", 2)
    told = run(tmp_path / "today.json", *asked, "--prove", "--gap", 0.5)
    verdict = check_plan(today, read_plan((tmp_path / "new.json").read_bytes()))
    assert verdict.accepted
    assert verdict.cost.total == told["cost"] >= told["bound"] > 0
    assert told["gap"] is not None
    assert sum(told["changes"].values()) >= told["changes"]["kept"]
    assert told["change_charge"] % 100 == 0
