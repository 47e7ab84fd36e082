"""`irt optimize`: plans from files, checked before they are written; plans checked that others made."""

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.errors import BadInput, IntegrityFault
from optimization import result as answers
from optimization.check.check_plan import check_plan
from optimization.exact.solve import solve_exact
from optimization.plan import Plan, plan_json
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.problem_file import read_problem, write_problem
from optimization.result import Goal, Progress, Status, Watch
from tests.optimization.instances import Shape, network
from web.commands import optimize_file
from web.commands.optimize import meant_by
from web.commands.optimize_file import gap_of

SCARCE = network(Shape(supply_share=0.7))
PROBLEM = Path(__file__).parents[3] / "fixtures" / "problems" / "six-sites.json"
PROBLEM_SHAPE = Shape(sites=6, weeks=10, depots=2, classes=2, blind=1, supply_share=2.5, licence_share=4.0, seed=3)
Engine = Callable[[Problem, Goal, Watch], answers.Result]


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    """A small problem with too few kits, in a file."""
    file = tmp_path / "problem.json"
    file.write_text(write_problem(SCARCE))
    return file


def run(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["optimize", *map(str, words)])


def exact_engine(problem: Problem, goal: Goal, watch: Watch) -> answers.Result:
    """Answers the exact optimum and tells of it once."""
    exact = solve_exact(problem, seconds=goal.seconds)
    going = watch(Progress(10.0, exact.bound, exact.verdict.cost.total, "Solved"))
    status = Status.PROVEN if going else Status.CANCELLED
    return answers.Result(status, exact.plan, exact.verdict.cost, exact.bound, 1.0)


def with_engine(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """Another engine behind the command."""
    monkeypatch.setattr(optimize_file, "best_plan", engine)


def test_the_summary_is_the_checkers(problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cost by component, service and hash are those of the plan that was written."""
    with_engine(monkeypatch, exact_engine)
    out = tmp_path / "plan.json"
    done = run(problem_file, "--out", out, "--gap", "0.01", "--time-limit", "20", "--seed", "1", "--json")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    plan = read_plan(out.read_text())
    verdict = check_plan(SCARCE, plan)
    assert verdict.accepted
    assert (told["cost"], told["bound"], told["gap"]) == (verdict.cost.total, verdict.cost.total, 0.0)
    assert sum(told["cost_by_component"].values()) == told["cost"]
    assert list(told["cost_by_component"]) == ["fixed", "shippers", "kits", "holding", "waste", "unmet"]
    assert (told["status"], told["plan_hash"]) == ("proven", plan.hash)
    assert (told["service"], told["unmet_kits"]) == (verdict.service, verdict.unmet_kits)
    assert told["seconds"] > 0
    assert told["peak_memory_bytes"] > 10**6
    assert sum(cause["kits"] for cause in told["causes"]) == verdict.unmet_kits
    assert "Optimizing" in done.stderr


def test_the_optimizer_plans_a_file(tmp_path: Path) -> None:
    """A problem that comes along, planned near its bound, with every kit served."""
    out = tmp_path / "plan.json"
    done = run(PROBLEM, "--out", out, "--gap", "0.2", "--time-limit", "20", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    verdict = check_plan(read_problem(PROBLEM.read_bytes()), read_plan(out.read_text()))
    assert verdict.accepted
    assert (told["service"], told["unmet_kits"], told["causes"]) == (1.0, 0, [])
    assert told["bound"] <= told["cost"] == verdict.cost.total
    assert told["gap"] == pytest.approx((told["cost"] - told["bound"]) / told["bound"])


def test_the_problem_that_comes_along_is_synthetic() -> None:
    """It is a network of the tests' own, from a seed."""
    assert read_problem(PROBLEM.read_bytes()) == network(PROBLEM_SHAPE)


def test_what_is_not_served_is_explained_in_words(problem_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each cause, where nobody asked for JSON."""
    with_engine(monkeypatch, exact_engine)
    done = run("file", problem_file)
    assert done.exit_code == 0, done.output
    assert "kits of 5 not served: " in done.stdout
    assert "Supply 5 more." in done.stdout


def breaks_rules(found: answers.Result) -> answers.Result:
    return replace(found, plan=Plan(found.plan.consignments * 2, found.plan.dispensings))


def is_cheaper_than_it_costs(found: answers.Result) -> answers.Result:
    return replace(found, cost=replace(found.cost, fixed=0))


def is_below_its_bound(found: answers.Result) -> answers.Result:
    return replace(found, bound=found.cost.total + 1)


@pytest.mark.parametrize("spoil", [breaks_rules, is_cheaper_than_it_costs, is_below_its_bound])
def test_a_plan_that_does_not_pass_is_not_written(
    problem_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[answers.Result], answers.Result],
) -> None:
    """Loudly: rules, price and bound must all hold."""
    with_engine(monkeypatch, lambda *asked: spoil(exact_engine(*asked)))
    done = run(problem_file, "--out", tmp_path / "plan.json")
    assert done.exit_code != 0
    assert isinstance(done.exception, IntegrityFault)
    assert not (tmp_path / "plan.json").exists()


def test_ctrl_c_asks_for_the_best_plan_so_far(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is checked and written as any other; afterwards Ctrl-C is what it was."""
    before = signal.getsignal(signal.SIGINT)

    def interrupted(problem: Problem, goal: Goal, watch: Watch) -> answers.Result:
        os.kill(os.getpid(), signal.SIGINT)
        return exact_engine(problem, goal, watch)

    with_engine(monkeypatch, interrupted)
    done = run(problem_file, "--out", tmp_path / "plan.json", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["status"] == "cancelled"
    assert "Ctrl-C again stops at once" in done.stderr
    assert check_plan(SCARCE, read_plan((tmp_path / "plan.json").read_text())).accepted
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("cost", "bound", "gap"), [(110, 100, 0.1), (0, 0, 0.0), (5, 5, 0.0), (5, 0, None)])
def test_the_gap_is_a_share_of_the_bound(cost: int, bound: int, gap: float | None) -> None:
    """A bound of nothing proves nothing of a plan that costs something."""
    assert gap_of(cost, bound) == pytest.approx(gap)


def test_check_tells_what_is_wrong(problem_file: Path, tmp_path: Path) -> None:
    """A sound plan is priced; one with a doubled consignment is refused, and the exit says so."""
    plan, file = solve_exact(SCARCE).plan, tmp_path / "plan.json"
    file.write_text(plan_json(plan))
    good = run("check", problem_file, file, "--json")
    assert good.exit_code == 0, good.output
    assert json.loads(good.stdout)["accepted"] is True
    file.write_text(plan_json(Plan((*plan.consignments, plan.consignments[0]), plan.dispensings)))
    bad = run("check", problem_file, file, "--json")
    told = json.loads(bad.stdout)
    assert (bad.exit_code, told["accepted"]) == (1, False)
    assert any(words.startswith("DUP: ") for words in told["first_violations"])


def test_what_is_no_problem_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """And nothing is optimized."""
    file = tmp_path / "problem.json"
    file.write_text("{}")
    done = run(file)
    assert done.exit_code != 0
    assert isinstance(done.exception, BadInput)


@pytest.mark.parametrize(
    ("words", "meant"), [(["p.json"], "file"), (["--study", "X"], "study"), (["--study=X", "--json"], "study")]
)
def test_the_first_word_may_be_left_out(words: list[str], meant: str) -> None:
    """A file, or a study by its option."""
    assert meant_by(words) == meant
