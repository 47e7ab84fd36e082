"""After a code break: showing it again, its narrative, and a second person's review."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.code_break import BrokenCode, review_due
from irt.blinding.roles import Permission
from irt.blinding.treatment_words import refuse_treatment_words
from irt.blinding.two_persons import refuse_same_person
from irt.errors import NotFound, Refusal
from irt.services.break_code import CodeBroken, arm_names
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.subjects import LockedSubject, audit_subject, lock_subject
from irt.services.work import Work
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.subject import CodeBreak, Subject


class ShowBrokenCode(SQLModel):
    """One's own code break to be shown again."""

    code_break_id: int


class NarrateCodeBreak(SQLModel):
    """What happened, in words; said once. It may hold nothing about the treatment."""

    code_break_id: int
    narrative: str = Field(min_length=10, max_length=4000)


class ReviewCodeBreak(SQLModel):
    """A second person's review of a code break."""

    code_break_id: int
    signing: Signing


class CodeBreakNoted(SQLModel):
    """The code break, with its new remark."""

    code_break_id: int
    at: datetime


class AlreadyNoted(Refusal):
    """The narrative and the review are each given once."""


_BREAKS, _SUBJECTS = table_of(CodeBreak), table_of(Subject)
_BREAK = (
    select(_BREAKS, _SUBJECTS.c.number.label("subject"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _BREAKS.c.subject_id)
    .where(_BREAKS.c.id == bindparam("code_break_id"))
)


def show_broken_code(work: Work, ask: ShowBrokenCode) -> CodeBroken:
    """Shows the treatment again to the person who broke the code; each showing is logged."""
    broken, subject = _own_break(work, ask.code_break_id)
    arms = arm_names(work, subject)
    audit_subject(work, subject, "broken_code_shown", new={"code_break": ask.code_break_id})
    due = review_due(broken["at"], broken["second_factor"])
    return CodeBroken(
        code_break_id=ask.code_break_id,
        study_id=subject.study_id,
        subject=subject.number,
        broken_at=broken["at"],
        review_due_at=due,
        view=BrokenCode(subject.number, arms, broken["at"], words(broken["reason_category"]), due),
    )


def narrate_code_break(work: Work, ask: NarrateCodeBreak) -> CodeBreakNoted:
    """Adds the narrative, due within 24 hours, by the person who broke the code."""
    broken, subject = _own_break(work, ask.code_break_id)
    if broken["narrative"] is not None:
        raise AlreadyNoted(
            "The narrative was given before. Nothing was changed. Call the safety desk to add to it."
        )
    refuse_treatment_words(subject.definition, ask.narrative)
    work.run(update(_BREAKS).where(_BREAKS.c.id == ask.code_break_id).values(narrative=ask.narrative))
    # Whoever writes it has seen the treatment: the words stay out of the blinded chain.
    audit_subject(
        work,
        subject,
        "code_break_narrated",
        new={"code_break": ask.code_break_id},
        secret={"narrative": ask.narrative},
    )
    return CodeBreakNoted(code_break_id=ask.code_break_id, at=work.at)


def review_code_break(work: Work, ask: ReviewCodeBreak) -> CodeBreakNoted:
    """Signs that a break was looked at, by somebody else who may break codes there."""
    broken, subject = _break(work, ask.code_break_id)
    refuse_same_person(broken["account_id"], work.actor.account_id)
    if broken["reviewed_at"] is not None:
        raise AlreadyNoted("This code break was reviewed before. Nothing was changed.")
    signable = Signable(
        Meaning.REVIEW_CODE_BREAK,
        "subject",
        subject.number,
        {"code_break": ask.code_break_id, "reason_category": broken["reason_category"]},
        study_id=subject.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )
    grant = work.actor.require(Permission.BREAK_CODE, subject.study_id, subject.site.id)
    sign_record(work, ask.signing, signable, grant)
    work.run(
        update(_BREAKS)
        .where(_BREAKS.c.id == ask.code_break_id)
        .values(reviewed_at=work.at, reviewed_by_id=work.actor.account_id)
    )
    audit_subject(work, subject, "code_break_reviewed", new={"code_break": ask.code_break_id})
    return CodeBreakNoted(code_break_id=ask.code_break_id, at=work.at)


def _break(work: Work, code_break_id: int) -> tuple[RowMapping, LockedSubject]:
    """The break and its subject, which the person must be allowed to break too."""
    broken = work.one("code break", _BREAK, code_break_id=code_break_id)
    subject = lock_subject(work, broken["study_id"], broken["subject"], Permission.BREAK_CODE)
    return broken, subject


def _own_break(work: Work, code_break_id: int) -> tuple[RowMapping, LockedSubject]:
    broken, subject = _break(work, code_break_id)
    if broken["account_id"] != work.actor.account_id:
        raise NotFound("No such code break of yours. Break the code yourself if you must know.")
    return broken, subject
