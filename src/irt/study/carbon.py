"""What journeys of a study weigh in carbon, as its carriers say: by lane, or by mode of transport and distance."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part

Kilograms = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class CarbonMode(Part):
    """A mode of transport: kg of CO2 equivalent for each kilometre."""

    kg_per_km: Kilograms = Field(default=Decimal(0), description="a consignment, whatever is in it")
    box_kg_per_km: Kilograms = Field(default=Decimal(0), description="each box of it")


class CarbonLane(Part):
    """A lane, or a further way: kg of CO2 equivalent of a consignment, or its mode and kilometres."""

    origin: Code
    target: Code = Field(description="a country, a site, or a depot; a site's own comes before its country's")
    way: Code | None = Field(default=None, description="a further way by its code; the lane itself if left out")
    kg: Kilograms | None = Field(default=None, description="a consignment, whatever is in it")
    box_kg: Kilograms = Field(default=Decimal(0), description="each box of it, beside `kg`")
    mode: Code | None = None
    km: int | None = Field(default=None, ge=0, le=50_000)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        by_distance = self.mode is not None and self.km is not None
        if (self.kg is not None) == by_distance or (self.mode is None) != (self.km is None):
            raise ValueError("a lane has either `kg`, or `mode` and `km`")
        return self


class Carbon(Part):
    """Factors of the study's own, and where they are from; lanes without any go by assumed ones."""

    source: str = Field(min_length=1, max_length=300, description="whose figures these are, and of when")
    modes: dict[Code, CarbonMode] = {}
    lanes: tuple[CarbonLane, ...] = ()

    @model_validator(mode="after")
    def _modes_are_there(self) -> Self:
        for lane in self.lanes:
            if lane.mode is not None and lane.mode not in self.modes:
                raise ValueError(f"{lane.mode} is none of the modes")
        return self
