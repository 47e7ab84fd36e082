"""`irt simulate choose`: a choice that can be made again, and read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from simulation.report.tables import read_choice_table
from tests.simulation.run.stand_in import play_scenario

SCENARIO = "name: plan-{0}\nsmall_study: {{}}\nhorizon_days: {0}\nenrolment: {{screened_per_site_month: 3}}\n"


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications behind the command: 900 misses over the days of the horizon."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)


def typed(folder: Path, *more: str) -> Result:
    """The command on plans that miss nine and one visits in the mean."""
    files = [folder / f"{days}.yaml" for days in (100, 900)]
    for file in files:
        file.write_text(SCENARIO.format(file.stem))
    words = ("choose", *files, "--measure", "missed", "--indifference", 1, "--workers", 1, "--out", folder / "out")
    return CliRunner().invoke(irt, ["simulate", *map(str, words), *more])


def test_the_plan_that_misses_least_is_chosen(tmp_path: Path) -> None:
    """By the first thirty replications of both, played in batches; and the same again."""
    told, again = (json.loads(typed(tmp_path, "--json").stdout) for _ in range(2))
    assert (told["chosen"], told["sure"]) == ("plan-900", True)
    assert [plan["replications"] for plan in told["scenarios"]] == [30, 30]
    assert told["scenarios"][0]["behind"]["value"] == pytest.approx(8, abs=2)
    assert {name for name in told if told[name] != again[name]} <= {"started", "seconds", "cpu_seconds"}
    assert json.loads((tmp_path / "out" / "choice.json").read_text())["chosen_id"] == told["chosen_id"]


def test_a_choice_is_read_by_eye(tmp_path: Path) -> None:
    """The chosen, and how far the others are behind."""
    shown = typed(tmp_path, "--per", "visits", "--indifference", "0.001").stdout
    assert "plan-900" in shown
    assert "plan-100" in shown
    assert "behind by" in shown
    table = read_choice_table(tmp_path / "out")
    assert [row[2] == "chosen" for row in table.rows] == [False, True]
    assert "missed per visits: plan-900" in table.words


def test_one_plan_is_no_choice(tmp_path: Path) -> None:
    """Nor is the same one twice; the refusal is a line."""
    done = typed(tmp_path, str(tmp_path / "100.yaml"))
    assert done.exit_code != 0
    assert "between two and 20 different" in str(done.exception) + done.output
