"""A go-live gate as it is handed in for a study version: the agreement, and scenarios that play that version."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from irt.errors import BadInput, Refusal
from irt.reads.unblinded_gates import GateShown, gate_shown
from irt.reads.unblinded_versions import definition_of_version
from irt.study.definition import StudyDefinition
from irt.study.supply_configuration import configured
from simulation.gate.reading import Agreed, parse_gate
from simulation.part_file import parse_data
from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario

THE_VERSION = "version"
"""What a scenario says of its study: the version that the gate is for, with its supply as last decided."""
_NOT_THE_VERSION = ("study_file", "small_study", "resupply")


class GateNotOfVersion(BadInput):
    """The gate cannot be read as one of a study version."""


class GateOfAnotherRelease(Refusal):
    """Read by this release, the gate is not the one that was agreed on."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Gate {number} was defined under another release, which reads its scenarios otherwise. "
            "Nothing was run. Define it again."
        )


def read_agreed(agreement: str, texts: Mapping[str, str], definition: StudyDefinition) -> Agreed:
    """The gate of a text and of its scenarios' texts by the names that it has for them; else BadInput."""
    agreed = parse_gate(agreement, "The agreement")
    if agreed.parameters is not None and agreed.parameters.posterior_file is not None:
        raise GateNotOfVersion(
            "The agreement names a file of draws. Write its draws into it, as the `posterior` of its parameters."
        )
    unlike = set(agreed.scenarios).symmetric_difference(texts)
    if unlike:
        raise GateNotOfVersion(
            f"The agreement names {', '.join(agreed.scenarios)}, and there are {', '.join(texts) or 'none'}. "
            "Hand in exactly the scenarios that it names."
        )
    scenarios = tuple(_scenario(texts[file], file, definition) for file in agreed.scenarios)
    if len({scenario.name for scenario in scenarios}) < len(scenarios):
        raise GateNotOfVersion("Two scenarios have the same name. Give each its own.")
    whole = Agreed(agreed, scenarios)
    whole.require_keys()
    return whole


def _scenario(text: str, file: str, definition: StudyDefinition) -> Scenario:
    told = parse_data(text, file, GateNotOfVersion)
    if not isinstance(told, dict):
        raise GateNotOfVersion(f"{file}: a scenario is a mapping of keys and values.")
    data: dict[str, Any] = dict(told)
    if data.get("study") != THE_VERSION or any(data.get(name) is not None for name in _NOT_THE_VERSION):
        raise GateNotOfVersion(
            f"{file}: a scenario of a study version says `study: {THE_VERSION}`, and names no other study and no "
            "other rules of supply: what is proved must be what goes live."
        )
    return scenario_of({**data, "study": definition}, file)


def agreed_gate(connection: Connection, study_id: int, number: int) -> Agreed:
    """A kept gate as it was agreed on; GateOfAnotherRelease where this release reads it otherwise."""
    return agreed_as_shown(connection, study_id, gate_shown(connection, study_id, number))


def agreed_as_shown(connection: Connection, study_id: int, shown: GateShown) -> Agreed:
    """The same of one that was read already."""
    definition = configured(definition_of_version(connection, study_id, shown.line.version), shown.configuration)
    agreed = read_agreed(shown.agreement, {each.file: each.text for each in shown.scenarios}, definition)
    if agreed.identity != shown.identity:
        raise GateOfAnotherRelease(shown.line.number)
    return agreed
