"""Somebody learned, or may have learned, a treatment by accident: recorded by anybody, decided on by another."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.blinding.treatment_words import refuse_treatment_words
from irt.blinding.unblinding import Consequence, How, Told
from irt.errors import BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.deviations import open_deviation
from irt.services.outbox import write_outbox
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.studies import definition_of
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Message
from irt.tables.study import Site
from irt.tables.subject import Subject
from irt.tables.unblinding import AccidentalDecision, AccidentalUnblinding

WORDS_MAX = 1000


class RecordAccident(SQLModel):
    """Whose treatment, who learned it (by user name, or in words), how, what kind of thing, when; never which."""

    study_id: int
    subject: str = Field(max_length=64)
    learner: str = Field(min_length=1, max_length=200, description="a user name, or a person in words")
    how: How
    told: Told
    learned_at: datetime
    words: str = Field(min_length=10, max_length=WORDS_MAX)


class AccidentRecorded(SQLModel):
    """The record, and the deviation it opened."""

    number: str
    deviation: str


class DecideAccident(SQLModel):
    """What follows from a record, and why."""

    study_id: int
    number: str
    consequence: Consequence
    words: str = Field(min_length=1, max_length=WORDS_MAX)
    signing: Signing = Field(exclude=True)


class AccidentDecided(SQLModel):
    """The consequence on record."""

    number: str
    consequence: Consequence


class AccidentKnown(Refusal):
    """A record is decided on once."""


_SUBJECTS, _SITES, _ACCOUNTS = table_of(Subject), table_of(Site), table_of(Account)
_ACCIDENTS, _DECISIONS = table_of(AccidentalUnblinding), table_of(AccidentalDecision)
_OF = (
    select(
        _SUBJECTS.c.id,
        _SUBJECTS.c.number,
        _SITES.c.id.label("site_id"),
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _SITES.c.version_number,
    )
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number == bindparam("number"))
)
_NAMED = select(_ACCOUNTS.c.id, _ACCOUNTS.c.printed_name).where(_ACCOUNTS.c.username == bindparam("username"))
_COUNT = select(func.count().label("n")).where(_ACCIDENTS.c.study_id == bindparam("study_id"))
_NUMBERED = (
    select(_ACCIDENTS, _DECISIONS.c.id.label("decided"))
    .outerjoin(_DECISIONS, _DECISIONS.c.unblinding_id == _ACCIDENTS.c.id)
    .where(_ACCIDENTS.c.study_id == bindparam("study_id"), _ACCIDENTS.c.number == bindparam("number"))
)


def record_accident(work: Work, ask: RecordAccident) -> AccidentRecorded:
    """Anybody who works in the study records it; the text is refused where it names a treatment."""
    sponsor_id = lock_row(work, ask.study_id)
    subject = _subject(work, ask)
    if ask.learned_at > work.at:
        raise BadInput("That moment has not come yet. Nothing was booked. Say when it was learned.")
    definition = definition_of(work, ask.study_id, subject["version_number"])
    refuse_treatment_words(definition, ask.words, ask.learner)
    learner_id, learner = _learner(work, ask.learner.strip())
    count = int(work.one("study", _COUNT, study_id=ask.study_id)["n"])
    number, owner = f"A-{count + 1:04d}", {"sponsor_id": sponsor_id, "study_id": ask.study_id}
    details = {"record": number, "how": ask.how, "told": ask.told}
    sentence = f"{learner} may have learned the treatment of subject {subject['number']}: {words(ask.how).lower()}."
    of = {"subject_id": subject["id"], "site_id": subject["site_id"]}
    deviation = open_deviation(work, owner, "accidental_unblinding", sentence, details, **of)
    work.append(
        AccidentalUnblinding,
        **owner,
        **of,
        number=number,
        learner_id=learner_id,
        learner=learner,
        how=ask.how,
        told=ask.told,
        learned_at=ask.learned_at,
        words=ask.words.strip(),
        deviation=deviation,
        at=work.at,
        account_id=work.actor.account_id,
    )
    told = {"subject": subject["number"], "learner": learner, "how": ask.how, "told": ask.told}
    _audit(work, ask.study_id, subject, number, "accident_recorded", told | {"deviation": deviation})
    _tell(work, owner, subject, number)
    return AccidentRecorded(number=number, deviation=deviation)


def decide_accident(work: Work, ask: DecideAccident) -> AccidentDecided:
    """The study team or the statistician signs what follows; once."""
    grant = work.actor.require(Permission.DECIDE_UNBLINDING, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    row = work.one("record", _NUMBERED, study_id=ask.study_id, number=ask.number)
    if row["decided"] is not None:
        raise AccidentKnown(f"What follows from {ask.number} is decided already. Nothing was changed.")
    subject = work.one("subject", _OF_ID, subject_id=row["subject_id"])
    refuse_treatment_words(definition_of(work, ask.study_id, subject["version_number"]), ask.words)
    content = {"consequence": ask.consequence, "words": ask.words.strip()}
    signable = Signable(
        Meaning.DECIDE_ACCIDENT,
        "accidental unblinding",
        ask.number,
        content,
        ask.study_id,
        site_id=subject["site_id"],
        zone=subject["zone"],
    )
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        AccidentalDecision,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        unblinding_id=row["id"],
        **content,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    _audit(work, ask.study_id, subject, ask.number, "accident_decided", {"consequence": ask.consequence})
    return AccidentDecided(number=ask.number, consequence=ask.consequence)


_OF_ID = (
    select(_SITES.c.id.label("site_id"), _SITES.c.zone, _SITES.c.version_number)
    .join(_SUBJECTS, _SUBJECTS.c.site_id == _SITES.c.id)
    .where(_SUBJECTS.c.id == bindparam("subject_id"))
)


def _subject(work: Work, ask: RecordAccident) -> RowMapping:
    """The subject, of a site or study where the person has any role; else it reads as unknown."""
    row = work.row(_OF, study_id=ask.study_id, number=ask.subject.strip())
    if row is None or not work.actor.reaches(ask.study_id, row["site_id"]):
        raise NotFound("No such subject. Check the number, or ask the study coordinator.")
    return row


def _learner(work: Work, typed: str) -> tuple[int | None, str]:
    """The account of that user name and its printed name; words where there is none."""
    row = work.row(_NAMED, username=typed)
    return (None, typed) if row is None else (int(row["id"]), str(row["printed_name"]))


def _audit(work: Work, study_id: int, place: RowMapping, number: str, act: str, new: dict[str, object]) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="accidental unblinding",
            record=number,
            study_id=study_id,
            site_id=place["site_id"],
            zone=place["zone"],
            new=new,
        )
    )


def _tell(work: Work, owner: dict[str, int], subject: RowMapping, number: str) -> None:
    """Neutral notices to the site and to safety: that, of whom, and the record's number."""
    body = {"site": subject["site"], "subject": subject["number"], "record": number}
    sentence = f"{number}: somebody may have learned the treatment of subject {subject['number']} by accident."
    for audience, site_id in ((Audience.BLINDED, subject["site_id"]), (Audience.SAFETY, None)):
        write_outbox(work, "accidental_unblinding", audience, body, owner["study_id"])
        work.append(Message, **owner, site_id=site_id, audience=audience, sentence=sentence, at=work.at)
