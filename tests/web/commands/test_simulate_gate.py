"""`irt simulate gate`: a verdict that is an exit, a statement that can be made again."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from tests.simulation.run.stand_in import play_scenario

MAY_DIFFER = {"seconds", "cpu_seconds", "started", "backend", "workers", "out"}
SCENARIO = "name: {}\nsmall_study: {{}}\nhorizon_days: {}\nenrolment: {{screened_per_site_month: 3}}\n"
GATE = """
name: go-live
scenarios: [long.yaml]
looks: [120, 240]
limits:
  - {{name: missed per visit, figure: per, measure: missed, per: visits, below: {below}}}
"""


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications behind the command: 900 misses over the days of the horizon, of 400 visits."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)


def held(folder: Path, below: float, out: str = "out", *more: object) -> Result:
    """The gate with that limit on misses per visit, which are 0.0025."""
    (folder / "long.yaml").write_text(SCENARIO.format("long", 900))
    (folder / "gate.yaml").write_text(GATE.format(below=below))
    words = ("gate", folder / "gate.yaml", "--workers", 1, "--out", folder / out, *more)
    return CliRunner().invoke(irt, ["simulate", *map(str, words)])


@pytest.mark.parametrize(
    ("below", "verdict", "code"), [(0.01, "pass", 0), (0.0001, "fail", 3), (0.0025, "inconclusive", 4)]
)
def test_a_script_goes_on_with_a_pass_alone(tmp_path: Path, below: float, verdict: str, code: int) -> None:
    """The exit tells the verdict, and the statement lies in the directory."""
    done = held(tmp_path, below, "out", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert (done.exit_code, told["verdict"]) == (code, verdict)
    assert json.loads((tmp_path / "out" / "gate.json").read_text()) == told
    assert told["scenarios"][0]["replications"] == (240 if verdict == "inconclusive" else 120)


def test_the_same_gate_makes_the_same_statement(tmp_path: Path) -> None:
    """In another directory and in the same one again, where nothing is left to run."""
    told = [json.loads(held(tmp_path, 0.0025, out, "--json").stdout) for out in ("a", "b", "a")]
    assert all({name for name in each if each[name] != told[0][name]} <= MAY_DIFFER for each in told)


def test_a_line_is_read_by_eye(tmp_path: Path) -> None:
    """The verdict, the figure with its interval, the replications and the limit."""
    shown = held(tmp_path, 0.01).stdout
    assert "long: missed per visit" in shown
    assert "of 120 replications, limit 0.01" in shown


def test_a_gate_that_is_none_is_refused(tmp_path: Path) -> None:
    """In a line, before anything runs."""
    (tmp_path / "gate.yaml").write_text("name: go-live\n")
    done = CliRunner().invoke(
        irt, ["simulate", "gate", str(tmp_path / "gate.yaml"), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code != 0
    assert "scenarios" in str(done.exception) + done.output
    assert not (tmp_path / "out").exists()
