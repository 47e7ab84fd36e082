"""Demand without subjects: requests for kits that come to a site at random, as in the textbooks of inventory."""

from pydantic import Field

from irt.study.part import Code, Part
from simulation.spec.laws import Least, Positive


class Demand(Part):
    """A Poisson stream of requests at each site; with `rate_shape` a site draws its own rate from a gamma law."""

    kit_type: Code
    requests_per_day: Positive
    rate_shape: Positive | None = None
    kits_per_request: dict[int, Least] = Field(
        default={1: 1}, min_length=1, description="kits -> weight; a request is met in full or not at all"
    )
    days_to_last: int = Field(default=0, ge=0, description="kits given must outlast so many days")
    sites: tuple[Code, ...] = Field(default=(), description="empty: every site")
    from_day: int = Field(default=0, ge=0)
    until_day: int | None = Field(default=None, ge=1)
