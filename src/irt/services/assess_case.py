"""Safety assesses a case: expected or not first; an unexpected serious suspected reaction alone is unblinded.

Everybody else is told of every case alike: that it was assessed. Which were unblinded, and what was found, stays
with the safety desk, so that nobody infers a treatment from what followed or did not (L31, SAF-01 to SAF-03).
"""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.blinding.unblinding import needs_unblinding
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.break_code import arm_names
from irt.services.outbox import write_outbox
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.subjects import LockedSubject, lock_subject
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Message
from irt.tables.secret import SafetyCase
from irt.tables.subject import Subject

_CASE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
_SALT_BYTES = 16


class AssessCase(SQLModel):
    """One case of one subject: its number in the safety database, the three questions, and why."""

    study_id: int
    subject: str = Field(max_length=64)
    number: Annotated[str, StringConstraints(pattern=_CASE_PATTERN)]
    serious: bool
    suspected: bool
    expected: bool
    reason: str = Field(min_length=1, max_length=500)
    signing: Signing = Field(exclude=True)


class NamedCase(SQLModel):
    """An assessed case by its number."""

    study_id: int
    number: str


class TakeCase(NamedCase):
    """The case whose document is taken; its number typed again, and the password."""

    again: str
    signing: Signing = Field(exclude=True)


class CaseAssessed(SQLModel):
    """That the case was assessed. `arms` is told once, to the person who asked, and is in no record.

    It is empty where the subject stays blinded.
    """

    study_id: int
    number: str
    at: datetime
    subject: str | None = Field(default=None, exclude=True)
    unblinded: bool | None = Field(default=None, exclude=True)
    arms: tuple[str, ...] | None = Field(default=None, exclude=True)


class CaseKnown(Refusal):
    """A case is assessed once; a follow-up has a number of its own."""


_CASES, _SUBJECTS = table_of(SafetyCase), table_of(Subject)
_NUMBERED = (
    select(_CASES, _SUBJECTS.c.number.label("subject"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _CASES.c.subject_id)
    .where(_CASES.c.study_id == bindparam("study_id"), _CASES.c.number == bindparam("number"))
)


def assess_case(work: Work, ask: AssessCase) -> CaseAssessed:
    """Signs the assessment and, where it asks for it, tells this one subject's treatment to the desk alone."""
    _require_desk(work, ask.study_id)
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.ASSESS_CASE)
    lock_row(work, ask.study_id)
    if work.row(_NUMBERED, study_id=ask.study_id, number=ask.number) is not None:
        raise CaseKnown(f"Case {ask.number} was assessed before. Nothing was booked. Number a follow-up anew.")
    unblinded = needs_unblinding(serious=ask.serious, suspected=ask.suspected, expected=ask.expected)
    # Asked for in either case, so that a subject without a treatment is refused alike.
    arms = arm_names(work, subject)
    questions = {"serious": ask.serious, "suspected": ask.suspected, "expected": ask.expected}
    work.append(
        SafetyCase,
        **subject.owner,
        number=ask.number,
        subject_id=subject.id,
        **questions,
        reason=ask.reason,
        unblinded=unblinded,
        signature_id=_sign(work, ask.study_id, ask.number, ask.signing, {**questions, "subject": subject.number}),
        at=work.at,
        account_id=work.actor.account_id,
    )
    secret = {"subject": subject.number, "unblinded": unblinded, "arms": list(arms) if unblinded else []}
    _audit(work, ask.study_id, ask.number, "safety_case_assessed", secret | questions | {"reason": ask.reason})
    _tell(work, subject, ask.number)
    return CaseAssessed(
        study_id=ask.study_id,
        number=ask.number,
        at=work.at,
        subject=subject.number,
        unblinded=unblinded,
        arms=arms if unblinded else (),
    )


def show_case(work: Work, ask: NamedCase) -> CaseAssessed:
    """The same again, to people of safety; each look is written down, alike for every case."""
    row, subject = _case(work, ask)
    _audit(work, ask.study_id, ask.number, "safety_case_shown", {"unblinded": row["unblinded"]})
    return _told(work, row, subject)


def take_case(work: Work, ask: TakeCase) -> CaseAssessed:
    """A case's facts for its document, once its number is typed again and signed for (L27)."""
    row, subject = _case(work, ask)
    if ask.again.strip() != ask.number:
        raise BadInput("The number typed again is another one. Nothing was taken. Type the case's number.")
    _sign(work, ask.study_id, ask.number, ask.signing, {"taken": True})
    _audit(work, ask.study_id, ask.number, "safety_case_taken", {"unblinded": row["unblinded"]})
    return _told(work, row, subject)


def _require_desk(work: Work, study_id: int) -> None:
    """NotAllowed at a site: a case is assessed by the safety desk, which works for the whole study."""
    if work.actor.require(Permission.ASSESS_CASE, study_id).site_id is not None:
        raise NotAllowed("Cases are assessed by the safety desk, not at a site. Nothing was booked.")


def _case(work: Work, ask: NamedCase) -> tuple[RowMapping, LockedSubject]:
    _require_desk(work, ask.study_id)
    row = work.row(_NUMBERED, study_id=ask.study_id, number=ask.number)
    if row is None:
        raise NotFound("No such case. Check its number.")
    return row, lock_subject(work, ask.study_id, row["subject"], Permission.ASSESS_CASE)


def _told(work: Work, row: RowMapping, subject: LockedSubject) -> CaseAssessed:
    return CaseAssessed(
        study_id=subject.study_id,
        number=row["number"],
        at=row["at"],
        subject=subject.number,
        unblinded=row["unblinded"],
        arms=arm_names(work, subject) if row["unblinded"] else (),
    )


def _sign(work: Work, study_id: int, number: str, signing: Signing, content: dict[str, object]) -> int:
    """Salted: three answers of yes and no would be guessed from a bare hash."""
    grant = work.actor.require(Permission.ASSESS_CASE, study_id)
    salted = {**content, "salt": work.store.entropy(_SALT_BYTES).hex()}
    signable = Signable(Meaning.ASSESS_CASE, "safety case", number, salted, study_id)
    return sign_record(work, signing, signable, grant)


def _audit(work: Work, study_id: int, number: str, act: str, secret: dict[str, object]) -> None:
    """The same public line for every case; what was answered and found is in the second chain."""
    work.audit(AuditDraft(act, "safety case", number, study_id=study_id, secret=secret))


def _tell(work: Work, subject: LockedSubject, number: str) -> None:
    """One neutral notice to the site, whatever was found."""
    body = {"site": subject.site.number, "subject": subject.number, "case": number}
    write_outbox(work, "safety_case_assessed", Audience.BLINDED, body, subject.study_id)
    sentence = f"Safety case {number} of subject {subject.number} was assessed. Each case has these words."
    facts = {"site_id": subject.site.id, "audience": Audience.BLINDED, "sentence": sentence}
    work.append(Message, **subject.owner, **facts, at=work.at)
