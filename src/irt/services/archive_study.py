"""A study leaves for the archive: who took it, how much, and the root of its hashes stand in the trail."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.locked import is_locked
from irt.services.audit_draft import AuditDraft
from irt.services.studies import protocol_of
from irt.services.work import Work


class ArchiveStudy(SQLModel):
    """What leaves: with or without what tells treatments, how many rows, and the root of the files' hashes."""

    study_id: int
    secret: bool = False
    rows: int = Field(ge=0)
    root: str = Field(regex="^[0-9a-f]{64}$")


class StudyArchived(SQLModel):
    """The archive as it is on record."""

    study_id: int
    root: str


class NotLockedYet(Refusal):
    """An archive is made of a study that changes no more."""

    def __init__(self) -> None:
        super().__init__("The study is not locked. Nothing was archived. Lock it first: irt study lock.")


def archive_study(work: Work, ask: ArchiveStudy) -> StudyArchived:
    """Notes the archive; the treatments go along only with a reader of the randomization."""
    work.actor.require(Permission.VIEW_RANDOMIZATION if ask.secret else Permission.LOCK_STUDY, ask.study_id)
    if not is_locked(work.connection, ask.study_id):
        raise NotLockedYet
    # The same words for both kinds: what is told here is told to blinded people.
    new = {"rows": ask.rows, "root": ask.root, "chains": "both chains" if ask.secret else "the blinded chain"}
    protocol = protocol_of(work, ask.study_id)
    work.audit(AuditDraft("study_archived", "study", protocol, study_id=ask.study_id, new=new))
    return StudyArchived(study_id=ask.study_id, root=ask.root)
