"""Countries, depots, lanes, sites and resupply settings: operational data, effective-dated once loaded."""

from datetime import date, time
from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


HOME = "home"
"""The target of a lane that leads to subjects' homes."""


class Country(Part):
    """A country of the study; ISO 3166 code."""

    code: Code
    name: str
    aliases: tuple[str, ...] = Field(default=(), description="what files of enrolment call it")
    region: str = ""
    label_group: Code = "all"
    zone: str = Field(description="IANA time zone of its sites, where a site names none")
    depot: Code


class Depot(Part):
    """A warehouse. A blinded depot is shown no kit types."""

    code: Code
    name: str
    country: Code
    zone: str
    supplied_by: Code | None = Field(default=None, description="none for the central depot")
    blinded: bool = True


class Lane(Part):
    """A way goods move: from a depot to a country, a site, another depot or, as `home`, to subjects' homes."""

    origin: Code
    target: Code
    lead_time_days: int = Field(ge=0)
    dispatch_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    cut_off: time = time(15, 0)
    holidays: tuple[date, ...] = ()
    hold_hours: int | None = Field(default=None, ge=1, description="qualified hold time of the shipper")


class Site(Part):
    """A site by name, for studies that list theirs."""

    number: Code
    name: str
    country: Code
    zone: str | None = None


class Lot(Part):
    """A packaging lot: kits of one type under a blinded lot; released and used until its expiry date."""

    lot: Code
    blinded_lot: Code
    kit_type: Code
    kits: int = Field(ge=1)
    expiry: date
    released: date
    depot: Code


class Size(Part):
    """How large the study is when loaded: sites by country, planned subjects, lots."""

    planned_subjects: int = Field(ge=1)
    sites: dict[Code, int] = Field(default={}, description="country -> number of sites, names invented")
    lots: tuple[Lot, ...] = ()
