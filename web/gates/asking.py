"""Gates and runs as they are asked for: the same way from pages, over the API and by command."""

from collections.abc import Mapping
from typing import get_args

from sqlalchemy import Connection

from irt.reads.unblinded_gates import gate_matter
from irt.services.define_gate import DefineGate, GateScenario
from irt.services.gate_runs import StartGateRun
from simulation.replication import EngineName
from simulation.run.ask import software
from web.gates.reading import read_agreed

ENGINES: tuple[EngineName, ...] = get_args(EngineName)
"""All that can play a gate, to the same figures; a form proposes the first."""


def gate_to_define(
    connection: Connection,
    study_id: int,
    agreement: str,
    scenarios: Mapping[str, str],
    reason: str,
    version: int | None = None,
) -> DefineGate:
    """A gate of an approved version, the newest where none is named, read and hashed; BadInput where it is none.

    `scenarios` are texts by the names that the agreement has for them.
    """
    matter = gate_matter(connection, study_id, version)
    agreed = read_agreed(agreement, scenarios, matter.definition)
    told = zip(agreed.agreement.scenarios, agreed.scenarios, strict=True)
    return DefineGate(
        study_id=study_id,
        version=matter.version,
        name=agreed.agreement.name,
        title=agreed.agreement.title,
        agreement=agreement,
        scenarios=[
            GateScenario(file=file, name=scenario.name, text=scenarios[file], hash=scenario.hash)
            for file, scenario in told
        ],
        looks=list(agreed.agreement.looks),
        identity=agreed.identity,
        version_hash=matter.version_hash,
        configuration=matter.configuration.plain(),
        configuration_hash=matter.configuration.hash,
        reason=reason,
    )


def gate_run_to_start(study_id: int, gate: int, engine: EngineName = "lean") -> StartGateRun:
    """A run of a kept gate by an engine, with the versions of all that calculates."""
    return StartGateRun(study_id=study_id, gate=gate, engine=engine, software=software())
