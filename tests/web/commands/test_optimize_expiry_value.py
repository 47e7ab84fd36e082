"""`irt optimize expiry-value`: a table of lots, JSON alone, and lots asked for by name."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.errors import BadInput
from optimization.problem_file import write_problem
from tests.optimization.advice.test_expiry_value import SHAPES
from tests.optimization.advice.test_what_if import exactly
from tests.optimization.instances import network
from web.commands import optimize_expiry_value


@pytest.fixture
def problem_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small problem in a file, and the exact model behind the command."""
    monkeypatch.setattr(optimize_expiry_value, "best_plan", exactly)
    file = tmp_path / "problem.json"
    file.write_text(write_problem(network(SHAPES[0])))
    return file


def run(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["optimize", "expiry-value", *map(str, words)])


def test_lots_are_told_by_value(problem_file: Path) -> None:
    """The most valuable first, each with its last day; a table where JSON is not asked for."""
    done = run(problem_file, "--days", "10", "--json")
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["lots"]
    savings = [row["saving"] or 0 for row in rows]
    assert savings == sorted(savings, reverse=True)
    assert all(row["last_day"] == row["expiry_day"] - 1 for row in rows)
    named = run(problem_file, "--days", "10", "--lot", rows[0]["lot"])
    assert named.exit_code == 0, named.output
    assert rows[0]["lot"] in named.stdout
    assert rows[-1]["lot"] not in named.stdout


def test_an_unknown_lot_is_refused(problem_file: Path) -> None:
    """By its name."""
    done = run(problem_file, "--lot", "L99")
    assert isinstance(done.exception, BadInput)
    assert "L99" in str(done.exception)
