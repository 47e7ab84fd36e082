"""How sites open and people come: Poisson-gamma recruitment with start-up, decay, holidays, caps and closure.

Days are counted from 0, the scenario's start; a period ends before its `until_day`. A month has 30 days.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part
from simulation.spec.laws import AT_ONCE, Law, Least, Positive


class Season(Part):
    """Days in which people come at another rate; a factor of 0 is a holiday."""

    from_day: int = Field(ge=0)
    until_day: int = Field(ge=1)
    factor: Least = 0

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.until_day <= self.from_day:
            raise ValueError("a season ends after it begins")
        return self


class CountryEnrolment(Part):
    """What is different in one country; what is left out is as everywhere."""

    rate_factor: Least = 1
    start_up_days: Law | None = None
    seasons: tuple[Season, ...] = ()
    subjects_max: int | None = Field(default=None, ge=0, description="randomized; nobody is screened after")
    closes_on_day: int | None = Field(default=None, ge=0)


class Enrolment(Part):
    """People who are screened: when sites open and close, at which rate each screens, and when all is full.

    A site's rate is drawn once from a gamma law about the mean (`rate_shape`); without a shape all sites are alike.
    """

    screened_per_site_month: Positive
    rate_shape: Positive | None = None
    site_rates: dict[Code, Least] = Field(default={}, description="site -> its own fixed rate, screened a month")
    site_rate_laws: dict[Code, Law] = Field(
        default={}, description="site -> the law of its own rate, as learned; drawn once a replication"
    )
    decay_per_year: Least = Field(default=0, description="a site's rate falls by exp(-decay x years open)")
    start_up_days: Law = AT_ONCE
    open_for_days: Law | None = Field(default=None, description="sites that tire stop screening after so long")
    seasons: tuple[Season, ...] = Field(default=(), description="in all countries")
    countries: dict[Code, CountryEnrolment] = {}
    target_subjects: int | None = Field(default=None, ge=1, description="randomized; nobody is screened after")
    after_target: Literal["randomized", "turned_away"] = Field(
        default="randomized", description="those in screening when the last place is taken"
    )
    site_subjects_max: int | None = Field(default=None, ge=0, description="randomized at one site")
    closes_on_day: int | None = Field(default=None, ge=0, description="nobody is screened from then on")
