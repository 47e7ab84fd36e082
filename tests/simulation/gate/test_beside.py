"""What is played beside a verdict: a tornado and other plans, on the trials that it rests on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from irt.errors import BadInput
from simulation.gate.hold import Columns, Stopped, hold
from simulation.gate.played_beside import beside_record
from simulation.gate.reading import Agreed, UnreadableGate, parse_gate, read_gate
from simulation.report.beside import points_beside, tables_beside, tornado_beside
from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario
from tests.simulation.gate.test_agreement import GATE, SCENARIO

GATE_FILE = """
name: go-live
looks: [100, 200]
scenarios: [calm.yaml, storm.yaml]
limits: [{name: misses, figure: mean, measure: missed, below: 100}]
"""
BESIDE = """
sensitivity:
  scenario: storm.yaml
  replications: 50
  looked_at: {measure: missed}
  inputs:
    - {key: enrolment.screened_per_site_month, name: rate, low: 2.0, high: 5.0}
    - {key: horizon_days, low: 50, high: 70}
plans:
  plans: {short: {horizon_days: 30}, none: {horizon_days: 20}}
"""


def _scenario(name: str) -> Scenario:
    enrolment = {"screened_per_site_month": 3}
    return scenario_of({"name": name, "small_study": {}, "horizon_days": 60, "enrolment": enrolment})


def _agreed(text: str) -> Agreed:
    return Agreed(parse_gate(GATE_FILE + text, "gate"), (_scenario("calm"), _scenario("storm")))


def play(scenario: Scenario, seed: int, replications: int) -> Columns:
    """Misses are ten times the rate, cost is the days, with the same chance; twenty days have no visit."""
    assert (seed, scenario.enrolment is None) == (1, False)
    chance = np.random.Generator(np.random.PCG64(2)).normal(size=replications)
    rate, days = scenario.enrolment.screened_per_site_month, scenario.horizon_days  # type: ignore[union-attr]  # above
    visits = np.full(replications, 0 if days == 20 else 1000)
    return {"missed": 10 * rate + chance, "visits": visits, "cost_total": days + chance, "kits_made": visits}


def _told(agreed: Agreed) -> dict[str, Any]:
    return beside_record(agreed, hold(agreed, lambda scenario, look: play(scenario, 1, look)), play)


def test_inputs_and_plans_meet_the_trials_of_the_verdict() -> None:
    """Each end is paired with the trials that were held; a plan is told by cost, risk and kits, or not at all."""
    agreed = _agreed(BESIDE)
    told = _told(agreed)
    tornado = tornado_beside(told)
    assert tornado is not None
    assert (tornado.scenario, told["sensitivity"]["scenario_id"]) == ("storm", agreed.scenarios[1].hash)
    assert [bar.name for bar in tornado.bars] == ["rate", "horizon_days"]
    assert [tornado.bars[0].low.value, tornado.bars[0].high.value] == pytest.approx([-10, 20])
    assert tornado.bars[0].high.replications == tornado.base.replications == 50
    assert tornado.bars[1].span == 0
    points = points_beside(told)
    assert (list(points), points["short"][0].replications) == (["calm", "short"], 100)
    assert points["short"][0].value == pytest.approx(30, abs=1)
    (table,) = tables_beside(told)
    assert [row[1] for row in table.rows] == ["as it was agreed", "horizon_days: 30", "horizon_days: 20"]
    assert [row[3].split()[0] for row in table.rows] == ["3.00", "3.00", "too"]
    assert _told(_agreed("")) == {}


def test_a_figure_that_nothing_tells_takes_no_verdict_away() -> None:
    """Where no trial has what is divided by, the statement says why there is no tornado."""
    told = _told(
        _agreed(BESIDE.replace("{measure: missed}", "{measure: missed, per: visits}").replace("50,", "20,"))
    )
    assert "replications" in told["sensitivity"]["why_not"]
    assert tornado_beside(told) is None
    assert [table.heading for table in tables_beside(told)] == ["Other plans", "No tornado"]


def test_what_is_stopped_beside_is_stopped() -> None:
    """No statement is made without all that was agreed on."""
    agreed = _agreed(BESIDE)
    outcome = hold(agreed, lambda scenario, look: play(scenario, 1, look))
    with pytest.raises(Stopped):
        beside_record(agreed, outcome, lambda point, seed, trials: None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("replications: 50", "replications: 101"), "as the first look at most"),
        (("scenario: storm.yaml", "scenario: rain.yaml"), "none of the scenarios"),
        (("low: 2.0, high: 5.0", "law: {law: fixed, value: 3}"), "both ends of each input"),
        (("horizon_days, low", "horizon_days, name: rate, low"), "an input is there twice"),
        (("{measure: missed}", "{measure: mist}"), "no measure mist"),
        (("{short: {horizon_days: 30}, none: {horizon_days: 20}}", "{}"), "plans"),
    ],
)
def test_what_could_not_be_played_beside_is_refused(change: tuple[str, str], words: str) -> None:
    """When the gate is read, with what is wrong about it."""
    with pytest.raises(UnreadableGate, match=words):
        parse_gate(GATE_FILE + BESIDE.replace(*change), "gate")


def test_keys_and_names_are_looked_at_before_anything_is_played(tmp_path: Path) -> None:
    """A key that the scenario does not have, an end that it cannot take, a plan that is called as a scenario is."""
    (tmp_path / "base.yaml").write_text(SCENARIO.format("base", 60))
    file, seen = tmp_path / "gate.yaml", set()
    whole = GATE + BESIDE.replace("  scenario: storm.yaml\n", "")
    for text in (GATE, GATE + BESIDE.split("plans:", maxsplit=1)[0].replace("  scenario: storm.yaml\n", ""), whole):
        file.write_text(text)
        seen.add(read_gate(file).identity)
    assert len(seen) == 3
    for wrong, right in (("horizon_days, low", "horizon, low"), ("low: 50", "low: -5"), ("{short:", "{base:")):
        file.write_text(whole.replace(wrong, right))
        with pytest.raises(BadInput):
            read_gate(file)
