"""What goods need on their way: import licences and qualified shippers. Changed by new rows. Append-only."""

from datetime import date
from typing import Any

from sqlmodel import Field

from irt.tables.columns import Owned, document


class ImportLicence(Owned, table=True):
    """A licence to import kits into a country; the latest row of its number holds. Append-only."""

    __tablename__ = "import_licence"
    country: str
    number: str
    valid_from: date
    valid_until: date
    kits: dict[str, int] = document(description="blinding group -> kits it covers; not limited where left out")
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class PlanWay(Owned, table=True):
    """A further way that plans may take; the latest row of its code and target holds. Append-only."""

    __tablename__ = "plan_way"
    code: str
    target: str
    way: dict[str, Any] = document(description="as a study file writes it")
    open: bool = Field(default=True, description="no: plans take it no more")
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class Shipper(Owned, table=True):
    """A box with its qualified hold time by storage class; the latest row of its code holds. Append-only."""

    code: str
    name: str
    hold_hours: dict[str, int] = document()
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")
