"""Allocations leave the system for an outsider to verify: who took them, and to which last hash."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class ExportAllocations(SQLModel):
    """The study whose allocations were taken: how many stand in the file, and the hash that fixes them."""

    study_id: int
    allocations: int = Field(ge=0)
    head: str = Field(min_length=64, max_length=64)


class AllocationsExported(SQLModel):
    """What was written down."""

    allocations: int
    head: str


def export_allocations(work: Work, ask: ExportAllocations) -> AllocationsExported:
    """Notes an export by the file that was built, so that what is noted is what left."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    work.audit(
        AuditDraft(
            act="allocations_exported",
            record_kind="study",
            record=str(ask.study_id),
            study_id=ask.study_id,
            new={"allocations": ask.allocations},
            secret={"head": ask.head},
        )
    )
    return AllocationsExported(allocations=ask.allocations, head=ask.head)
