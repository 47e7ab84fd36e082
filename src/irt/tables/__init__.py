"""Every table of the installation. Importing this room makes the metadata complete."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from irt.tables import (
    controlled,
    destruction,
    deviation,
    expiry,
    hold,
    home,
    home_address,
    kit,
    label,
    network,
    notice,
    outage,
    people,
    pharmacy_log,
    plan,
    pool,
    preparation,
    record,
    release,
    returning,
    secret,
    shipment,
    study,
    subject,
    supply,
    temperature,
    vendor,
)

__all__ = [
    "METADATA",
    "controlled",
    "destruction",
    "deviation",
    "expiry",
    "hold",
    "home",
    "home_address",
    "kit",
    "label",
    "network",
    "notice",
    "outage",
    "people",
    "pharmacy_log",
    "plan",
    "pool",
    "preparation",
    "record",
    "release",
    "returning",
    "secret",
    "shipment",
    "study",
    "subject",
    "supply",
    "temperature",
    "vendor",
]

METADATA: MetaData = SQLModel.metadata
"""The tables, constraints and indexes as the code knows them; the migrations must arrive at the same."""
