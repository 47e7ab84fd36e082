"""The periodic review of a study's audit trail: somebody reads a span of it, and signs what they found."""

from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.blinded_trail_reviews import RECORD_KIND, hash_of_entry, trail_to_review
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work

SAID_MAX = 1000


class ReviewTrail(SQLModel):
    """The study, the last entry read with its hash, what was looked at, what was found, what was typed to sign."""

    study_id: int
    up_to: int = Field(ge=1)
    hash: str
    looked_at: str = Field(min_length=1, max_length=SAID_MAX)
    findings: str = Field(min_length=1, max_length=SAID_MAX)
    signing: Signing = Field(exclude=True)


class TrailReviewed(SQLModel):
    """The review's number in the study, the span it covers, and its signature."""

    number: int
    from_entry: int
    to_entry: int
    signature_id: int


class NothingToReview(Refusal):
    """The span was reviewed before, or does not end where the page said."""


def review_trail(work: Work, ask: ReviewTrail) -> TrailReviewed:
    """Signs that the entries after the last review, up to one, were looked through (E6-30, A11-09)."""
    grant = work.actor.require(Permission.REVIEW_TRAIL, ask.study_id)
    found = trail_to_review(work.connection, ask.study_id, work.at)
    if ask.up_to < found.from_entry or hash_of_entry(work.connection, ask.study_id, ask.up_to) != ask.hash:
        raise NothingToReview("These entries were reviewed before. Nothing was signed. Load the page again.")
    looked_at, findings = ask.looked_at.strip(), ask.findings.strip()
    if not looked_at or not findings:
        raise BadInput("Say what you looked at and what you found. Nothing was signed.")
    number = len(found.reviews) + 1
    span = {"from_entry": found.from_entry, "to_entry": ask.up_to, "hash": ask.hash}
    content = {**span, "looked_at": looked_at, "findings": findings}
    signable = Signable(Meaning.REVIEW_TRAIL, RECORD_KIND, str(number), content, study_id=ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.audit(
        AuditDraft(
            act="trail_reviewed",
            record_kind=RECORD_KIND,
            record=str(number),
            study_id=ask.study_id,
            new={**span, "looked_at": looked_at, "signature": signature_id},
            reason=findings,
        )
    )
    return TrailReviewed(number=number, from_entry=found.from_entry, to_entry=ask.up_to, signature_id=signature_id)
