"""What becomes of a person: screening, the first dose, visits on or off their day, and leaving early."""

from typing import Literal, Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part
from simulation.spec.laws import AT_ONCE, Chance, Law, Least, Positive

MINUTES_IN_DAY = 1440


class TitrationChance(Part):
    """The chance that a subject on one dose level goes to another, at each dispensing visit after the first."""

    origin: Code
    target: Code
    chance: Chance


class Subjects(Part):
    """The conduct of people, as the study's planned visits do not say it.

    Without drift a visit is planned from randomization; with drift from the visit before, as it took place.
    """

    screening_days: Law = AT_ONCE
    screen_failure: Chance = 0
    clinic_from_minute: int = Field(default=480, ge=0, lt=MINUTES_IN_DAY)
    clinic_until_minute: int = Field(default=1080, ge=1, le=MINUTES_IN_DAY)
    visit_days: Literal["planned", "in_window"] = Field(
        default="in_window", description="in_window: any day of the visit's window alike"
    )
    drift: bool = False
    dropout_per_year: Least = Field(default=0, description="hazard of stopping between visits")
    dropout_per_visit: Chance = Field(default=0, description="chance not to come to a visit, nor to any later one")
    hold_chance: Chance = Field(default=0, description="of a visit after the first that gives no kits")
    replacement_chance: Chance = Field(
        default=0, description="of a kit being replaced on some day before the next visit; one kit of each type due"
    )
    titration: tuple[TitrationChance, ...] = ()
    initial_levels: dict[Code, Positive] = Field(default={}, description="dose level -> weight; alike where empty")
    factor_levels: dict[Code, dict[Code, Least]] = Field(
        default={}, description="factor -> level -> weight; alike where empty"
    )
    weight_kg: Law | None = Field(default=None, description="the planning weight of the study where left out")

    @model_validator(mode="after")
    def _clinic_opens(self) -> Self:
        if self.clinic_until_minute <= self.clinic_from_minute:
            raise ValueError("the clinic closes after it opens")
        return self
