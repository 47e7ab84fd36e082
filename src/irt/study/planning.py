"""What the optimizer reckons with: how far it looks, what service it promises, what things cost."""

from datetime import date, time
from fractions import Fraction

from pydantic import Field

from irt.study.carbon import Carbon
from irt.study.earlier_plan import EarlierPlan
from irt.study.network import Weekday
from irt.study.part import Code, Part, Ratio

Cents = int


class Way(Part):
    """A further way that plans may take beside the own lane of a place: a courier, other days, another depot."""

    code: Code
    origin: Code
    target: Code = Field(description="a country, a site, or a depot that another one supplies")
    lead_time_days: int = Field(ge=0)
    dispatch_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    cut_off: time = time(15, 0)
    holidays: tuple[date, ...] = ()
    consignment_cents: Cents | None = Field(default=None, ge=0, description="as for every consignment if left out")
    travel_cents: Cents | None = Field(default=None, ge=0, description="as for every kit if left out")


class Planning(Part):
    """Prices in cents and the promise of service; only what costs more or less than something else matters."""

    horizon_days: int = Field(default=84, ge=1, le=731, description="days that are planned ahead")
    service: Ratio = Field(
        default=Fraction(199, 200), description="share of visits that are to find all their kits"
    )
    subjects_per_month: Ratio = Field(
        default=Fraction(0),
        description="new subjects a site enrols in 30 days, before the study's own record tells; 0: none come",
    )
    rate_shape: Ratio = Field(
        default=Fraction(8, 5),
        gt=0,
        description="how alike sites enrol; what is known beforehand weighs so many subjects",
    )
    seconds: int = Field(default=30, ge=1, le=3600, description="the night stops calculating after so long")
    gap: Ratio = Field(default=Fraction(1, 100), description="a plan proven this close to the least cost will do")
    consignment_cents: Cents = Field(default=12_000, ge=0, description="each consignment, whatever is in it")
    travel_cents: Cents = Field(default=300, ge=0, description="each kit on its way")
    shipper_cents: Cents = Field(default=6_000, ge=0, description="each box")
    shipper_kits: int = Field(default=20, ge=1, description="kits that fit into a box")
    kit_cents: dict[Code, Cents] = Field(default={}, description="kit type -> what a wasted kit has cost")
    other_kit_cents: Cents = Field(default=40_000, ge=0, description="a kit of a type that is not named")
    ways: tuple[Way, ...] = Field(default=(), description="further ways that plans may take")
    site_day_cents: Cents = Field(default=25, ge=0, description="a kit that lies at a site for a day")
    depot_day_cents: Cents = Field(default=8, ge=0, description="a kit that lies at a regional depot for a day")
    unmet_cents: Cents = Field(default=2_000_000, ge=0, description="a kit that is wanted and not there")
    carbon: Carbon | None = Field(default=None, description="what journeys weigh; assumed factors if left out")
    earlier: EarlierPlan = Field(default=EarlierPlan(), description="an earlier plan that is kept where it fits")

    def cents_of(self, kit_type: str) -> int:
        """What a wasted kit of a type has cost."""
        return self.kit_cents.get(kit_type, self.other_kit_cents)
