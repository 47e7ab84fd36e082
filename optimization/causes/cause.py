"""A cause for which no plan serves some of the demand."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What stands in the way."""

    LANE = "no_lane"
    CLASS = "lane_not_qualified"
    SHIPPER = "no_qualified_shipper"
    LICENCE = "licence_closed"
    RELEASE = "lot_not_released"
    EXPIRY = "lots_expire_too_soon"
    CALENDAR = "closed_days"
    EARLY = "no_stock_before_visit"
    STORE = "store_too_small"
    BLIND = "blind_group_incomplete"
    LICENCE_NUMBER = "licence_too_small"
    LOTS = "too_few_kits"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause with the kits it keeps back; node and kit type where it is of one, days of the visits concerned."""

    why: Why
    kits: int
    words: str
    node: str | None = None
    kit: str | None = None
    first_day: int | None = None
    last_day: int | None = None
