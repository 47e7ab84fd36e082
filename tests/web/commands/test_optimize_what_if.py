"""`irt optimize what-if`: cases in their order, JSON alone on standard output, refusals by name."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.errors import BadInput
from optimization.problem_file import write_problem
from tests.optimization.advice.test_what_if import PROBLEM, exactly
from web.commands import optimize_what_if


@pytest.fixture
def problem_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small problem in a file, and the exact model behind the command."""
    monkeypatch.setattr(optimize_what_if, "best_plan", exactly)
    file = tmp_path / "problem.json"
    file.write_text(write_problem(PROBLEM))
    return file


def run(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["optimize", "what-if", *map(str, words)])


def test_changes_belong_to_the_case_before_them(problem_file: Path) -> None:
    """Those before any case have a name of their own."""
    dear = ("--case", "dear", "--set", "lanes.fixed_cost*=2", "--set=costs.unmet_per_kit*=2")
    done = run(
        problem_file,
        "--set",
        "lanes.fixed_cost=0",
        *dear,
        "--case=slow",
        "--set",
        "lanes.transit_days+=1",
        "--json",
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["names"] == ["as it is", "changed", "dear", "slow"]
    assert [len(case["changes"]) for case in told["cases"]] == [1, 2, 1]


def test_the_table_has_a_column_for_each_case(problem_file: Path) -> None:
    """And a sentence with what is proven of the difference."""
    done = run(problem_file, "--case", "dear", "--set", "lanes.fixed_cost*=2")
    assert done.exit_code == 0, done.output
    assert "as it is" in done.stdout
    assert "dear: 3 inputs changed, +" in done.stdout
    assert "proven: between +" in done.stdout


@pytest.mark.parametrize("words", [(), ("--set", "nothing.at.all=1"), ("--set", "nonsense")])
def test_what_names_no_input_is_refused(problem_file: Path, words: tuple[str, ...]) -> None:
    """Before anything is planned."""
    done = run(problem_file, *words)
    assert done.exit_code != 0
    assert isinstance(done.exception, BadInput)
