"""Countries, depots, lanes, sites and resupply settings: operational data, effective-dated once loaded."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from irt.study.kit_types import StorageClass
from irt.study.part import Code, Part

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


Hours = Annotated[int, Field(ge=1)]
Kits = Annotated[int, Field(ge=0)]

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
    shipper: Code | None = Field(default=None, description="its hold is kept by every consignment")


class Shipper(Part):
    """A box that keeps its temperature for a qualified time; it may carry the storage classes that it names."""

    code: Code
    name: str = Field(min_length=1, max_length=200)
    hold_hours: dict[StorageClass, Hours] = Field(min_length=1, description="storage class -> hours")


class ImportLicence(Part):
    """A licence to import kits. A country that ever had one is sent nothing from abroad without a valid one."""

    country: Code
    number: str = Field(min_length=1, max_length=60)
    valid_from: date
    valid_until: date
    kits: dict[Code, Kits] = Field(default={}, description="blinding group -> kits it covers; not limited else")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until < self.valid_from:
            raise ValueError("the licence ends before it begins")
        return self


class Site(Part):
    """A site by name, for studies that list theirs."""

    number: Code
    name: str
    country: Code
    zone: str | None = None
    satellite_of: Code | None = Field(
        default=None, description="the main site, of the same country, whose stock supplies it"
    )
    depot: Code | None = Field(
        default=None,
        description="the depot that supplies it, where that is another than its country's",
        exclude_if=lambda depot: depot is None,
    )


class Lot(Part):
    """A packaging lot: kits of one type under a blinded lot; released and used until its expiry date."""

    lot: Code
    blinded_lot: Code
    kit_type: Code
    kits: int = Field(ge=1)
    expiry: date
    released: date
    depot: Code
    block_kits: int | None = Field(default=None, ge=2, description="kits in a block of the depot's sequence")


class Size(Part):
    """How large the study is when loaded: sites by country, planned subjects, lots."""

    planned_subjects: int = Field(ge=1)
    sites: dict[Code, int] = Field(default={}, description="country -> number of sites, names invented")
    lots: tuple[Lot, ...] = ()
