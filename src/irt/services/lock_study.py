"""The lock of a study: asked for with its conditions, set by a second person, lifted for a named correction."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Field, SQLModel

from irt.audit.entry import study_chain
from irt.audit.signature import Meaning, record_hash
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_changed, refuse_same_person
from irt.errors import About, BadInput, Refusal
from irt.reads.blinded_lock import (
    CONDITION_WORDS,
    LockCondition,
    LockLine,
    StudyLock,
    lock_conditions,
    lock_steps,
    status_after,
)
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.studies import protocol_of
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.study_lock import LOCK, LockStatus, LockStep
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.lock import StudyLockStep
from irt.tables.record import AuditHead

RECORD_KIND = "study lock"
OWN_LOCK = "You asked for this yourself. Nothing was signed. Another person decides it."


class AskStudyLock(SQLModel):
    """The lock is asked for; `agreed` says of each condition that may stay open why."""

    study_id: int
    reason: str = Field(max_length=500)
    agreed: dict[str, str] = {}


class AskStudyUnlock(SQLModel):
    """The lock is to be lifted for one correction, which is named."""

    study_id: int
    correction: str = Field(min_length=1, max_length=500, description="what is to be corrected, and why")


class DecideStudyLock(SQLModel):
    """A second person sets or lifts the lock, or sets the request aside with a reason."""

    study_id: int
    number: int = Field(ge=1)
    granted: bool
    seen: str = Field(description="the hash of what was asked for, as it was on the page")
    reason: str | None = Field(default=None, max_length=500)
    signing: Signing = Field(exclude=True)


class StudyLockDone(SQLModel):
    """Where the study stands now; `waiting` the step that a second person decides."""

    study_id: int
    status: LockStatus
    waiting: int | None = None
    seen: str = ""


class ConditionsOpen(Refusal):
    """Something is open, and nobody said why it may be."""

    def __init__(self, found: list[LockCondition]) -> None:
        told = "; ".join(f"{one.words.lower()}: {one.open} open ({', '.join(one.examples)})" for one in found)
        super().__init__(
            f"The study cannot be locked yet: {told}. Nothing was asked for. Close what is open, or say of each "
            "why it may stay so."
        )


_HEADS = table_of(AuditHead)


def ask_study_lock(work: Work, ask: AskStudyLock) -> StudyLockDone:
    """Puts the lock before a second person, with what is open and why that was agreed."""
    work.actor.require(Permission.LOCK_STUDY, ask.study_id)
    unknown = sorted(set(ask.agreed) - set(CONDITION_WORDS))
    if unknown:
        raise BadInput(f"'{unknown[0]}' is no condition of the lock. Nothing was asked for.")
    study = _opened(work, ask.study_id)
    with refusals_concern(_about(work, ask.study_id, "study_lock")):
        agreed = {name: need_reason(why) for name, why in ask.agreed.items()}
        found = lock_conditions(work.connection, ask.study_id)
        if unmet := [one for one in found if not one.holds and one.name not in agreed]:
            next_status(LOCK, study.status, LockStep.ASK)
            raise ConditionsOpen(unmet)
        conditions = {one.name: one.open for one in found}
        return _ask(work, study, LockStep.ASK, need_reason(ask.reason), conditions, agreed)


def ask_study_unlock(work: Work, ask: AskStudyUnlock) -> StudyLockDone:
    """Puts a named correction before a second person; until they sign, nothing is possible."""
    work.actor.require(Permission.LOCK_STUDY, ask.study_id)
    study = _opened(work, ask.study_id)
    with refusals_concern(_about(work, ask.study_id, "study_unlock")):
        return _ask(work, study, LockStep.ASK_LIFT, need_reason(ask.correction), {}, {})


def decide_study_lock(work: Work, ask: DecideStudyLock) -> StudyLockDone:
    """Signs what was asked for, as it was asked for; the trail then takes what it may and nothing else."""
    grant = work.actor.require(Permission.LOCK_STUDY, ask.study_id)
    study = _opened(work, ask.study_id)
    asked = study.waiting
    with refusals_concern(_about(work, ask.study_id, "study_lock_decision")):
        if asked is None or asked.number != ask.number:
            raise BadInput(
                f"No request {ask.number} waits for a decision. Nothing was signed. Read the page again."
            )
        refuse_changed(asked.content_hash, ask.seen)
        if not ask.granted:
            return _drop(work, study, asked, need_reason(ask.reason or ""))
        refuse_same_person(asked.person_id, work.actor.account_id, OWN_LOCK)
        if asked.step == LockStep.ASK:
            found = {one.name: one.open for one in lock_conditions(work.connection, ask.study_id)}
            refuse_changed(asked.content_hash, _hash(asked.number, asked.step, asked.reason, found, asked.agreed))
    content = _content(asked.step, asked.reason, asked.conditions, asked.agreed)
    signable = Signable(Meaning.APPROVE, RECORD_KIND, str(asked.number), content, study_id=ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    step = LockStep.SET if asked.step == LockStep.ASK else LockStep.LIFT
    done = _book(work, study, step, asked.reason, asked.content_hash, signature_id=signature_id)
    locked = done.status == LockStatus.LOCKED
    work.run(update(_HEADS).where(_HEADS.c.chain == study_chain(ask.study_id)).values(closed=locked))
    _audit(work, "study_lock_set" if locked else "study_lock_lifted", ask.study_id, asked.number, asked.reason)
    return done


def _opened(work: Work, study_id: int) -> StudyLock:
    """The lock so far, the study's row locked."""
    lock_row(work, study_id)
    steps = lock_steps(work.connection, study_id)
    return StudyLock(study_id, status_after(steps), (), steps)


