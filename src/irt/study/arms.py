"""Arms, factors and cohorts: who can be given what, and what is balanced."""

from datetime import date
from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part

FactorSource = Literal["entered", "country", "region", "site"]


class Arm(Part):
    """One treatment a subject can be randomized to."""

    code: Code
    name: str
    ratio: int = Field(default=1, ge=1, description="share of subjects, relative to the other arms")
    opens: date | None = Field(default=None, description="first day of randomization, where not the study's")
    closes: date | None = Field(default=None, description="last day of randomization, where not the study's")

    def is_open(self, on_day: date) -> bool:
        """Whether subjects can get the arm on a day."""
        return (self.opens is None or self.opens <= on_day) and (self.closes is None or on_day <= self.closes)


class Level(Part):
    """One value of a stratification factor."""

    code: Code
    name: str


class Factor(Part):
    """A characteristic that randomization is stratified or balanced by.

    A value is never defaulted; `unknown` counts only where it is listed as a level.
    """

    code: Code
    name: str
    levels: tuple[Level, ...] = Field(default=(), description="empty where the value comes from the site")
    source: FactorSource = Field(default="entered", description="entered on the page, or a fact of the site")

    def level_codes(self) -> tuple[str, ...]:
        """Codes of the levels, in the order of the file."""
        return tuple(level.code for level in self.levels)


class Cohort(Part):
    """A group of subjects enrolled one after the other, as in dose escalation."""

    code: Code
    name: str
    arm: Code
    size: int = Field(ge=1, description="subjects in the cohort")
    sentinel_days: int = Field(default=0, ge=0, description="wait after the first subject")
    observation_days: int = Field(default=0, ge=0, description="wait after the last before the next cohort")
