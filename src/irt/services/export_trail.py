"""A study's audit trail leaves in files that anybody can examine; who took it stands in the trail first."""

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class ExportTrail(SQLModel):
    """The study, and whether the second chain goes with the first."""

    study_id: int
    secret: bool = False


class TrailExported(SQLModel):
    """Whether the second chain may go along."""

    secret: bool


def export_trail(work: Work, ask: ExportTrail) -> TrailExported:
    """Notes that all of it leaves; the second chain tells treatments and asks for a reader of the randomization."""
    work.actor.require_whole(Permission.VIEW_AUDIT, ask.study_id)
    if ask.secret:
        work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    # The same line for both kinds would hide who holds treatments; the kind itself tells nobody's.
    work.audit(
        AuditDraft(
            act="trail_exported",
            record_kind="export",
            record="audit trail",
            study_id=ask.study_id,
            new={"chains": "both chains" if ask.secret else "the blinded chain"},
        )
    )
    return TrailExported(secret=ask.secret)
