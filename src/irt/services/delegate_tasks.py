"""The delegation log of a site: the investigator delegates tasks with a signature, and takes them back."""

from datetime import date

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.delegation import Task
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_delegation import staff_of
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.delegation import Delegation
from irt.tables.study import Site

RECORD_KIND = "delegation"


class DelegateTasks(SQLModel):
    """Who may do what at the site, from when until when (days there, inclusive), and what was typed to sign."""

    study_id: int
    site_id: int
    account_id: int
    tasks: list[Task] = Field(min_length=1)
    starts_on: date
    ends_on: date | None = None
    note: str = Field(default="", max_length=500)
    signing: Signing = Field(exclude=True)


class TasksDelegated(SQLModel):
    """The line of the log, and its signature."""

    delegation_id: int
    number: int
    signature_id: int


class EndDelegation(SQLModel):
    """A line that holds no longer, and why."""

    study_id: int
    delegation_id: int
    reason: str = Field(min_length=1, max_length=500)


class DelegationEnded(SQLModel):
    """The line is history."""

    delegation_id: int


class NotStaff(BadInput):
    """Tasks are delegated to people who work at the site."""


class DelegatedToOneself(NotAllowed):
    """An investigator holds every task of the site already."""


class AlreadyEnded(Refusal):
    """A line ends once."""


_LINES, _SITES = table_of(Delegation), table_of(Site)
# The site's row is locked: two lines of one site get two numbers.
_SITE = (
    select(_SITES.c.number, _SITES.c.zone, _SITES.c.sponsor_id)
    .where(_SITES.c.id == bindparam("site_id"), _SITES.c.study_id == bindparam("study_id"))
    .with_for_update()
)
_LAST = select(func.max(_LINES.c.number).label("last")).where(_LINES.c.site_id == bindparam("site_id"))
_LINE = (
    select(_LINES, _SITES.c.number.label("site"))
    .join(_SITES, _SITES.c.id == _LINES.c.site_id)
    .where(_LINES.c.id == bindparam("delegation_id"), _LINES.c.study_id == bindparam("study_id"))
    .with_for_update(key_share=True, of=_LINES)
)


def delegate_tasks(work: Work, ask: DelegateTasks) -> TasksDelegated:
    """Adds a signed line to the site's log."""
    grant = work.actor.require(Permission.DELEGATE_TASKS, ask.study_id, ask.site_id)
    if ask.account_id == work.actor.account_id:
        raise DelegatedToOneself("Nobody delegates tasks to themselves. Nothing was signed. Choose another person.")
    if ask.ends_on is not None and ask.ends_on < ask.starts_on:
        raise BadInput("The last day is before the first. Nothing was signed. Check the two days.")
    staff = {person.account_id: person for person in staff_of(work.connection, ask.site_id, work.at)}
    if ask.account_id not in staff:
        raise NotStaff("This person holds no role at the site. Nothing was signed. Ask for the role first.")
    site = work.one("site", _SITE, site_id=ask.site_id, study_id=ask.study_id)
    number = (work.one("log", _LAST, site_id=ask.site_id)["last"] or 0) + 1
    tasks = [task for task in Task if task in ask.tasks]
    days = {"starts_on": ask.starts_on.isoformat(), "ends_on": ask.ends_on.isoformat() if ask.ends_on else None}
    told = {"username": staff[ask.account_id].username, "tasks": tasks, **days, "note": ask.note}
    record = f"{site['number']}/{number}"
    where = {"study_id": ask.study_id, "site_id": ask.site_id, "zone": site["zone"]}
    signable = Signable(Meaning.DELEGATE, RECORD_KIND, record, told, **where)
    signature_id = sign_record(work, ask.signing, signable, grant)
    delegation_id = work.record(
        Delegation,
        sponsor_id=site["sponsor_id"],
        study_id=ask.study_id,
        site_id=ask.site_id,
        number=number,
        account_id=ask.account_id,
        tasks=[str(task.value) for task in tasks],
        starts_on=ask.starts_on,
        ends_on=ask.ends_on,
        note=ask.note,
        delegated_by_id=work.actor.account_id,
        signature_id=signature_id,
        at=work.at,
    )
    new = {**told, "signature": signature_id}
    work.audit(AuditDraft(act="tasks_delegated", record_kind=RECORD_KIND, record=record, new=new, **where))
    return TasksDelegated(delegation_id=delegation_id, number=number, signature_id=signature_id)


def end_delegation(work: Work, ask: EndDelegation) -> DelegationEnded:
    """Takes the tasks of a line back at once; the line stays."""
    line = work.one("line of the log", _LINE, delegation_id=ask.delegation_id, study_id=ask.study_id)
    work.actor.require(Permission.DELEGATE_TASKS, ask.study_id, line["site_id"])
    if line["ended_at"] is not None:
        raise AlreadyEnded("These tasks were taken back before. Nothing was changed.")
    ended = {"ended_at": work.at, "ended_by_id": work.actor.account_id, "end_reason": ask.reason}
    work.run(update(_LINES).where(_LINES.c.id == ask.delegation_id).values(ended))
    work.audit(
        AuditDraft(
            act="delegation_ended",
            record_kind=RECORD_KIND,
            record=f"{line['site']}/{line['number']}",
            study_id=ask.study_id,
            site_id=line["site_id"],
            reason=ask.reason,
        )
    )
    return DelegationEnded(delegation_id=ask.delegation_id)
