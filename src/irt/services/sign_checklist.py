"""The signature under the checklist of going live: two people, one of the study team and one of quality."""

from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import Refusal
from irt.reads.go_live import go_live_checklist
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.study.checklist import Checklist, told_by
from irt.tables.go_live import ChecklistSignature

RECORD_KIND = "go-live checklist"
OWN_CHECKLIST = "You have signed this checklist. Nothing was signed twice. Another person signs beside you."


class SignChecklist(SQLModel):
    """The version, the hash of the lines as they were shown, and what was typed to sign."""

    study_id: int
    version: int = Field(ge=1)
    hash: str = Field(regex="^[0-9a-f]{64}$")
    signing: Signing = Field(exclude=True)


class ChecklistSignedNow(SQLModel):
    """The version, how many people have signed these lines, and the signature."""

    version: int
    signers: int
    signature_id: int


class ChecklistChanged(Refusal):
    """What was shown is no longer what stands."""

    def __init__(self) -> None:
        super().__init__("A line of the checklist changed since it was shown. Nothing was signed. Read it again.")


class SameSide(Refusal):
    """Both signatures would come from one side."""

    status_code = 403

    def __init__(self, role: str) -> None:
        super().__init__(
            f"The {role} has signed this checklist already. Nothing was signed. One signature is the study team's "
            "and one is quality's."
        )


def sign_checklist(work: Work, ask: SignChecklist) -> ChecklistSignedNow:
    """Signs the lines as they stand, open ones too: what is open is told above the signature."""
    study = lock_study(work, ask.study_id)
    work.actor.require(Permission.SIGN_GATE, study.id)
    now = go_live_checklist(work.connection, study.id, ask.version, work.at)
    if now.hash != ask.hash:
        raise ChecklistChanged
    grant = _grant(work, study.id, now)
    open_lines = [line.name for line in now.lines if line.open]
    content = {"version": ask.version, "hash": now.hash, "open": open_lines}
    signable = Signable(Meaning.APPROVE, RECORD_KIND, f"version {ask.version}", content, study_id=study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        ChecklistSignature,
        **study.owner,
        version_number=ask.version,
        content_hash=now.hash,
        lines=told_by(now.signed_lines),
        role=grant.role,
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )
    new = {"version": ask.version, "hash": now.hash, "open": open_lines, "signature": signature_id}
    work.audit(AuditDraft("checklist_signed", RECORD_KIND, f"version {ask.version}", study_id=study.id, new=new))
    return ChecklistSignedNow(version=ask.version, signers=len(now.signers) + 1, signature_id=signature_id)


def _grant(work: Work, study_id: int, now: Checklist) -> Grant:
    """A role of the person's that has not signed these lines yet."""
    for earlier in now.signers:
        refuse_same_person(earlier.account_id, work.actor.account_id, OWN_CHECKLIST)
    taken = {earlier.role for earlier in now.signers}
    grants = [grant for grant in work.actor.grants if grant.covers(Permission.SIGN_GATE, study_id, None)]
    free = [grant for grant in grants if grant.role not in taken]
    if not free:
        raise SameSide(grants[0].role.replace("_", " "))
    return free[0]
