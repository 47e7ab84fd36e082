"""When something in supply needs a person: how late, how little, how near its end, and how long they have."""

from pydantic import Field

from irt.study.part import Part


class SupplyLimits(Part):
    """After which time, and from which quantity on, a matter is in supply's inbox, and when it is escalated."""

    acknowledge_hours: int = Field(default=24, ge=1, description="a request that no depot acknowledged")
    dispatch_days: int = Field(default=1, ge=0, description="a parcel that has not left, after its day")
    delivery_days: int = Field(default=2, ge=0, description="a parcel that has not arrived, after its day")
    receipt_hours: int = Field(default=72, ge=1, description="a delivered parcel that nobody booked")
    stock_out_days: int = Field(default=14, ge=1, description="a product that a site will have used up")
    expiry_days: int = Field(default=60, ge=1, description="a lot with unused kits, before its last day")
    licence_days: int = Field(default=60, ge=1, description="an import licence, before its last day")
    licence_left_percent: int = Field(default=10, ge=0, le=100, description="kits that a licence still covers")
    difference_days: int = Field(
        default=3, ge=0, description="a difference between a depot's own stock and the ledger"
    )
    act_hours: int = Field(default=24, ge=1, description="until when somebody must have acted on a late parcel")
    escalation_hours: int = Field(
        default=24, ge=0, description="after its deadline a matter goes to the study team"
    )
