"""A reading or an export that is itself an event: who took what out, and how much of it."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class LogReading(SQLModel):
    """What was read, as 'allocations' or 'stock export', under which right, and how many rows."""

    study_id: int
    site_id: int | None = None
    what: str = Field(max_length=100)
    permission: Permission
    rows: int = Field(ge=0)
    details: dict[str, str] = {}


class ReadingLogged(SQLModel):
    """The reading was written down."""

    study_id: int
    what: str


def log_reading(work: Work, ask: LogReading) -> ReadingLogged:
    """One line in the audit trail for one reading."""
    work.actor.require(ask.permission, ask.study_id, ask.site_id)
    new = {"rows": ask.rows, **ask.details}
    work.audit(AuditDraft("read", "reading", ask.what, study_id=ask.study_id, site_id=ask.site_id, new=new))
    return ReadingLogged(study_id=ask.study_id, what=ask.what)
