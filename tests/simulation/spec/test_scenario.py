"""Scenario files: what is read, refused and hashed."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from simulation.spec.reading import (
    UnknownKey,
    UnreadableScenario,
    changed,
    parse_scenario,
    read_scenario,
    scenario_of,
    scenario_schema,
)
from simulation.spec.rules import UnusableScenario
from tests.simulation.worked import SCENARIOS, small_trial, worked

FILES = sorted(SCENARIOS.glob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(scenario_schema())
PLAIN = {
    "name": "plain",
    "small_study": {},
    "horizon_days": 10,
    "demand": [{"kit_type": "K", "requests_per_day": 1}],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_worked_scenario_is_sound_and_fits_the_schema(file: Path) -> None:
    """Each is read, is named as its file, says the same when written and read again, and fits the JSON Schema."""
    scenario = read_scenario(file)
    assert scenario.name == file.stem
    again = scenario_of(json.loads(scenario.canonical_json))
    assert again == scenario
    assert again.hash == scenario.hash
    VALIDATOR.validate(yaml.safe_load(file.read_text()))


def test_the_hash_is_of_the_content_not_of_the_spelling() -> None:
    """Order of keys, comments and what is left out do not matter; any value does."""
    plain = "horizon_days: 10\nsmall_study: {}\ndemand: [{kit_type: K, requests_per_day: 1}]\nname: x"
    spelt = "# a note\nname: x\nwarm_up_days: 0\nhorizon_days: 10\nsmall_study: {}\n"
    first = parse_scenario(plain, SCENARIOS)
    other = parse_scenario(spelt + "demand: [{requests_per_day: 1.0, kit_type: K}]", SCENARIOS)
    assert first.hash == other.hash
    assert changed(first, {"demand.0.requests_per_day": 1.5}).hash != first.hash


def test_a_study_file_is_part_of_the_scenario(tmp_path: Path) -> None:
    """The study is found from the scenario's folder, and its content is in the hash wherever the file lies."""
    study = SCENARIOS.parent / "studies" / "escalation.yaml"
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "one.yaml").write_text(study.read_text())
    text = "name: x\nstudy_file: {}\nhorizon_days: 30\nenrolment: {{screened_per_site_month: 1}}\n"
    with pytest.raises(UnusableScenario, match="open_cohort is not played"):
        parse_scenario(text.format("studies/one.yaml"), tmp_path)
    fourier = SCENARIOS.parent / "studies" / "fourier.yaml"
    (tmp_path / "two.yaml").write_text(fourier.read_text())
    here = parse_scenario(text.format("two.yaml") + "size: small\n", tmp_path)
    there = parse_scenario(text.format(str(fourier)) + "size: small\n", Path("/"))
    assert here.hash == there.hash


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"small_study": None}, "either a study"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"warm_up_days": 10}, "no day to measure"),
        ({"demand": []}, "nobody comes"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"faults": [{"fault": "recall", "name": "a", "lot": "X", "day": 1}]}, "no lot X"),
        ({"demand": [{"kit_type": "Z", "requests_per_day": 1}]}, "no kit type Z"),
        ({"demand": [{"kit_type": "K", "requests_per_day": -1}]}, "requests_per_day"),
        ({"faults": [{"fault": "rain", "name": "a"}]}, "faults"),
        (
            {
                "small_study": {
                    "visits": [
                        {
                            "code": "V1",
                            "name": "First",
                            "day": 0,
                            "dispenses": True,
                            "repeat": {"every_days": 28, "times": 3},
                        }
                    ]
                }
            },
            "follows the last V1: give its treatment_days",
        ),
        (
            {
                "faults": [
                    {"fault": "wrong_forecast", "name": "a", "factor": 2},
                    {"fault": "enrolment_change", "name": "a", "factor": 2},
                ]
            },
            "same name",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, object], sentence: str) -> None:
    """One sentence says what is wrong."""
    with pytest.raises((UnreadableScenario, UnusableScenario), match=sentence):
        scenario_of({**PLAIN, **change})


def test_doses_go_where_the_study_lets_them() -> None:
    """A move or a first level that the service would refuse is no scenario."""
    levels = [{"code": "LOW", "name": "Low", "initial": True}, {"code": "HIGH", "name": "High"}]
    study = {"dose_levels": levels, "titration": [{"origin": "LOW", "target": "HIGH", "name": "Up"}]}
    up, down = ({"origin": o, "target": t, "chance": 0.1} for o, t in (("LOW", "HIGH"), ("HIGH", "LOW")))
    assert scenario_of({**PLAIN, "small_study": study, "subjects": {"titration": [up]}})
    for subjects, sentence in (
        ({"titration": [up, down]}, "from HIGH to LOW"),
        ({"initial_levels": {"HIGH": 1}}, "HIGH is no dose level of the study to start on"),
    ):
        with pytest.raises(UnusableScenario, match=sentence):
            scenario_of({**PLAIN, "small_study": study, "subjects": subjects})


@pytest.mark.parametrize("key", ["demand.1.requests_per_day", "enrolment.rate", "demand.x", "horizon_days.0"])
def test_a_change_of_an_unknown_key_is_refused(key: str) -> None:
    """A sweep over a key that is misspelt would change nothing."""
    with pytest.raises(UnknownKey):
        changed(scenario_of(PLAIN), {key: 1})


def test_files_that_are_no_scenarios_are_refused(tmp_path: Path) -> None:
    """Missing files, other text and broken YAML are told in a sentence."""
    with pytest.raises(UnreadableScenario, match="No such file"):
        read_scenario(tmp_path / "none.yaml")
    for text in ("", "- a\n- b", "a: [", "name: x\nname: y"):
        with pytest.raises(UnreadableScenario):
            parse_scenario(text, tmp_path)


def test_a_small_study_is_a_study_of_the_product() -> None:
    """It has sites, depots, lanes and rules as any other, and topped-up groups where it is blinded."""
    definition = small_trial().definition
    assert definition.blinded
    assert [lane.target for lane in definition.lanes] == ["DE", "FR"]
    assert worked("two-echelons").definition.depots[1].supplied_by == "C0"