def _about(work: Work, study_id: int, act: str) -> About:
    return About(study_id, None, "UTC", act, "study", protocol_of(work, study_id))


def _ask(
    work: Work,
    study: StudyLock,
    step: LockStep,
    reason: str,
    conditions: dict[str, int],
    agreed: dict[str, str],
) -> StudyLockDone:
    number = len(study.steps) + 1
    seen = _hash(number, step, reason, conditions, agreed)
    done = _book(work, study, step, reason, seen, conditions=conditions, agreed=agreed)
    act = "study_lock_asked" if step == LockStep.ASK else "study_lock_lift_asked"
    still_open = [name for name, count in conditions.items() if count]
    _audit(work, act, study.study_id, number, reason, {"open": still_open, "agreed": agreed})
    return done.model_copy(update={"waiting": number, "seen": seen})


def _drop(work: Work, study: StudyLock, asked: LockLine, reason: str) -> StudyLockDone:
    done = _book(work, study, LockStep.DROP, reason, asked.content_hash)
    _audit(work, "study_lock_dropped", study.study_id, asked.number, reason)
    return done


def _book(
    work: Work,
    study: StudyLock,
    step: LockStep,
    reason: str,
    content_hash: str,
    *,
    conditions: dict[str, int] | None = None,
    agreed: dict[str, str] | None = None,
    signature_id: int | None = None,
) -> StudyLockDone:
    status = next_status(LOCK, study.status, step)
    work.append(
        StudyLockStep,
        sponsor_id=lock_row(work, study.study_id),
        study_id=study.study_id,
        number=len(study.steps) + 1,
        step=step,
        reason=reason,
        conditions=conditions or {},
        agreed=agreed or {},
        content_hash=content_hash,
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )
    return StudyLockDone(study_id=study.study_id, status=status)


def _content(step: LockStep, reason: str, conditions: Any, agreed: Any) -> dict[str, Any]:
    return {"step": step, "reason": reason, "conditions": dict(conditions), "agreed": dict(agreed)}


def _hash(number: int, step: LockStep, reason: str, conditions: Any, agreed: Any) -> str:
    return record_hash(RECORD_KIND, str(number), _content(step, reason, conditions, agreed))


def _audit(
    work: Work, act: str, study_id: int, number: int, reason: str, new: dict[str, Any] | None = None
) -> None:
    facts = {"number": number, **(new or {})}
    work.audit(AuditDraft(act, "study", protocol_of(work, study_id), study_id=study_id, new=facts, reason=reason))
