"""The table of policies in small, and the bound beneath all of them."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from optimization.policies import tuning
from optimization.policies.clairvoyant import clairvoyant_cents
from optimization.policies.costs import Prices
from optimization.policies.dual_bound import RATE_CLASSES, DualBound
from optimization.policies.levels import Predictive
from optimization.policies.paths import TRAINING_SET, Trial, draw_paths
from optimization.policies.review import reviewed, run
from web.commands.optimize import optimize

CLASSES = len(RATE_CLASSES) + 1


def test_a_bound_without_penalty_is_never_above_the_clairvoyant() -> None:
    """Who may also miss, at a price, pays at most as much, site by site, where arms need not be hidden."""
    trial = reviewed(draw_paths(Trial(sites=12, weeks=20), 4, TRAINING_SET))
    unblinded = Prices(least_each=0)
    bound = DualBound(200_000, (0.0,) * CLASSES, 24, 1, 8, unblinded).cents(trial, 1.0)
    assert (bound <= clairvoyant_cents(trial.paths, Prices()) + 1e-6).all()


@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_the_bound_is_below_what_policies_pay(weight: float) -> None:
    """On the same paths, in the mean and beyond chance: cost and the price of misses less those allowed."""
    trial = reviewed(draw_paths(Trial(sites=40, weeks=16, rate_per_week=0.4), 4, TRAINING_SET))
    bound = DualBound(60_000, (weight,) * CLASSES, size=16, futures=1, samples=20).cents(trial, 0.995)
    outcome = run(Predictive(3, 8, 1, 2, told_the_end=True), trial, Prices())
    paid = outcome.cost + 60_000 * (outcome.missed - 0.005 * outcome.wanted)
    above = paid - bound
    assert above.mean() > -3 * above.std() / np.sqrt(len(above))


def test_the_command_tells_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small table, as JSON and as text: every policy, its settings, ratios with intervals, seeds."""
    monkeypatch.setattr(tuning, "WINDOWS", ((2, 8), (4, 12)))
    monkeypatch.setattr(tuning, "BUFFERS", ((1, 2), (2, 3)))
    monkeypatch.setattr(tuning, "LEVELS", ((2, 5), (6, 11)))
    monkeypatch.setattr(tuning, "MISS_CENTS", (100_000, 400_000))
    monkeypatch.setattr(tuning, "WEIGHTS", (0.0, 0.4))
    monkeypatch.setattr(tuning, "BOUND_MISS_CENTS", (60_000,))
    size = ["policies", "--sites", "5", "--weeks", "14", "--paths", "1", "--futures", "2"]
    told = CliRunner().invoke(optimize, [*size, "--json"])
    assert told.exit_code == 0, told.output
    table = json.loads(told.stdout)
    assert [row["name"] for row in table["rows"]] == [
        "min/max by category",
        "predictive",
        "predictive, told the end",
        "look-ahead",
    ]
    assert table["asked"]["seed"] == 7
    assert table["rows"][1]["to_predictive"] == {"value": 1.0, "half_width": pytest.approx(0)}
    assert table["rows"][3]["to_clairvoyant"]["value"] > 1
    assert table["rows"][3]["settings"]["miss_cents"] in {100_000, 400_000}
