"""Kits that go to subjects' homes: at which visits, released by whom, recorded when, and how often it is tried."""

from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part


class HomeDelivery(Part):
    """Kits of these visits are sent home by the depot of the country, which may be a pharmacy.

    Nothing here depends on the arm, so that the way to the door cannot tell it.
    """

    visits: tuple[Code, ...] = Field(min_length=1)
    released_by: Literal["investigator", "pharmacist"] = Field(
        default="investigator", description="who signs that a subject's kits may leave"
    )
    recorded_on: Literal["release", "delivery"] = Field(
        default="delivery", description="the day that counts as the day of dispensing, also for expiry"
    )
    attempts_max: int = Field(default=3, ge=1, le=9, description="after so many in vain the parcel goes back")
