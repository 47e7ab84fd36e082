"""What packaging is decided from, as a file of YAML: campaigns, kit types with their costs, stock and demand.

Days are whole numbers from 0; money is whole cents. Demand is what leaves the place where packed kits are released.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from irt.errors import BadInput
from irt.study.source import UnreadableFile, read_source

FORMAT = "irt-campaigns/1"
KITS_MAX = 200_000
DAYS_MAX = 10_000
CENTS_MAX, HOLDING_MAX = 10**8, 10**5

Day = Annotated[int, Field(ge=0, le=DAYS_MAX)]
Cents = Annotated[int, Field(ge=0, le=CENTS_MAX)]
Kits = Annotated[int, Field(ge=0, le=KITS_MAX)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class UnreadableCampaigns(BadInput):
    """The file does not describe packaging."""


class Part(BaseModel):
    """A part of the file; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Wanted(Part):
    """Kits wanted on a day: surely so many (`kits`), or a mean of kits that come by chance (`mean`)."""

    day: Day
    kits: Kits = 0
    mean: Annotated[float, Field(ge=0, le=KITS_MAX)] | int = 0


class Given(Part):
    """Kits that a new subject takes so many days after randomization, in the mean over arms and those who stop."""

    day: Day
    kits: Annotated[float, Field(ge=0, le=1_000)] | int


class Stock(Part):
    """Kits packed before: there from a day on; `expiry_day` is the first on which they cannot be used."""

    kits: Kits
    expiry_day: Day
    available_day: Day = 0


class KitTypePart(Part):
    """A kit type: what packing, keeping, missing and destroying a kit of it costs, and how it may be packed.

    `shelf_life_days` count from release; `use_before_expiry_days` must be left when a kit is taken. `per_subject`
    waits for a forecast of enrolment, beside the `demand` of those who are there.
    """

    id: Word
    kit_cents: Cents
    setup_cents: Cents = 0
    minimum_kits: Annotated[int, Field(ge=1, le=KITS_MAX)] = 1
    rounding_kits: Annotated[int, Field(ge=1, le=KITS_MAX)] = 1
    shelf_life_days: Annotated[int, Field(ge=1, le=DAYS_MAX)]
    use_before_expiry_days: Day = 0
    holding_cents_per_kit_day: Annotated[int, Field(ge=0, le=HOLDING_MAX)] = 0
    overage_cents: Cents = 0
    unmet_cents: Cents
    stock: list[Stock] = []
    demand: list[Wanted] = []
    per_subject: list[Given] = []


class CampaignsPart(Part):
    """When kits can be packed, how long until they are released, and what one campaign costs for all its types."""

    days: Annotated[list[Day], Field(min_length=1, max_length=120)]
    lead_time_days: Day
    setup_cents: Cents


class CampaignFile(Part):
    """A whole file. `service_level`: the chance that kits are there for all that is wanted up to any one day.

    `rate_spread`: how uncertain the rate of all demand together is, as standard deviation to mean.
    """

    format: Literal["irt-campaigns/1"] = "irt-campaigns/1"
    name: str = ""
    start_date: str
    horizon_days: Annotated[int, Field(ge=1, le=DAYS_MAX)]
    service_level: Annotated[float, Field(gt=0, lt=1)] = 0.98
    rate_spread: Annotated[float, Field(ge=0, le=2)] | int = 0.0
    campaigns: CampaignsPart
    kit_types: Annotated[list[KitTypePart], Field(min_length=1, max_length=50)]

    @property
    def start(self) -> date:
        """Day 0."""
        return date.fromisoformat(self.start_date)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        date.fromisoformat(self.start_date)
        names = [kit.id for kit in self.kit_types]
        if len(set(names)) < len(names):
            raise ValueError("each kit type is given once")
        if len(set(self.campaigns.days)) < len(self.campaigns.days):
            raise ValueError("each day of a campaign is given once")
        if idle := [kit.id for kit in self.kit_types if not kit.demand and not kit.per_subject]:
            raise ValueError(f"{idle[0]} has neither demand nor per_subject")
        late = [row.day for kit in self.kit_types for row in kit.demand if row.day >= self.horizon_days]
        if late:
            raise ValueError(f"demand on day {late[0]}: the last day is {self.horizon_days - 1}")
        return self


def read_campaigns(text: str) -> CampaignFile:
    """The file's content; UnreadableCampaigns naming the first field that is wrong."""
    try:
        source = read_source(text)
    except UnreadableFile as fault:
        raise UnreadableCampaigns(f"Line {fault.place.line}: {fault.sentence}. Nothing was calculated.") from None
    if source.faults:
        first = source.faults[0]
        raise UnreadableCampaigns(f"Line {first.place.line}: {first.sentence}. Nothing was calculated.")
    return campaigns_of(source.data)


def campaigns_of(data: object) -> CampaignFile:
    """The content that plain values tell; UnreadableCampaigns where they tell none."""
    try:
        return CampaignFile.model_validate(data)
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "The file"
        raise UnreadableCampaigns(f"{where}: {first['msg']}. Nothing was calculated.") from None


def open_campaigns(path: Path) -> CampaignFile:
    """The content of a file on disk."""
    try:
        return read_campaigns(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise UnreadableCampaigns(f"{path} is not text in UTF-8. Nothing was calculated.") from None
