"""An experiment on a scenario: which of its inputs are moved between which ends, and which figure is looked at."""

from typing import Literal, Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part
from simulation.explore.parameters import Draws, Parameters
from simulation.measures import MEASURES
from simulation.spec.laws import Law


class Looked(Part):
    """A measure, or its sum divided by that of another, as missed per visit."""

    measure: str
    per: str | None = None

    @model_validator(mode="after")
    def _measured(self) -> Self:
        unknown = [name for name in (self.measure, self.per) if name and name not in MEASURES]
        if unknown:
            raise ValueError(f"replications have no measure {unknown[0]}")
        return self


class Moved(Part):
    """An input by its dotted key in the scenario, as `enrolment.rate_shape`, and its ends in the key's own unit.

    Between whole ends it moves in whole numbers. `law`, in place of ends, is what is believed of it.
    """

    key: str
    name: str = ""
    low: int | float | None = None
    high: int | float | None = None
    law: Law | None = None

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if (self.low is None) != (self.high is None) or (self.low is None) == (self.law is None):
            raise ValueError("give an input both its ends, or a law")
        if self.low is not None and self.high is not None and self.high <= self.low:
            raise ValueError("the high end of an input is above its low end")
        return self

    @property
    def called(self) -> str:
        """As it is told."""
        return self.name or self.key

    def at(self, share: float) -> int | float:
        """The value that lies so far from low (0) to high (1)."""
        low, high = self.ends
        value = low + share * (high - low)
        return round(value) if isinstance(low, int) and isinstance(high, int) else value

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """Low and high. Raises: ValueError for an input with a law."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.key} has no ends")
        return self.low, self.high


class Experiment(Part):
    """`tornado` moves one input at a time; `morris` all, along `paths` in `levels`; each point is replicated alike.

    Every point has the same seed, so that differences are paired. `uncertainty` draws all inputs by their laws,
    `draws` times, each with a seed of its own, or takes them from a posterior.
    """

    schema_version: Literal[1] = 1
    name: Code
    scenario: str
    method: Literal["tornado", "morris", "uncertainty"] = "tornado"
    looked_at: Looked
    inputs: tuple[Moved, ...] = ()
    replications: int = Field(default=200, ge=2)
    paths: int = Field(default=10, ge=2, description="morris")
    levels: int = Field(default=4, ge=2, description="morris: even")
    draws: int = Field(default=30, ge=2, description="uncertainty")
    posterior: Draws = {}
    posterior_file: str | None = Field(default=None, description="uncertainty: draws of several inputs together")
    seed: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        drawn = bool(self.posterior or self.posterior_file)
        if drawn and self.method != "uncertainty":
            raise ValueError("draws from a posterior are for the method uncertainty")
        if not (self.inputs or drawn):
            raise ValueError("an experiment needs inputs")
        if len({moved.key for moved in self.inputs}) < len(self.inputs):
            raise ValueError("an input is there twice")
        if any((moved.law is None) == (self.method == "uncertainty") for moved in self.inputs):
            raise ValueError("uncertainty needs a law of each input, the other methods both its ends")
        if self.levels % 2:
            raise ValueError("morris needs an even number of levels")
        return self

    @property
    def parameters(self) -> Parameters:
        """The outer loop of the method uncertainty."""
        laws = {moved.key: moved.law for moved in self.inputs if moved.law is not None}
        return Parameters(
            draws=self.draws,
            replications=self.replications,
            laws=laws,
            posterior=self.posterior,
            posterior_file=self.posterior_file,
        )
