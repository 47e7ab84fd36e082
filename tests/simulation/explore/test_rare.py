"""Rare events of whole trials, by laws that make them frequent: weights take it back."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.special import gammaln, pdtrc

from irt.command_line import irt
from simulation.explore.rare import Rare, RareFile, UnreadableRare, _counted, _of_rates, play_rare, read_rare
from simulation.inputs.inputs import draw_inputs
from simulation.spec.reading import changed
from tests.simulation.worked import SCENARIOS, small_trial

EXPERIMENTS = SCENARIOS.parent / "experiments"


def chances(expected: float, shape: float | None) -> np.ndarray:
    """Of 0 to 199 requests: Poisson, or negative binomial."""
    counts = np.arange(200.0)
    if shape is None:
        return np.asarray(np.exp(counts * np.log(expected) - expected - gammaln(counts + 1)))
    share = expected / (expected + shape)
    told = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1)
    return np.asarray(np.exp(told + counts * np.log(share) + shape * np.log1p(-share)))


@pytest.mark.parametrize("shape", [None, 2.5])
def test_a_count_weighs_as_much_as_both_laws_say(shape: float | None) -> None:
    """Its true chance over the tilted one, whatever it is."""
    ratios = np.exp(_counted(np.arange(200.0), 8.0, shape, 1.7))
    assert ratios * chances(8.0 * 1.7, shape) == pytest.approx(chances(8.0, shape), rel=1e-9)


def test_weights_of_rates_are_one_in_the_mean() -> None:
    """Over inputs of the tilted trial."""
    scenario = small_trial()
    tilted = changed(scenario, {"enrolment.screened_per_site_month": 1.5 * 1.2})
    weights = [np.exp(_of_rates(scenario, draw_inputs(tilted, 5, index), 1.2)) for index in range(400)]
    assert np.mean(weights) == pytest.approx(1, abs=4 * np.std(weights) / 20)
    assert np.std(weights) > 0.2


def test_only_roads_that_were_taken_weigh() -> None:
    """A trial in which nothing is sent has the weight of its rates alone; one with consignments another."""
    asked = RareFile.model_validate(
        {"name": "r", "scenario": "-", "measure": "missed", "tilt": {"transit": {0: 1.3}}, "seed": 3}
    )
    quiet = changed(small_trial(horizon_days=40), {"resupply": {}})
    busy = small_trial(horizon_days=40)
    told = [
        play_rare(Rare(asked, scenario, changed(scenario, {"supply.transit.0.days.median": 3.9})), 0)
        for scenario in (quiet, busy)
    ]
    assert told[0].measures["log_ratio"] == 0
    assert told[1].measures["log_ratio"] != 0


def test_a_season_is_sold_out_as_often_as_poisson_says(tmp_path: Path) -> None:
    """Some three in a hundred thousand, from three hundred trials; the answer can be made again."""
    text = (EXPERIMENTS / "rare.yaml").read_text().replace("../scenarios", str(SCENARIOS))
    (tmp_path / "rare.yaml").write_text(text.replace("replications: 1000", "replications: 300"))
    words = ["simulate", "rare", str(tmp_path / "rare.yaml"), "--workers", "1", "--out", str(tmp_path / "out")]
    told = json.loads(CliRunner().invoke(irt, [*words, "--json"]).stdout)
    assert told["chance"]["low"] < pdtrc(70, 42) < told["chance"]["high"]
    assert told["variance_ratio"] > 1000
    assert 100 < told["hits"] < 200
    assert json.loads((tmp_path / "out" / "rare.json").read_text()) == told
    assert "times as many" in CliRunner().invoke(irt, words).stdout


@pytest.mark.parametrize(
    ("tilt", "words"),
    [("demand: {3: 2}", "no demand 3"), ("enrolment: 2", "gamma law"), ("transit: {0: 2}", "law")],
)
def test_what_has_no_law_is_not_tilted(tmp_path: Path, tilt: str, words: str) -> None:
    """By name."""
    file = tmp_path / "rare.yaml"
    file.write_text(f"name: r\nscenario: {SCENARIOS}/newsvendor.yaml\nmeasure: missed\ntilt: {{{tilt}}}\n")
    with pytest.raises(UnreadableRare, match=words):
        read_rare(file)
