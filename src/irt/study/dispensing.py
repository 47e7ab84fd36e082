"""What is dispensed: kits by arm, dose level and visit. Restricted part."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from irt.study.part import Code, Part


class KitNeed(Part):
    """So many kits of one type."""

    kit_type: Code
    quantity: int = Field(default=1, ge=1)


class WeightDose(Part):
    """A dose by body weight: kits = mg_per_kg x weight / mg_per_kit, rounded as stated."""

    kit_type: Code
    mg_per_kg: Decimal = Field(gt=0)
    mg_per_kit: Decimal = Field(gt=0)
    rounding: Literal["up", "nearest"] = "up"
    weight_kg_min: Decimal = Field(default=Decimal(20), gt=0)
    weight_kg_max: Decimal = Field(default=Decimal(250), gt=0)
    second_check: bool = Field(default=True, description="a second person confirms the weight entered")


class DispensingRule(Part):
    """At these visits, subjects of these arms at these dose levels are given these kits."""

    visits: tuple[Code, ...] = Field(min_length=1)
    arms: tuple[Code, ...] = Field(default=(), description="empty: every arm")
    dose_levels: tuple[Code, ...] = Field(default=(), description="empty: every dose level")
    kits: tuple[KitNeed, ...] = ()
    by_weight: WeightDose | None = None


class DoseLevel(Part):
    """A level of dosing (or a regimen, or a route) a subject can be on."""

    code: Code
    name: str
    initial: bool = Field(default=False, description="may be chosen at randomization")


class TitrationMove(Part):
    """An allowed move from one dose level to another; a sham move changes no kit in the arms it names."""

    origin: Code
    target: Code
    name: str
    sham_in_arms: tuple[Code, ...] = ()


class NonSerializedItem(Part):
    """Stock without kit numbers, kept by lot and quantity: devices, rescue, ancillaries."""

    code: Code
    name: str
    unit: str = "unit"
    storage: Literal["frozen", "2-8C", "15-25C", "ambient"] = "ambient"
    kind: Literal["ancillary", "rescue", "comparator"] = Field(
        default="ancillary", description="rescue: handed out to a subject at any time, with a reason"
    )
    minimum: int = Field(default=0, ge=0, description="at a site: fewer than these, and more are sent")
    maximum: int = Field(default=0, ge=0, description="what is sent fills a site up to this; 0: sent by hand only")
