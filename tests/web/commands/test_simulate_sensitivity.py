"""`irt simulate sensitivity`: an answer that can be made again, and read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from tests.simulation.run.stand_in import play_scenario

MAY_DIFFER = {"seconds", "cpu_seconds", "started", "backend", "workers", "out"}
SCENARIO = "name: long\nsmall_study: {}\nhorizon_days: 300\nenrolment: {screened_per_site_month: 3}\n"
EXPERIMENT = """
name: what-moves-it
scenario: long.yaml
looked_at: {measure: missed}
replications: 12
inputs:
  - {key: enrolment.screened_per_site_month, low: 2, high: 4}
  - {key: horizon_days, low: 100, high: 900}
"""


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications behind the command: 900 misses over the days of the horizon."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)


def typed(folder: Path, text: str, out: str, *more: str) -> Result:
    """The command on that experiment."""
    (folder / "long.yaml").write_text(SCENARIO)
    (folder / "experiment.yaml").write_text(text)
    words = ("sensitivity", folder / "experiment.yaml", "--workers", 1, "--out", folder / out, *more)
    return CliRunner().invoke(irt, ["simulate", *map(str, words)])


def test_the_input_that_moves_most_comes_first(tmp_path: Path) -> None:
    """The horizon moves misses from 3 to 9 and to 1; recruitment does not."""
    done = typed(tmp_path, EXPERIMENT, "out", "--json")
    told = json.loads(done.stdout)
    assert [bar["name"] for bar in told["bars"]] == ["horizon_days", "enrolment.screened_per_site_month"]
    assert told["bars"][0]["low"]["value"] == pytest.approx(6, abs=2)
    assert told["points"] == 5
    assert json.loads((tmp_path / "out" / "sensitivity.json").read_text()) == told


def test_the_same_experiment_gives_the_same_answer(tmp_path: Path) -> None:
    """Elsewhere, and in the same directory again."""
    told = [json.loads(typed(tmp_path, EXPERIMENT, out, "--json").stdout) for out in ("a", "b", "a")]
    assert all({name for name in each if each[name] != told[0][name]} <= MAY_DIFFER for each in told)


def test_parameters_by_laws(tmp_path: Path) -> None:
    """Each draw has a run of its own; three errors are told apart."""
    text = EXPERIMENT[: EXPERIMENT.index("inputs:")] + "method: uncertainty\ndraws: 4\ninputs:\n"
    text += "  - {key: enrolment.screened_per_site_month, law: {law: uniform, least: 2, most: 4}}\n"
    told = json.loads(typed(tmp_path, text, "out", "--json").stdout)
    assert told["points"] == 4
    assert told["monte_carlo_error"] > 0
    assert told["mean"]["value"] == pytest.approx(3, abs=1)
    assert "parameter deviation" in typed(tmp_path, text, "out").stdout


@pytest.mark.parametrize(("more", "words"), [("", "as it is"), ("method: morris\npaths: 2\n", "over its range")])
def test_an_answer_is_read_by_eye(tmp_path: Path, more: str, words: str) -> None:
    """A line for each input."""
    shown = typed(tmp_path, EXPERIMENT + more, "out").stdout
    assert words in shown
    assert "horizon days" in shown


def test_an_input_that_no_scenario_has_is_refused(tmp_path: Path) -> None:
    """By its key."""
    done = typed(tmp_path, EXPERIMENT.replace("key: horizon_days", "key: horizon_weeks"), "out")
    assert done.exit_code != 0
    assert "horizon_weeks" in str(done.exception) + done.output
