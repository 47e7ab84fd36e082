"""Kits that go to subjects' homes: at which visits, from where, released by whom, tried how often."""

from typing import Literal

from pydantic import Field

from irt.study.course import KitsOf
from irt.study.part import Code, Part


class HomeDelivery(Part):
    """Kits of these visits are sent home by the depot of the country, or by the subject's site from its own stock.

    Nothing here depends on the arm, so that the way to the door cannot tell it.
    """

    visits: tuple[Code, ...] = Field(min_length=1)
    sent_from: Literal["depot", "pharmacy", "site"] = Field(
        default="depot",
        description="who packs it; at a site everybody who dispenses, or its pharmacy alone",
    )
    not_from_depot_in: tuple[Code, ...] = Field(
        default=(), description="countries where a depot may not send to patients; there the site sends"
    )
    site_lead_time_days: int = Field(
        default=1, ge=0, le=30, description="days from a site to the door, where no time was agreed"
    )
    released_by: Literal["investigator", "pharmacist"] = Field(
        default="investigator", description="who signs that a subject's kits may leave"
    )
    recorded_on: Literal["release", "delivery"] = Field(
        default="delivery", description="the day that counts as the day of dispensing, also for expiry"
    )
    attempts_max: int = Field(default=3, ge=1, le=9, description="after so many in vain the parcel goes back")

    def leaves_from_site(self, country: Code) -> bool:
        """Whether kits for subjects of that country are packed at their site."""
        return self.sent_from != "depot" or country in self.not_from_depot_in


def home_visits(delivery: HomeDelivery | None) -> frozenset[Code]:
    """Visits whose kits go to subjects' homes, from wherever."""
    return frozenset(delivery.visits) if delivery else frozenset()


def kits_at_site(delivery: HomeDelivery | None, country: Code) -> KitsOf:
    """Which visits the sites of that country have the kits of; the others' are sent to homes by its depot."""
    by_depot = delivery is not None and not delivery.leaves_from_site(country)
    return KitsOf.AT_SITE if by_depot else KitsOf.EVERY_VISIT
