"""Study data leaves the system: who took which edition of what, to whom, why, and the hash of every file."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.exports.facts import Edition
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class Recipient(StrEnum):
    """Who may be given files that tell treatments."""

    MONITORING_COMMITTEE = "data monitoring committee"
    UNBLINDED_ANALYSIS = "unblinded analysis statistician"
    AUTHORITY = "regulatory authority"


class RecipientMissing(BadInput):
    """Files that tell treatments leave for somebody who may know, and for a purpose."""

    def __init__(self) -> None:
        super().__init__(
            "These files tell treatments. Nothing was written. "
            f"Say for whom (--recipient: {', '.join(Recipient)}) and why (--reason)."
        )


class NoteTransfer(SQLModel):
    """What leaves: its kind, edition and files, each with records and SHA-256."""

    study_id: int
    what: str = Field(min_length=1, max_length=60)
    edition: Edition
    files: dict[str, dict[str, int | str]]
    recipient: Recipient | None = None
    reason: str = Field(default="", max_length=500)


class TransferNoted(SQLModel):
    """How many files are on record."""

    files: int


def permission_for(edition: Edition) -> Permission:
    """What somebody must be allowed to take an edition away."""
    return Permission.EXPORT_DATA if edition is Edition.BLINDED else Permission.VIEW_RANDOMIZATION


def note_transfer(work: Work, ask: NoteTransfer) -> TransferNoted:
    """Writes down what is about to leave; counts and hashes of an unblinded edition go to the second chain."""
    work.actor.require(permission_for(ask.edition), ask.study_id)
    work.audit(_of_blinded(ask) if ask.edition is Edition.BLINDED else _of_unblinded(ask))
    return TransferNoted(files=len(ask.files))


def _of_blinded(ask: NoteTransfer) -> AuditDraft:
    return AuditDraft(
        act="data_exported",
        record_kind="export",
        record=ask.what,
        study_id=ask.study_id,
        new={"what": ask.what, "files": ask.files},
        reason=ask.reason or None,
    )


def _of_unblinded(ask: NoteTransfer) -> AuditDraft:
    """Counts, hashes and the reason may tell what is inside."""
    if ask.recipient is None or not ask.reason.strip():
        raise RecipientMissing
    return AuditDraft(
        act="unblinded_data_exported",
        record_kind="export",
        record=ask.what,
        study_id=ask.study_id,
        new={"what": ask.what, "recipient": ask.recipient},
        secret={"files": ask.files, "reason": ask.reason},
    )
