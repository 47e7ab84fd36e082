"""Emergency code break of one subject: all may know who, when and why; only the one who asked learns the arm."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Component, Meaning
from irt.blinding.actor import Grant
from irt.blinding.audience import Audience
from irt.blinding.code_break import BrokenCode, ReasonCategory, TooManyCodeBreaks, refuse_too_many, review_due
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.credentials import account_by_id
from irt.services.outbox import write_outbox
from irt.services.sign_record import Signable, Signing, prove_identity, write_signature
from irt.services.subjects import LockedSubject, audit_subject, lock_subject
from irt.services.work import Work
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.record import Message
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Study
from irt.tables.subject import CodeBreak, Randomization, Subject


class BreakCode(SQLModel):
    """The subject, the category of the reason, and the person's password; the code where it is at hand."""

    study_id: int
    subject: str
    reason: ReasonCategory
    signing: Signing


class CodeBroken(SQLModel):
    """What happened; `view` tells the treatment, once, to the person who asked, and is in no record."""

    code_break_id: int
    study_id: int
    subject: str
    broken_at: datetime
    review_due_at: datetime | None
    view: BrokenCode | None = Field(default=None, exclude=True)


class NoCodeToBreak(Refusal):
    """The subject is not randomized: there is nothing to tell."""


_RANDOMIZATIONS, _ASSIGNMENTS = table_of(Randomization), table_of(TreatmentAssignment)
_SUBJECTS, _BREAKS, _STUDIES = table_of(Subject), table_of(CodeBreak), table_of(Study)
_ARMS = (
    select(_ASSIGNMENTS.c.arm)
    .join(_RANDOMIZATIONS, _RANDOMIZATIONS.c.id == _ASSIGNMENTS.c.randomization_id)
    .where(_RANDOMIZATIONS.c.subject_id == bindparam("subject_id"))
    .order_by(_RANDOMIZATIONS.c.stage)
)
_LAST_HOUR = select(_BREAKS.c.at).where(
    _BREAKS.c.account_id == bindparam("account_id"),
    _BREAKS.c.second_factor.is_(False),
    _BREAKS.c.at > bindparam("since"),
)
_NAME = select(_STUDIES.c.name).where(_STUDIES.c.id == bindparam("study_id"))


def break_code(work: Work, ask: BreakCode) -> CodeBroken:
    """Tells the treatment of one subject to an investigator of its site, or to safety; nobody else is asked."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.BREAK_CODE)
    grant = work.actor.require(Permission.BREAK_CODE, ask.study_id, subject.site.id)
    arms = arm_names(work, subject)
    with_code = _sign(work, ask, subject, grant) == Component.PASSWORD_AND_CODE
    if not with_code:
        _refuse_too_many(work, subject)
    code_break_id = work.record(
        CodeBreak,
        **subject.owner,
        subject_id=subject.id,
        account_id=work.actor.account_id,
        reason_category=ask.reason,
        second_factor=with_code,
        at=work.at,
    )
    flag_broken(work, subject, work.at)
    new = {"code_break": code_break_id, "reason_category": ask.reason, "second_factor": with_code}
    audit_subject(work, subject, "code_broken", new=new, secret={"arms": list(arms)})
    tell_of_break(work, subject, ask.reason, work.at)
    due = review_due(work.at, with_code)
    return CodeBroken(
        code_break_id=code_break_id,
        study_id=ask.study_id,
        subject=subject.number,
        broken_at=work.at,
        review_due_at=due,
        view=BrokenCode(subject.number, arms, work.at, words(ask.reason), due),
    )


def arm_names(work: Work, subject: LockedSubject) -> tuple[str, ...]:
    """The subject's arms by stage, by their full names; NoCodeToBreak where there is none."""
    codes = [str(row["arm"]) for row in work.rows(_ARMS, subject_id=subject.id)]
    if not codes:
        raise NoCodeToBreak(
            "This subject is not randomized, so there is no treatment to tell. Nothing was recorded."
        )
    names = {arm.code: arm.name for arm in subject.definition.arms}
    return tuple(names.get(code, code) for code in codes)


def _sign(work: Work, ask: BreakCode, subject: LockedSubject, grant: Grant) -> Component:
    signable = Signable(
        Meaning.BREAK_CODE,
        "subject",
        subject.number,
        {"reason_category": ask.reason, "at": work.at},
        study_id=subject.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )
    return sign_in_emergency(work, ask.signing, signable, grant)


def sign_in_emergency(work: Work, signing: Signing, signable: Signable, grant: Grant) -> Component:
    """The password is enough in an emergency; a code that is given must be right."""
    account = account_by_id(work, work.actor.account_id)
    component = prove_identity(work, account, signing, signable, needs_code=False)
    write_signature(work, account, signable, grant, component)
    return component


def _refuse_too_many(work: Work, subject: LockedSubject) -> None:
    rows = work.rows(_LAST_HOUR, account_id=work.actor.account_id, since=work.at - timedelta(hours=1))
    try:
        refuse_too_many((row["at"] for row in rows), work.at)
    except TooManyCodeBreaks as refusal:
        raise refusal.concerning(subject.about("code_break")) from None


def flag_broken(work: Work, subject: LockedSubject, at: datetime) -> None:
    """A flag on the subject, from the first break on; it is no state and expels nobody."""
    unbroken = update(_SUBJECTS).where(_SUBJECTS.c.id == subject.id, _SUBJECTS.c.code_broken_at.is_(None))
    work.run(unbroken.values(code_broken_at=at))


def tell_of_break(work: Work, subject: LockedSubject, reason: ReasonCategory, at: datetime) -> None:
    """Neutral notices to the site and to safety: subject, time and category of the reason, nothing else (L32)."""
    study = work.one("study", _NAME, study_id=subject.study_id)
    body: dict[str, Any] = {
        "study": study["name"],
        "site": subject.site.number,
        "subject": subject.number,
        "at": at.isoformat(),
        "reason_category": reason,
    }
    when, why = f"{at:%d %b %Y at %H:%M} UTC", words(reason).lower()
    sentence = f"The code of subject {subject.number} was broken on {when}: {why}."
    for audience, site_id in ((Audience.BLINDED, subject.site.id), (Audience.SAFETY, None)):
        write_outbox(work, "code_broken", audience, body, subject.study_id)
        work.append(Message, **subject.owner, site_id=site_id, audience=audience, sentence=sentence, at=work.at)
