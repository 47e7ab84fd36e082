"""The visit schedule: when a subject is expected, and what happens there."""

from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part

VisitKind = Literal["screening", "run_in", "randomization", "treatment", "phone", "follow_up"]


class Repeat(Part):
    """A visit that comes again every so many days; open-ended where `times` is not given."""

    every_days: int = Field(ge=1)
    times: int | None = Field(default=None, ge=1)


class Visit(Part):
    """A planned visit, counted in days from screening or randomization; day 0 is that day."""

    code: Code
    name: str
    kind: VisitKind = "treatment"
    anchor: Literal["screening", "randomization"] = "randomization"
    day: int = Field(ge=0)
    window_before_days: int = Field(default=0, ge=0)
    window_after_days: int = Field(default=0, ge=0)
    dispenses: bool = False
    treatment_days: int | None = Field(
        default=None, ge=1, description="days the kits must last; else until the next dispensing visit"
    )
    repeat: Repeat | None = None

    def occurs(self, occurrence: int) -> bool:
        """Whether it takes place for the so-maniest time, counted from 0."""
        if self.repeat is None:
            return occurrence == 0
        return self.repeat.times is None or occurrence < self.repeat.times
