"""A stress matrix as a file: a scenario, worlds that it may meet, plans of supply, and limits agreed beforehand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from irt.errors import BadInput, Refusal
from irt.study.part import Code, Part
from simulation.analysis.limits import Limit
from simulation.gate.agreement import AgreedLimit
from simulation.part_file import read_part
from simulation.spec.reading import changed, read_scenario
from simulation.spec.scenario import Scenario

Changes = dict[str, Any]
"""Values at dotted keys of the scenario, as `enrolment.rate_shape` or `faults`."""


class UnreadableStress(BadInput):
    """The file is not there, or holds no stress matrix."""


class StressFile(Part):
    """Every plan is played in every world, all on the same indexes, and held against the same limits."""

    schema_version: int = Field(default=1, ge=1, le=1)
    name: Code
    scenario: str
    worlds: dict[Code, Changes] = Field(min_length=1)
    plans: dict[Code, Changes] = Field(default={"as-it-is": {}}, min_length=1)
    limits: tuple[AgreedLimit, ...] = Field(min_length=1)
    replications: int = Field(default=500, ge=2)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    seed: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            names = [limit.name for limit in self.judged]
        except Refusal as refused:
            raise ValueError(refused.sentence) from None
        if len(set(names)) < len(names):
            raise ValueError("two limits have one name")
        return self

    @property
    def judged(self) -> tuple[Limit, ...]:
        """The limits as they are judged."""
        return tuple(limit.limit(self.confidence) for limit in self.limits)


def read_stress(path: Path) -> tuple[StressFile, Mapping[tuple[str, str], Scenario]]:
    """The matrix of a YAML or JSON file, with the scenario of each (world, plan); BadInput else."""
    asked = read_part(path, StressFile, UnreadableStress)
    scenario = read_scenario(path.parent / asked.scenario)
    cells = {
        (world, plan): changed(scenario, {**there, **planned})
        for world, there in asked.worlds.items()
        for plan, planned in asked.plans.items()
    }
    return asked, cells
