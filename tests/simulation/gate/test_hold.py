"""A gate held: from look to look, over all scenarios."""

import json

import numpy as np
import pytest

from simulation.analysis.boundaries import Verdict
from simulation.gate.hold import Columns, Outcome, Stopped, hold, record_of
from simulation.gate.reading import Agreed, parse_gate
from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario

LIMIT = "limits: [{name: any visit missed, figure: any, measure: missed, below: 0.1}]\n"
GATE = parse_gate("name: go-live\nlooks: [200, 400, 800]\nscenarios: [calm.yaml, storm.yaml]\n" + LIMIT, "gate")


def _scenario(name: str) -> Scenario:
    enrolment = {"screened_per_site_month": 3}
    return scenario_of({"name": name, "small_study": {}, "horizon_days": 60, "enrolment": enrolment})


AGREED = Agreed(GATE, (_scenario("calm"), _scenario("storm")))


class Player:
    """Plays scenarios with a chance of a miss each, and remembers what it was asked for."""

    def __init__(self, **chances: float) -> None:
        self.chances = chances
        self.asked: list[tuple[str, int]] = []

    def play(self, scenario: Scenario, replications: int) -> Columns:
        """The same chance for the same index."""
        self.asked.append((scenario.name, replications))
        drawn = np.random.Generator(np.random.PCG64(1)).random(800)[:replications]
        return {"missed": drawn < self.chances[scenario.name]}


def test_each_scenario_stops_at_the_look_where_it_is_clear() -> None:
    """Hardly a miss is clear at once; a chance near its limit takes every look, and the whole is not passed."""
    player = Player(calm=0.005, storm=0.1)
    outcome = hold(AGREED, player.play)
    assert player.asked == [("calm", 200), *(("storm", look) for look in (200, 400, 800))]
    assert [each.statement.verdict for each in outcome.held] == [Verdict.PASS, Verdict.INCONCLUSIVE]
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert (outcome.false_pass, outcome.false_fail) == pytest.approx((0.025, 0.05))


@pytest.mark.parametrize(
    ("chances", "verdict"),
    [((0.001, 0.002), Verdict.PASS), ((0.001, 0.4), Verdict.FAIL), ((0.4, 0.1), Verdict.FAIL)],
)
def test_one_failure_fails_the_gate(chances: tuple[float, float], verdict: Verdict) -> None:
    """And all scenarios are told all the same."""
    outcome = hold(AGREED, Player(calm=chances[0], storm=chances[1]).play)
    assert outcome.verdict is verdict
    assert len(outcome.held) == 2


def test_more_replications_than_a_look_change_nothing() -> None:
    """A directory that an earlier run took further is judged on what the look asks for."""
    player = Player(calm=0.03, storm=0.001)
    plain, ahead = (
        hold(AGREED, play) for play in (player.play, lambda scenario, count: player.play(scenario, max(count, 700)))
    )
    assert _told(plain) == _told(ahead)


def _told(outcome: Outcome) -> str:
    return json.dumps(record_of(AGREED, outcome))


def test_a_run_that_was_stopped_has_no_verdict() -> None:
    """Nothing is judged between looks."""
    with pytest.raises(Stopped):
        hold(AGREED, lambda scenario, count: None)


def test_the_statement_names_what_was_agreed() -> None:
    """The gate's hash, each scenario's, limits, looks, figures and verdicts, as JSON."""
    outcome = hold(AGREED, Player(calm=0.001, storm=0.001).play)
    told = json.loads(_told(outcome))
    assert told["gate_id"] == AGREED.identity
    assert [each["scenario_id"] for each in told["scenarios"]] == [each.hash for each in AGREED.scenarios]
    (line,) = told["scenarios"][0]["lines"]
    assert (line["verdict"], line["limit"]["limit"], line["estimate"]["replications"]) == ("pass", 0.1, 200)
    assert told["verdict"] == "pass"
