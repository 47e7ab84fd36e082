"""`irt simulate stress`: every plan in every world, and the same in a report."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from simulation.explore.stress_file import read_stress
from simulation.report.tables import UnreadableAnswer, read_choice_table, read_stress_table
from tests.simulation.run.stand_in import play_scenario
from tests.simulation.worked import SCENARIOS

SCENARIO = "name: long\nsmall_study: {}\nhorizon_days: 300\nenrolment: {screened_per_site_month: 3}\n"
MATRIX = """
name: stand-it
scenario: long.yaml
worlds: {as-planned: {}, short: {horizon_days: 100}}
plans: {plain: {}, patient: {horizon_days: 900}}
limits: [{name: per visit, figure: per, measure: missed, per: visits, below: 0.01}]
replications: 120
"""


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications behind the command: 900 misses over the days of the horizon, of 400 visits."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)


def typed(folder: Path, text: str, *more: str) -> Result:
    """The command on that matrix."""
    (folder / "long.yaml").write_text(SCENARIO)
    (folder / "matrix.yaml").write_text(text)
    words = ("stress", folder / "matrix.yaml", "--workers", 1, "--out", folder / "out", *more)
    return CliRunner().invoke(irt, ["simulate", *map(str, words)])


def test_a_plan_holds_where_every_world_passes(tmp_path: Path) -> None:
    """A plan's changes come after a world's; each cell is judged like a gate's line."""
    told = json.loads(typed(tmp_path, MATRIX, "--json").stdout)
    verdicts = {(cell["world"], cell["plan"]): cell["verdict"] for cell in told["cells"]}
    assert verdicts == {
        ("as-planned", "plain"): "pass",
        ("as-planned", "patient"): "pass",
        ("short", "plain"): "fail",
        ("short", "patient"): "pass",
    }
    assert told["holding"] == ["patient"]
    assert json.loads((tmp_path / "out" / "stress.json").read_text()) == told
    assert "holding              patient" in typed(tmp_path, MATRIX).stdout
    table = read_stress_table(tmp_path / "out")
    assert table.rows[2][:3] == ("short", "plain", "per visit, below 0.01")
    assert table.rows[2][4] == "fail"
    with pytest.raises(UnreadableAnswer, match="irt simulate choose"):
        read_choice_table(tmp_path / "out")


def test_a_matrix_that_fits_no_scenario_is_refused(tmp_path: Path) -> None:
    """By its key, before anything is played; the one that comes along can be played."""
    done = typed(tmp_path, MATRIX.replace("{horizon_days: 100}", "{horizon_weeks: 100}"))
    assert "horizon_weeks" in str(done.exception) + done.output
    asked, cells = read_stress(SCENARIOS.parent / "experiments" / "stress.yaml")
    assert len(cells) == len(asked.worlds) * len(asked.plans)
