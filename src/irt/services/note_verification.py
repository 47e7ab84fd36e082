"""The audit trail was examined as a whole: by whom, how far it went, and what was found."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work

RECORD_KIND = "audit_trail"
RECORD = "whole"


class NoteVerification(SQLModel):
    """What was found. Of the second chain nothing is told but whether it holds."""

    study_id: int
    entries: int = Field(ge=0)
    signatures: int = Field(ge=0)
    first_fault: str = ""
    second_chain_holds: bool = True
    signatures_hold: bool = True


class VerificationNoted(SQLModel):
    """How many entries were examined, and whether everything holds."""

    entries: int
    intact: bool


def note_verification(work: Work, ask: NoteVerification) -> VerificationNoted:
    """One entry in the trail that was examined, so that its history says when it last was."""
    work.actor.require(Permission.VIEW_AUDIT, ask.study_id)
    intact = not ask.first_fault and ask.second_chain_holds and ask.signatures_hold
    found = ask.model_dump(exclude={"study_id"})
    new = {**found, "result": "everything holds" if intact else "DAMAGED", "intact": intact}
    work.audit(AuditDraft("trail_verified", RECORD_KIND, RECORD, study_id=ask.study_id, new=new))
    return VerificationNoted(entries=ask.entries, intact=intact)
