"""`irt simulate gate`: a verdict that is an exit, a statement that can be made again."""

import json
import math
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


def held(folder: Path, below: float, out: str = "out", *more: object, text: str = GATE) -> Result:
    """The gate with that limit on misses per visit, which are 0.0025."""
    (folder / "long.yaml").write_text(SCENARIO.format("long", 900))
    (folder / "gate.yaml").write_text(text.format(below=below))
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


def test_what_parameters_add_is_told_beside_the_verdict(tmp_path: Path) -> None:
    """Horizons of 300 and 900 days miss 3 and 1 of 400 visits: both errors apart, and again without a run."""
    drawn = {"format": "irt-parameter-draws/1", "draws": {"horizon_days": [300] * 10 + [900] * 10}}
    (tmp_path / "draws.json").write_text(json.dumps(drawn))
    loops = "parameters: {{draws: 10, replications: 40, posterior_file: draws.json}}\n"
    told = json.loads(held(tmp_path, 0.005, "out", "--json", text=GATE + loops).stdout)
    assert told["verdict"] == "pass"
    assert (told["parameters"]["draws"], told["parameters"]["replications"]) == (10, 40)
    (line,) = told["parameters"]["lines"]
    assert line["mean"]["value"] == pytest.approx(0.005, rel=0.2)
    assert line["parameter_deviation"] == pytest.approx(0.0026, rel=0.3)
    assert line["monte_carlo_error"] == pytest.approx(math.sqrt(2) / 400 / 20, rel=0.25)
    assert line["outer_error"] == pytest.approx(line["parameter_deviation"] / math.sqrt(10))
    assert line["draws_above"] == 0.5
    without = json.loads(held(tmp_path, 0.005, "plain", "--json").stdout)
    assert without["gate_id"] != told["gate_id"]
    assert without["scenarios"] == told["scenarios"]
    assert "Monte Carlo error 0.0002, parameters 0.00" in held(tmp_path, 0.005, "out", text=GATE + loops).stdout
