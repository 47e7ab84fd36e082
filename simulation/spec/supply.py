"""What there is to give, how goods really travel, and what happens when kits are missing."""

from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part
from simulation.spec.laws import FOR_EVER_DAY, Law


class ScenarioLot(Part):
    """Kits of one type that come to a depot on a day and may be used until their expiry day, that day included."""

    lot: Code
    kit_type: Code
    depot: Code
    kits: int = Field(ge=1)
    released_day: int = Field(default=0, ge=0)
    expiry_day: int = Field(ge=0, le=FOR_EVER_DAY)
    countries: tuple[Code, ...] = Field(default=(), description="where it is approved; empty: everywhere")


class SiteStock(Part):
    """Kits that lie at sites when they open; they come from no depot."""

    lot: Code
    kit_type: Code
    kits: int = Field(ge=1)
    expiry_day: int = Field(ge=0, le=FOR_EVER_DAY)
    sites: tuple[Code, ...] = Field(default=(), description="empty: every site, as many each")
    countries: tuple[Code, ...] = Field(default=(), description="where the lot is approved; empty: everywhere")


class TransitLaw(Part):
    """How long goods really travel; the study's own lead time is what planners believe.

    By `day` goods leave at noon and arrive in whole days; by `minute` they leave at once. The first law that fits
    a lane holds.
    """

    days: Law
    rounding: Literal["day", "minute"] = "day"
    origin: Code | None = Field(default=None, description="a depot; any where left out")
    target: Code | None = Field(default=None, description="a site, country or depot; any where left out")


class Shortage(Part):
    """What becomes of a visit whose kits are not there: it is lost, or waits for the next goods to arrive.

    Those who wait are served in the order they came. `counted`: planners see what waits as stock already gone.
    """

    rule: Literal["lost", "waits"] = "lost"
    counted: bool = True
    patience_days: int | None = Field(
        default=None, ge=0, description="after so long it is lost; for ever if left out"
    )


class SupplyConditions(Part):
    """Stock, travel and shortage."""

    lots: tuple[ScenarioLot, ...] = Field(default=(), description="else those of the study's size")
    site_stock: tuple[SiteStock, ...] = ()
    transit: tuple[TransitLaw, ...] = Field(default=(), description="else each lane takes what the study says")
    review: Literal["nightly", "every_request"] = Field(
        default="nightly", description="every_request: a site's stock is looked at after each kit given there"
    )
    receipt_minute: int = Field(default=600, ge=0, lt=1440, description="minute of the day at which goods arrive")
    shortage: Shortage = Shortage()
