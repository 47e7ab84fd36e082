"""Label masters: the text of a label by country, language, blinding group and packaging, version by version."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from irt.labels.particulars import Packaging
from irt.states.label_master import LabelMasterEvent, LabelMasterStatus
from irt.tables.columns import Owned, document, instant, one_of


class LabelMaster(Owned, table=True):
    """One version of a master. Append-only; a change is the next version."""

    __tablename__ = "label_master"
    __table_args__ = (UniqueConstraint("study_id", "number", "version"),)
    number: str
    version: int
    country: str
    language: str
    blinding_group: str
    packaging: Packaging = one_of(Packaging, "packaging")
    particulars: dict[str, str] = document(description="code of a particular -> its text, with placeholders")
    omitted: dict[str, str] = document(description="code of a particular -> why it is left off")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class LabelMasterStep(Owned, table=True):
    """What happened to a version; the latest step says where it stands. Append-only."""

    __tablename__ = "label_master_step"
    __table_args__ = (Index("label_master_latest", "label_master_id", "id"),)
    label_master_id: int = Field(foreign_key="label_master.id")
    event: LabelMasterEvent = one_of(LabelMasterEvent, "event")
    status: LabelMasterStatus = one_of(LabelMasterStatus, "status")
    proof_hash: str | None = Field(default=None, description="SHA-256 of the proof as it was drawn")
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
