"""Temperature: the places that are watched, loggers' files as they came, what was made of them, and for which kits.

Nothing here knows a kit type: kits are judged by how they are stored.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class StorageUnit(Owned, table=True):
    """A fridge, freezer or room of a site, watched by a logger."""

    __tablename__ = "storage_unit"
    __table_args__ = (UniqueConstraint("site_id", "name"),)
    site_id: int = Field(foreign_key="site.id")
    name: str = Field(description="as places within it begin: 'Fridge 2'")
    storage: str
    at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")


class LoggerFile(Owned, table=True):
    """A file as it was uploaded, to the byte; of a shipment or of a storage unit. Append-only."""

    __tablename__ = "logger_file"
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id", index=True)
    storage_unit_id: int | None = Field(default=None, foreign_key="storage_unit.id", index=True)
    excursion_id: int | None = Field(default=None, foreign_key="excursion.id", index=True)
    name: str
    kind: str = Field(description="readings, evidence (a PDF), or unreadable")
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
    logger: str = Field(description="the profile it was read by")
    at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")


class TemperatureAssessment(Owned, table=True):
    """What the rules made of a file: figures, proposal, and the limits as they were then. Append-only."""

    __tablename__ = "temperature_assessment"
    logger_file_id: int = Field(foreign_key="logger_file.id", unique=True)
    place: str = Field(description="the shipment or storage unit, as legs of a kit are told apart")
    started_at: datetime = instant()
    ended_at: datetime = instant()
    readings: int
    minimum_celsius: float
    maximum_celsius: float
    mkt_celsius: float
    worst_window_mkt_celsius: float
    hours_outside: float
    bands: list[dict[str, Any]] = document(description="low, high, hours outside the label's range between them")
    condition: dict[str, Any] = document()
    profile: dict[str, Any] = document()
    verdict: str
    rule: str
    at: datetime = instant()


class AssessedKit(Owned, table=True):
    """A kit that went through what a file tells. Append-only."""

    __tablename__ = "assessed_kit"
    __table_args__ = (UniqueConstraint("assessment_id", "kit_id"),)
    assessment_id: int = Field(foreign_key="temperature_assessment.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
