"""Allocations leave the system for an outsider to verify: who took them, and to which last hash."""

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.reads.unblinded_export import allocations_export
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class ExportAllocations(SQLModel):
    """The study whose allocations are taken."""

    study_id: int


class AllocationsExported(SQLModel):
    """How many there are, and the hash that fixes them."""

    allocations: int
    head: str


def export_allocations(work: Work, ask: ExportAllocations) -> AllocationsExported:
    """Notes the export; the file itself is written by whoever asked, from the same rows."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    export = allocations_export(work.connection, ask.study_id)
    work.audit(
        AuditDraft(
            act="allocations_exported",
            record_kind="study",
            record=str(ask.study_id),
            study_id=ask.study_id,
            new={"allocations": len(export.records)},
            secret={"head": export.head},
        )
    )
    return AllocationsExported(allocations=len(export.records), head=export.head)
