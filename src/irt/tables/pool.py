"""Kits between the books of a pool and those of the studies it serves."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, instant, one_of


class TransferKind(StrEnum):
    """Reserved for a study, or given back to the pool."""

    RESERVED = "reserved"
    GIVEN_BACK = "given_back"


class PoolTransfer(Owned, table=True):
    """Kits that went from a pool's books to a study's, or back, in one act. The row is the pool's. Append-only."""

    __tablename__ = "pool_transfer"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    kind: TransferKind = one_of(TransferKind, "kind")
    served_study_id: int = Field(foreign_key="study.id", index=True)
    kits: int
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class PooledKit(Owned, table=True):
    """One kit's line in the books of a study beside its line in the pool's. The row is the pool's. Append-only.

    A kit has at most one line in each study; where it is now, the custody of its lines says.
    """

    __tablename__ = "pooled_kit"
    __table_args__ = (UniqueConstraint("pool_kit_id", "served_study_id"),)
    pool_kit_id: int = Field(foreign_key="kit.id")
    kit_id: int = Field(foreign_key="kit.id", unique=True)
    depot_id: int = Field(foreign_key="depot.id", description="of the study, where the kit lay when it was entered")
    served_study_id: int = Field(foreign_key="study.id", index=True)
