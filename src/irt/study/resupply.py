"""How sites are supplied: levels by kit type, the forecast, first stock, stops, and how orders keep the blind."""

from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part, Ratio
from irt.study.planning import Planning

Protection = Literal["top_up", "decoys", "whole_blocks", "mixed_minimum"]


class MinMax(Part):
    """Order up to `maximum` kits when fewer than `minimum` count as stock; where needs are predicted, beyond those.

    The windows are inherited one by one where they are left out.
    """

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1)
    trigger_days: int | None = Field(default=None, ge=0, description="predictive: days whose need must be in stock")
    resupply_days: int | None = Field(
        default=None, ge=0, description="predictive: days whose need one order covers"
    )


class Forecast(Part):
    """What is assumed of subjects where needs are predicted."""

    screen_failure_rate: Ratio = Field(default=Fraction(0), description="share of subjects in screening who fail")
    dropout_rate: Ratio = Field(default=Fraction(0), description="share on treatment who stop within 28 days")
    on_hold_counts: bool = Field(default=False, description="a subject on dose hold needs kits as if dosed")
    planning_weight_kg: Decimal = Field(default=Decimal(80), gt=0, description="where the dose goes by weight")
    screening_days: int = Field(
        default=1, ge=1, le=366, description="those in screening are randomized, or not, within so many days"
    )
    dose_moves: dict[Code, dict[Code, Ratio]] = Field(
        default={}, description="dose level -> level moved to before a visit -> chance; nobody moves where left out"
    )


class Stops(Part):
    """Days from which nothing more is sent; changed while the study runs as operational data."""

    countries: dict[Code, date] = {}
    sites: dict[Code, date] = {}


class Resupply(Part):
    """Settings by kit type; site before country before study, each parameter by itself."""

    method: Literal["min_max", "predictive", "optimizer"] = "min_max"
    review_days: int = Field(default=1, ge=1, description="the night plans every so many days; every 7: Mondays")
    review_at: time = Field(default=time(2, 0), description="when the night plans, in UTC")
    trigger_days: int = Field(default=0, ge=0, description="predictive: the window where no level names its own")
    resupply_days: int = Field(default=0, ge=0, description="predictive: the window where no level names its own")
    forecast: Forecast = Forecast()
    planning: Planning = Planning()
    protection: Protection = Field(default="top_up", description="how an order of a blinded study tells no arm")
    least_kits: int = Field(
        default=0, ge=0, description="decoys: an order is a multiple of it; mixed_minimum: of each type at least"
    )
    seeding: dict[Code, int] = Field(default={}, description="kit type -> kits sent when a site is activated")
    stops: Stops = Stops()
    study: dict[Code, MinMax] = {}
    countries: dict[Code, dict[Code, MinMax]] = {}
    sites: dict[Code, dict[Code, MinMax]] = {}
    depots: dict[Code, dict[Code, MinMax]] = Field(
        default={}, description="regional depots: stock that the depot that supplies them keeps up"
    )

    def setting(self, kit_type: str, country: str, site: str) -> MinMax | None:
        """The lowest level that names the kit type wins."""
        for level in (self.sites.get(site, {}), self.countries.get(country, {}), self.study):
            if kit_type in level:
                return level[kit_type]
        return None
