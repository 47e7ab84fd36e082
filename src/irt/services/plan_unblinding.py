"""A planned unblinding: who is to learn which treatments and why; another person decides; then one list leaves.

A final one comes after the lock and is of the whole study; an interim one goes to people who work with nothing
blinded.
"""

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.conflicts import BLINDED_ROLES
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.blinding.unblinding import (
    Purpose,
    ScopeKind,
    refuse_blinded_recipients,
    refuse_scope,
    refuse_unlocked,
)
from irt.errors import BadInput, Refusal
from irt.reads.blinded_planned_unblindings import locked_at, scope_words
from irt.reads.roll import IN_FORCE
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_row
from irt.services.unblinding_scope import NUMBERED, audit_plan, covered_by
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant
from irt.tables.unblinding import PlannedUnblinding, PlannedUnblindingDecision


class Recipient(SQLModel):
    """Somebody who will hold the list: name, where they work, and the user name where they have one here."""

    name: str = Field(min_length=1, max_length=100)
    organisation: str = Field(min_length=1, max_length=100)
    username: str = Field(default="", max_length=100)


class PlanUnblinding(SQLModel):
    """What is asked for: whose treatments, for what, to whom, who stays blinded and by which safeguards (E6-18)."""

    study_id: int
    purpose: Purpose
    scope: ScopeKind
    values: list[str] = []
    recipients: list[Recipient] = Field(min_length=1, max_length=20)
    reason: str = Field(min_length=1, max_length=1000)
    stays_blinded: str = Field(min_length=1, max_length=1000)
    safeguards: str = Field(min_length=1, max_length=1000)
    signing: Signing = Field(exclude=True)


class UnblindingPlanned(SQLModel):
    """The plan, waiting for another person, and how many subjects it covers now."""

    number: str
    subjects: int


class DecideUnblinding(SQLModel):
    """A second person's word; a refusal says why."""

    study_id: int
    number: str
    granted: bool
    reason: str = Field(default="", max_length=1000)
    signing: Signing = Field(exclude=True)


class UnblindingDecided(SQLModel):
    """The word on record."""

    number: str
    granted: bool


class UnblindingKnown(Refusal):
    """A plan is decided on once."""


_PLANS = table_of(PlannedUnblinding)
_ACCOUNTS, _GRANTS = table_of(Account), table_of(RoleGrant)
_COUNT = select(func.count().label("n")).where(_PLANS.c.study_id == bindparam("study_id"))
_BLINDED_HERE = (
    select(_ACCOUNTS.c.username)
    .join(_GRANTS, _GRANTS.c.account_id == _ACCOUNTS.c.id)
    .where(
        _ACCOUNTS.c.username.in_(bindparam("usernames", expanding=True)),
        _GRANTS.c.role.in_(sorted(BLINDED_ROLES)),
        (_GRANTS.c.study_id == bindparam("study_id")) | _GRANTS.c.study_id.is_(None),
        IN_FORCE,
    )
    .distinct()
    .order_by(_ACCOUNTS.c.username)
)


def plan_unblinding(work: Work, ask: PlanUnblinding) -> UnblindingPlanned:
    """Asks for an unblinding under a signature; refused before the lock, for nobody, or to somebody blinded."""
    grant = work.actor.require(Permission.PLAN_UNBLINDING, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    locked = locked_at(work.connection, ask.study_id)
    refuse_unlocked(ask.purpose, locked)
    refuse_scope(ask.purpose, ask.scope, ask.values)
    if locked is None:
        refuse_blinded_recipients(_blinded(work, ask))
    scope = {"kind": ask.scope, "values": sorted(set(ask.values))}
    covered = len({row["subject"] for row in covered_by(work, ask.study_id, scope)})
    if not covered:
        raise BadInput("Nobody randomized is meant by this. Nothing was booked. Check the cohorts or subjects.")
    number = f"U-{int(work.one('study', _COUNT, study_id=ask.study_id)['n']) + 1:04d}"
    facts = {
        "purpose": ask.purpose,
        "scope": scope,
        "recipients": [each.model_dump() for each in ask.recipients],
        "reason": ask.reason,
        "stays_blinded": ask.stays_blinded,
        "safeguards": ask.safeguards,
    }
    signable = Signable(Meaning.PLAN_UNBLINDING, "planned unblinding", number, facts, ask.study_id)
    work.append(
        PlannedUnblinding,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=number,
        **facts,
        signature_id=sign_record(work, ask.signing, signable, grant),
        at=work.at,
        account_id=work.actor.account_id,
    )
    said = {"purpose": ask.purpose, "scope": scope_words(scope), "recipients": [r.name for r in ask.recipients]}
    audit_plan(work, ask.study_id, number, "unblinding_planned", said, ask.reason)
    return UnblindingPlanned(number=number, subjects=covered)


def decide_unblinding(work: Work, ask: DecideUnblinding) -> UnblindingDecided:
    """Grants or refuses a plan, once, by another person than the one who asked; still nothing is told."""
    grant = work.actor.require(Permission.APPROVE_STUDY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    row = work.one("planned unblinding", NUMBERED, study_id=ask.study_id, number=ask.number)
    refuse_same_person(row["account_id"], work.actor.account_id)
    if row["granted"] is not None:
        raise UnblindingKnown(f"{ask.number} is decided on already. Nothing was changed.")
    if not ask.granted and not ask.reason.strip():
        raise BadInput("Say why it is refused. Nothing was booked.")
    said = ask.reason.strip()
    content = {"granted": ask.granted, "reason": said, "scope": row["scope"], "purpose": row["purpose"]}
    signable = Signable(Meaning.DECIDE_UNBLINDING, "planned unblinding", ask.number, content, ask.study_id)
    work.append(
        PlannedUnblindingDecision,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        unblinding_id=row["id"],
        granted=ask.granted,
        reason=said,
        signature_id=sign_record(work, ask.signing, signable, grant),
        at=work.at,
        account_id=work.actor.account_id,
    )
    audit_plan(work, ask.study_id, ask.number, "unblinding_decided", {"granted": ask.granted}, said)
    return UnblindingDecided(number=ask.number, granted=ask.granted)


def _blinded(work: Work, ask: PlanUnblinding) -> list[str]:
    """Recipients who hold a blinded role in the study."""
    usernames = [each.username for each in ask.recipients if each.username]
    if not usernames:
        return []
    asked = {"usernames": usernames, "study_id": ask.study_id, "now": work.at}
    return [row["username"] for row in work.rows(_BLINDED_HERE, **asked)]
