"""A scenario read from a file, changed at some of its keys, and its JSON Schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from irt.errors import BadInput
from irt.study.check import open_study
from simulation.part_file import parse_data
from simulation.spec.rules import require_sound
from simulation.spec.scenario import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class UnreadableScenario(BadInput):
    """The file is not there, or is no scenario."""


class UnknownKey(BadInput):
    """A change names a key that no scenario has."""


def read_scenario(path: Path | str) -> Scenario:
    """The scenario of a YAML or JSON file; `study_file` is found from the file's own folder. BadInput else."""
    path = Path(path)
    return parse_scenario(_text(path), path.parent, str(path))


def parse_scenario(text: str, folder: Path, name: str = "scenario") -> Scenario:
    """The same of a text, with the folder from which `study_file` is found."""
    told = parse_data(text, name, UnreadableScenario)
    if not isinstance(told, dict):
        raise UnreadableScenario(f"{name}: a scenario is a mapping of keys and values.")
    data = dict(told)
    if (study_file := data.pop("study_file", None)) is not None:
        data["study"] = open_study(_text(folder / str(study_file)), str(study_file))
    return scenario_of(data, name)


def scenario_of(data: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """The scenario that plain values tell; UnreadableScenario or UnusableScenario where they tell none."""
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as refused:
        first, more = refused.errors()[0], refused.error_count() - 1
        others = f" ({more} more)" if more else ""
        where = ".".join(str(step) for step in first["loc"]) or "scenario"
        raise UnreadableScenario(f"{name}: {where}: {first['msg']}{others}.") from None
    require_sound(scenario)
    return scenario


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with values at dotted keys, as `enrolment.rate_shape`; UnknownKey where there is none.

    Members of lists are named by their place: `faults.0.chance`.
    """
    data = scenario.model_dump(mode="json")
    for key, value in changes.items():
        _put(data, key, value)
    return scenario_of(data, scenario.name)


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, with `study_file` as files may have it."""
    schema = Scenario.model_json_schema(mode="validation")
    schema["properties"]["study_file"] = {
        "type": "string",
        "description": "a study file, from this file's folder; in place of study",
    }
    return {"$schema": DIALECT, **schema, "title": "Scenario"}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise UnreadableScenario(f"{path}: not a text file in UTF-8 (byte {fault.start}).") from None
    except OSError as fault:
        raise UnreadableScenario(f"{path}: {fault.strerror or fault}.") from None


def _put(data: Any, key: str, value: Any) -> None:
    *way, last = [int(step) if step.isdigit() else step for step in key.split(".")]
    try:
        for step in way:
            data = data[step]
        known = last in data if isinstance(data, dict) else isinstance(last, int) and 0 <= last < len(data)
    except (KeyError, IndexError, TypeError):
        known = False
    if not known:
        raise UnknownKey(f"The scenario has no key {key}. Nothing was changed. Write it as enrolment.rate_shape.")
    data[last] = value
