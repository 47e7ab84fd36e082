"""A file leaves the system: who took which rows, written into the audit trail."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class NoteExport(SQLModel):
    """What was exported: the file's name, its rows, and the filters that chose them."""

    study_id: int
    site_id: int | None = None
    file_name: str = Field(min_length=1, max_length=200)
    rows: int = Field(ge=0)
    filters: dict[str, str] = {}


class ExportNoted(SQLModel):
    """The file's name, on record."""

    file_name: str


def note_export(work: Work, ask: NoteExport) -> ExportNoted:
    """Notes that the history of a study was exported."""
    work.actor.require(Permission.VIEW_AUDIT, ask.study_id, ask.site_id)
    work.audit(
        AuditDraft(
            act="history_exported",
            record_kind="export",
            record=ask.file_name,
            study_id=ask.study_id,
            site_id=ask.site_id,
            new={"rows": ask.rows, "filters": ask.filters},
        )
    )
    return ExportNoted(file_name=ask.file_name)
