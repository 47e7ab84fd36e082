"""Experiments: a scenario whose figure is a known function of its inputs."""

from pathlib import Path

import numpy as np
import pytest

from simulation.explore.explore import Columns, morris_of, tornado_of
from simulation.explore.parameters import points_of
from simulation.explore.reading import UnreadableExperiment, read_experiment
from simulation.explore.uncertainty import uncertainty_of
from simulation.spec.reading import changed, scenario_of
from simulation.spec.scenario import Scenario

EXPERIMENT = """
name: what-moves-it
scenario: base.yaml
looked_at: {measure: missed, per: visits}
replications: 50
inputs:
  - {key: enrolment.screened_per_site_month, name: recruitment, low: 2.0, high: 4.0}
  - {key: horizon_days, low: 50, high: 70}
  - {key: subjects.dropout_per_year, name: dropout, low: 0.0, high: 0.5}
"""
PLAIN = {
    "name": "base",
    "small_study": {},
    "horizon_days": 60,
    "enrolment": {"screened_per_site_month": 3},
    "subjects": {"dropout_per_year": 0.1},
}
SCENARIO = """
name: base
small_study: {}
horizon_days: 60
enrolment: {screened_per_site_month: 3}
subjects: {dropout_per_year: 0.1}
"""


def play(scenario: Scenario) -> Columns:
    """Of 100 visits ten misses a subject a month, one fewer for ten days of horizon, chance the same everywhere."""
    assert scenario.enrolment is not None
    chance = np.random.Generator(np.random.PCG64(1)).normal(size=50)
    missed = 10 * scenario.enrolment.screened_per_site_month - scenario.horizon_days / 10 + chance
    return {"missed": missed, "visits": np.full(50, 100.0)}


def _read(folder: Path, text: str = EXPERIMENT) -> Path:
    (folder / "base.yaml").write_text(SCENARIO)
    (folder / "experiment.yaml").write_text(text)
    return folder / "experiment.yaml"


def test_a_tornado_of_a_known_figure(tmp_path: Path) -> None:
    """Recruitment moves it by 0.1 either way, the horizon by 0.01, dropout not at all; chance is paired away."""
    experiment, scenario = read_experiment(_read(tmp_path))
    base, bars = tornado_of(experiment.looked_at, experiment.inputs, scenario, play)
    assert base.value == pytest.approx(0.24, abs=0.005)
    assert [bar.name for bar in bars] == ["recruitment", "horizon_days", "dropout"]
    assert [bar.low.value for bar in bars] == pytest.approx([-0.1, 0.01, 0.0])
    assert [bar.high.value for bar in bars] == pytest.approx([0.1, -0.01, 0.0])
    assert bars[0].high.high - bars[0].high.low < 1e-9


def test_a_figure_may_be_a_mean(tmp_path: Path) -> None:
    """Without `per`, what a trial has of it."""
    experiment, scenario = read_experiment(_read(tmp_path, EXPERIMENT.replace(", per: visits", "")))
    base, bars = tornado_of(experiment.looked_at, experiment.inputs, scenario, play)
    assert base.value == pytest.approx(24, abs=0.5)
    assert bars[0].high.value == pytest.approx(10.0)


def test_paths_of_morris_find_the_slopes(tmp_path: Path) -> None:
    """Over the whole range: 0.2, -0.02, 0; a whole-numbered input stays whole, so its slope is nearly so."""
    experiment, scenario = read_experiment(_read(tmp_path, EXPERIMENT + "method: morris\npaths: 6\n"))
    moves = morris_of(experiment, scenario, play)
    assert [each.name for each in moves] == ["recruitment", "horizon_days", "dropout"]
    assert [each.mean for each in moves] == pytest.approx([0.2, -0.02, 0.0], abs=0.002)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("measure: missed", "measure: mist"), "no measure mist"),
        (("low: 2.0", "low: 4.5"), "above its low end"),
        (("key: horizon_days", "key: subjects.dropout_per_year"), "there twice"),
        (("replications: 50", "replications: 50\nlevels: 5"), "even number"),
        (("replications: 50", "replications: 1"), "replications"),
        (("low: 2.0, high: 4.0", "low: 2.0"), "both its ends, or a law"),
        (("low: 2.0, high: 4.0", "law: {law: fixed, value: 3}"), "the other methods both its ends"),
        (("name: what-moves-it", "name: what-moves-it\nmethod: uncertainty"), "a law of each input"),
        (("scenario: base.yaml", "scenario: none.yaml"), "none.yaml"),
    ],
)
def test_an_experiment_that_tells_nothing_is_refused(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    """When it is read."""
    with pytest.raises(Exception, match=words) as refused:
        read_experiment(_read(tmp_path, EXPERIMENT.replace(*change)))
    assert isinstance(refused.value, UnreadableExperiment) or "none.yaml" in str(refused.value)


UNCERTAIN = """
name: what-is-not-known
scenario: base.yaml
method: uncertainty
draws: 200
replications: 50
looked_at: {measure: missed}
inputs:
  - {key: enrolment.screened_per_site_month, law: {law: gamma, mean: 3, shape: 9}}
"""


def test_parameters_that_are_not_known_are_told_apart_from_chance(tmp_path: Path) -> None:
    """Misses are ten times a rate of deviation 1, and chance of deviation 1: 100 between and 1 within."""
    experiment, scenario = read_experiment(_read(tmp_path, UNCERTAIN))
    seeds: list[int] = []

    def seeded(point: Scenario, seed: int) -> Columns:
        seeds.append(seed)
        assert point.enrolment is not None
        chance = np.random.Generator(np.random.PCG64(seed)).normal(size=50)
        return {"missed": 10 * point.enrolment.screened_per_site_month + chance}

    told = uncertainty_of(experiment, scenario, seeded)
    assert len(set(seeds)) == 200
    assert told.between.low < 100 < told.between.high
    assert told.within == pytest.approx(1, rel=0.05)
    assert told.mean.low < 30 < told.mean.high
    one, other = (points_of(experiment.parameters, scenario, experiment.seed) for _ in range(2))
    assert [point.hash for point in one] == [point.hash for point in other]


def test_the_experiment_that_comes_along_fits_its_scenario() -> None:
    """Every key is one of the scenario, at both ends."""
    experiment, scenario = read_experiment(
        Path(__file__).parents[3] / "fixtures" / "experiments" / "depot-outage.yaml"
    )
    points = [changed(scenario, {each.key: end}) for each in experiment.inputs for end in (each.low, each.high)]
    assert len({point.hash for point in points} | {scenario.hash}) == 7


def test_the_scenario_stays_as_it_is(tmp_path: Path) -> None:
    """Points are other scenarios with hashes of their own."""
    experiment, scenario = read_experiment(_read(tmp_path))
    seen: list[str] = []

    def remembered(point: Scenario) -> Columns:
        seen.append(point.hash)
        return play(point)

    tornado_of(experiment.looked_at, experiment.inputs, scenario, remembered)
    assert len(set(seen)) == 7
    assert seen[0] == scenario.hash == scenario_of(PLAIN).hash
