"""A scenario: one study, the world it is played in, and what goes wrong. Its hash is its identity."""

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from irt.study.definition import StudyDefinition
from irt.study.part import Code, Part
from irt.study.resupply import Resupply
from simulation.spec.begun import Begun
from simulation.spec.demand import Demand
from simulation.spec.enrolment import Enrolment
from simulation.spec.faults import AnyFault
from simulation.spec.small_study import SmallStudy
from simulation.spec.subjects import Subjects
from simulation.spec.supply import SupplyConditions

SCHEMA_VERSION = 1
DAYS_MAX = 40_000


class Scenario(Part):
    """What is simulated. Days count from 0, the start; measures are taken from `warm_up_days` to the horizon.

    `study` is a study definition, written in the file or named there as `study_file`; `small_study` one in a few
    lines. `resupply` takes the place of the study's own rules of supply.
    """

    schema_version: Literal[1] = 1
    name: Code
    title: str = ""
    study: StudyDefinition | None = None
    small_study: SmallStudy | None = None
    size: Literal["full", "small"] = Field(default="full", description="of the study's sizes: sites and lots")
    start: date = date(2026, 1, 5)
    horizon_days: int = Field(ge=1, le=DAYS_MAX)
    warm_up_days: int = Field(default=0, ge=0)
    enrolment: Enrolment | None = None
    subjects: Subjects = Subjects()
    demand: tuple[Demand, ...] = ()
    supply: SupplyConditions = SupplyConditions()
    resupply: Resupply | None = None
    faults: tuple[AnyFault, ...] = ()
    begun: Begun | None = Field(default=None, description="left out: nobody has come yet, and nothing was sent")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.study is None) == (self.small_study is None):
            raise ValueError("give either a study (or study_file) or a small_study")
        if self.warm_up_days >= self.horizon_days:
            raise ValueError("the warm-up leaves no day to measure")
        if self.begun is not None and (self.enrolment is None or self.warm_up_days):
            raise ValueError("a trial that is under way needs enrolment, and no warm-up")
        if self.enrolment is None and not self.demand:
            raise ValueError("give enrolment, demand, or both: else nobody comes")
        if len({fault.name for fault in self.faults}) < len(self.faults):
            raise ValueError("two faults have the same name")
        return self

    def __hash__(self) -> int:
        return hash(self.hash)

    @cached_property
    def definition(self) -> StudyDefinition:
        """The study that is played, with the scenario's rules of supply in force."""
        study = self.study if self.small_study is None else self.small_study.definition()
        if study is None:
            raise ValueError("a scenario has a study")
        return study if self.resupply is None else study.model_copy(update={"resupply": self.resupply})

    @cached_property
    def canonical_json(self) -> str:
        """The scenario as text with sorted keys, the study within it: equal scenarios have equal text."""
        plain = self.model_dump(mode="json")
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, in hex."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()
