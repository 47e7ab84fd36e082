"""Requirements from rules and guidance: what each asks in our words, and what shows it or why it is not claimed."""

from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator


class Requirement(BaseModel):
    """One requirement. A test is a file below `tests`, or one function in it as `file.py::function`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[A-Z0-9]+-\d\d$")
    clause: str = Field(min_length=1)
    read: Literal["text", "second hand", "not read"]
    says: str = Field(min_length=10)
    tests: tuple[str, ...] = ()
    not_claimed: str = ""

    @model_validator(mode="after")
    def _claimed_or_not(self) -> Self:
        if bool(self.tests) == bool(self.not_claimed):
            raise ValueError(f"{self.id}: name tests that show it, or say why it is not claimed")
        return self

    @property
    def claimed(self) -> bool:
        """Whether the program claims to meet it."""
        return bool(self.tests)


@cache
def requirements() -> tuple[Requirement, ...]:
    """All of them, in the order of the file; ValueError where one is there twice."""
    return _listed("requirements.yaml")


@cache
def methods() -> tuple[Requirement, ...]:
    """What randomization, simulation, forecasts and optimization are held against; `clause` is that."""
    return _listed("methods.yaml")


def _listed(name: str) -> tuple[Requirement, ...]:
    text = files("irt.validation").joinpath(name).read_text(encoding="utf-8")
    found = tuple(Requirement.model_validate(each) for each in yaml.safe_load(text))
    if len({one.id for one in found}) != len(found):
        raise ValueError("a requirement is listed twice")
    return found
