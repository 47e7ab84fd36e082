"""Laws of chance that a scenario may name; the unit is that of the field that holds one, as `start_up_days`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from irt.study.part import Part

FOR_EVER_DAY = 1_000_000
"""A day that no scenario reaches."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Least = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Chance = Annotated[float, Field(ge=0, le=1)]


class Fixed(Part):
    """Always the same."""

    law: Literal["fixed"]
    value: Least


class Uniform(Part):
    """Anything between two values alike."""

    law: Literal["uniform"]
    least: Least
    most: Least

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.most < self.least:
            raise ValueError("most is below least")
        return self


class Exponential(Part):
    """Without memory."""

    law: Literal["exponential"]
    mean: Positive


class Gamma(Part):
    """A gamma law by its mean and shape; variance is mean squared over shape."""

    law: Literal["gamma"]
    mean: Positive
    shape: Positive


class LogNormal(Part):
    """A lognormal law by its median and the standard deviation of its logarithm."""

    law: Literal["lognormal"]
    median: Positive
    sigma: Least


class Table(Part):
    """A few values, each with a weight."""

    law: Literal["table"]
    values: tuple[Least, ...] = Field(min_length=1)
    weights: tuple[Least, ...] = Field(default=(), description="as many as values; equal where left out")

    @model_validator(mode="after")
    def _each_weighed(self) -> Self:
        if self.weights and (len(self.weights) != len(self.values) or not sum(self.weights)):
            raise ValueError("each value needs a weight, and not all can be zero")
        return self


Law = Annotated[Fixed | Uniform | Exponential | Gamma | LogNormal | Table, Field(discriminator="law")]

AT_ONCE = Fixed(law="fixed", value=0)
