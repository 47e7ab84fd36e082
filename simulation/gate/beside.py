"""What is agreed to be played beside the verdict: inputs moved between two ends, and other plans of supply."""

from typing import Any, Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part
from simulation.explore.experiment import Looked, Moved


class PlayedBeside(Part):
    """Of one scenario, by its file's name as the agreement has it; the first where it is left out.

    Trials are the first that the verdict rests on, played again: as many as the first look, unless `replications`
    asks for fewer.
    """

    scenario: str | None = None
    replications: int | None = Field(default=None, ge=2)


class Sensitivity(PlayedBeside):
    """A tornado: which input moves the figure that is looked at, each between ends that were agreed on."""

    looked_at: Looked
    inputs: tuple[Moved, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if any(moved.law is not None for moved in self.inputs):
            raise ValueError("a tornado needs both ends of each input")
        for told in ([moved.key for moved in self.inputs], [moved.called for moved in self.inputs]):
            if len(set(told)) < len(told):
                raise ValueError("an input is there twice")
        return self


class Plans(PlayedBeside):
    """Other plans, each as changes at dotted keys of the scenario: points of cost against risk."""

    plans: dict[Code, dict[str, Any]] = Field(min_length=1)
