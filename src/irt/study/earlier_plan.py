"""Whether plans go on from one made earlier, and what it costs to change what was planned."""

from typing import Literal

from pydantic import Field

from irt.study.part import Part


class EarlierPlan(Part):
    """Which earlier plan is kept wherever it still fits; what was to leave soon is changed for a price."""

    keep: Literal["never", "approved", "latest"] = Field(
        default="never", description="`approved`: the last that was approved; `latest`: the last that was kept"
    )
    change_cents: int = Field(
        default=0, ge=0, description="each planned consignment that is moved, filled otherwise or cancelled"
    )
    near_days: int = Field(default=14, ge=0, le=731, description="only where it was to leave within so many days")
    frozen_days: int = Field(
        default=0, ge=0, le=731, description="what was to leave within so many days stays wherever it still can"
    )
