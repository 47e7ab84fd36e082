"""The periodic review of access: somebody reads who may do what in a study, and signs that it is right."""

from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.access import RECORD_KIND, access_to
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work


class ReviewAccess(SQLModel):
    """The study, the hash of the roles as they were on the page, what came of it, and what was typed to sign."""

    study_id: int
    hash: str
    outcome: str = Field(min_length=1, max_length=500)
    signing: Signing = Field(exclude=True)


class AccessReviewed(SQLModel):
    """The review's number in the study, and its signature."""

    number: int
    signature_id: int


class AccessChanged(Refusal):
    """What was read is not what is in force."""


def review_access(work: Work, ask: ReviewAccess) -> AccessReviewed:
    """Signs the roles in force, everywhere-roles included (E6-39)."""
    grant = work.actor.require(Permission.REVIEW_ACCESS, ask.study_id)
    found = access_to(work.connection, ask.study_id, work.at)
    if found.hash != ask.hash:
        raise AccessChanged(
            "A role was given or taken back since this page was made. Nothing was signed. Read the list again."
        )
    number = len(found.reviews) + 1
    told = {"roles": len(found.lines), "to_look_at": found.to_look_at, "hash": ask.hash}
    content = {**told, "outcome": ask.outcome}
    signable = Signable(Meaning.REVIEW_ACCESS, RECORD_KIND, str(number), content, study_id=ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.audit(
        AuditDraft(
            act="access_reviewed",
            record_kind=RECORD_KIND,
            record=str(number),
            study_id=ask.study_id,
            new={**told, "signature": signature_id},
            reason=ask.outcome,
        )
    )
    return AccessReviewed(number=number, signature_id=signature_id)
