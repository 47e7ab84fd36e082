"""A trial that is under way at the scenario's start: who is in it, which sites are open, what is on the road.

What lies at sites and depots is told in `supply`. Days before the start are negative.
"""

from typing import Self

from pydantic import Field, model_validator

from irt.study.part import Code, Part
from simulation.spec.laws import FOR_EVER_DAY, Positive


class BegunSite(Part):
    """A site that has opened, on a day below 0, or will on a day, or never; others open by the law of start-up.

    Those in screening are decided on by the scenario's law of screening, from the day it began.
    """

    site: Code
    opened_day: int | None = Field(default=None, description="below 0: it has opened; left out: it never does")
    off_treatment: int = Field(default=0, ge=0, description="randomized there, and not on treatment any more")
    in_screening: tuple[int, ...] = Field(default=(), description="for each of them, days since it began")

    @property
    def is_open(self) -> bool:
        """Whether it is at the start."""
        return self.opened_day is not None and self.opened_day < 0

    @model_validator(mode="after")
    def _open(self) -> Self:
        if self.in_screening and not self.is_open:
            raise ValueError("nobody is in screening at a site that has not opened")
        if any(days < 0 for days in self.in_screening):
            raise ValueError("screening began before the start")
        return self


class BegunSubject(Part):
    """A subject on treatment: the arm is known to the machine alone, visits that are over count by their order."""

    site: Code
    arm: Code
    level: Code | None = None
    randomized_day: int = Field(le=0)
    visits_over: int = Field(ge=0, description="so many dispensing visits are over, the randomization among them")
    weight_kg: Positive | None = None


class Goods(Part):
    """Kits of one type and lot."""

    lot: Code
    kit_type: Code
    kits: int = Field(ge=1)
    expiry_day: int = Field(ge=0, le=FOR_EVER_DAY)
    countries: tuple[Code, ...] = Field(default=(), description="where the lot is approved; empty: everywhere")


class OnTheRoad(Part):
    """A consignment on its way to a site or a depot, and the day on which it is due; it arrives then."""

    target: Code
    due_day: int = Field(ge=0)
    goods: tuple[Goods, ...] = Field(min_length=1)


class Begun(Part):
    """The state of a trial at the start; of sites that are not named nobody knows more than the scenario says."""

    sites: tuple[BegunSite, ...] = ()
    subjects: tuple[BegunSubject, ...] = ()
    on_the_road: tuple[OnTheRoad, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        named = [site.site for site in self.sites]
        if len(set(named)) < len(named):
            raise ValueError("a site is told twice")
        opened = {site.site for site in self.sites if site.is_open}
        if any(subject.site not in opened for subject in self.subjects):
            raise ValueError("a subject is on treatment at a site that has not opened")
        return self
