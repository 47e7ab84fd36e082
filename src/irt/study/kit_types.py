"""Kit types and blinding groups: what is in a kit (restricted), and what blinded people call it."""

from typing import Literal

from pydantic import Field

from irt.study.labels import Gtin
from irt.study.part import Code, Part
from irt.study.preparation import Preparation

StorageClass = Literal["frozen", "2-8C", "15-25C", "ambient"]


class Windows(Part):
    """Days counted back from expiry: do not dispense, do not count, do not ship; DNS >= DNC >= DND."""

    dnd_days: int = Field(default=0, ge=0)
    dnc_days: int = Field(default=0, ge=0)
    dns_days: int = Field(default=0, ge=0)


class BlindingGroup(Part):
    """Kit types that look the same; the only name of a kit that blinded people see."""

    code: Code
    name: str = Field(description="the words on a blinded page, as 'Pen 140 mg/mL'")
    storage: StorageClass
    handling: str = ""
    schedules: dict[Code, str] = Field(default={}, description="country -> its schedule of controlled drugs")
    preparation: Preparation | None = Field(default=None, description="made ready before it is given")


class KitType(Part):
    """What is in a kit. In a blinded study this reveals the arm: restricted part."""

    code: Code
    name: str
    contents: str
    blinding_group: Code
    units_per_kit: int = Field(default=1, ge=1)
    unit: str = "unit"
    windows: Windows = Windows()
    country_windows: dict[str, Windows] = Field(default={}, description="overrides by country")
    label_groups: tuple[Code, ...] = Field(default=(), description="empty: every label group")
    serialized: bool = Field(default=True, description="numbered kits; otherwise stock by lot and quantity")
    gtin: Gtin | None = Field(default=None, description="GS1 item number, one for a whole blinding group")

    def windows_in(self, country: str) -> Windows:
        """The windows that hold in a country: its own, or the kit type's."""
        return self.country_windows.get(country, self.windows)
