"""An unblinded pharmacist's look at treatments: each is an entry of the log of unblinding."""

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from irt.blinding.roles import DataClass, Permission
from irt.errors import NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.supply_study import site_numbered
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentLook
from irt.tables.subject import Subject


class LookAtTreatment(SQLModel):
    """The site, and the subject or the kit; without either, what is in all kits of the site and who gets what."""

    study_id: int
    site: str
    subject: str | None = None
    kit: str | None = None
    rows: int = 0

    @property
    def what(self) -> str:
        """As the trail names it."""
        if self.subject is not None:
            return f"treatment of subject {self.subject}"
        return f"contents of kit {self.kit}" if self.kit else f"contents of the kits at site {self.site}"


class LookNoted(SQLModel):
    """The look is on record."""

    study_id: int
    site: str


_SUBJECTS = table_of(Subject)
_SUBJECT = select(_SUBJECTS.c.id).where(
    _SUBJECTS.c.study_id == bindparam("study_id"),
    _SUBJECTS.c.site_id == bindparam("site_id"),
    _SUBJECTS.c.number == bindparam("number"),
)


def look_at_treatment(work: Work, ask: LookAtTreatment) -> LookNoted:
    """Writes the look down before anything is shown; NotAllowed for whoever may not see arms there."""
    site = site_numbered(work, ask.study_id, ask.site)
    permission = Permission.VIEW_STOCK if ask.subject is None else Permission.VIEW_SUBJECTS
    work.actor.require(permission, ask.study_id, site.id)
    if not work.actor.sees(DataClass.ARM, permission, ask.study_id, site.id):
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")
    subject_id = None
    if ask.subject is not None:
        found = work.one("subject", _SUBJECT, study_id=ask.study_id, site_id=site.id, number=ask.subject)
        subject_id = found["id"]
    by_whom = {"at": work.at, "account_id": work.actor.account_id}
    owner = {"sponsor_id": site.sponsor_id, "study_id": ask.study_id}
    work.append(TreatmentLook, **owner, site_id=site.id, subject_id=subject_id, **by_whom)
    # Blinded people read in it what a pharmacist does every day; it names no treatment.
    new = {"rows": ask.rows}
    work.audit(AuditDraft("read", "reading", ask.what, study_id=ask.study_id, site_id=site.id, new=new))
    return LookNoted(study_id=ask.study_id, site=site.number)
