"""The delegation log of one site: its lines, its people, and what to look at."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.delegation import WORDS, Delegated, DelegationFinding, Task, findings
from irt.blinding.roles import Role
from irt.blinding.views import BlindedView
from irt.reads.roll import IN_FORCE, SPREAD_OUT
from irt.tables.columns import table_of
from irt.tables.delegation import Delegation
from irt.tables.people import Account, RoleGrant
from irt.tables.record import Signature
from irt.tables.study import Site

SITE_STAFF = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.UNBLINDED_PHARMACIST)
"""Roles of a site's own people: monitors come from the sponsor."""


@dataclass(frozen=True)
class Staff(BlindedView):
    """Somebody who works at the site, and their roles there."""

    account_id: int
    username: str
    printed_name: str
    trained: bool
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class DelegationLine(BlindedView):
    """One line of the log; days are those of the site, the last one included."""

    delegation_id: int
    number: int
    username: str
    printed_name: str
    tasks: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    note: str
    trained_on: date | None
    signed_by: str
    signed_at: datetime
    holds: bool
    ended_at: datetime | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True)
class ToLookAt(BlindedView):
    """A person of the site and one thing that does not fit, in words."""

    printed_name: str
    words: str


@dataclass(frozen=True)
class DelegationLog(BlindedView):
    """Lines by number, the site's people by name, and what to look at."""

    lines: tuple[DelegationLine, ...]
    staff: tuple[Staff, ...]
    to_look_at: tuple[ToLookAt, ...]


_FINDING_WORDS = {
    DelegationFinding.NO_ROLE: "is delegated, but holds no role for it",
    DelegationFinding.NOT_DELEGATED: "holds a role for it, but nobody delegated it",
    DelegationFinding.UNTRAINED: "is delegated, but no training is on file",
}
_ACCOUNTS, _GRANTS, _SITES = table_of(Account), table_of(RoleGrant), table_of(Site)
_LINES, _SIGNATURES = table_of(Delegation), table_of(Signature)
_ENDERS = _ACCOUNTS.alias("ender")
_STAFF = (
    select(_ACCOUNTS.c.id, _ACCOUNTS.c.username, _ACCOUNTS.c.printed_name, _ACCOUNTS.c.trained_at, _GRANTS.c.role)
    .select_from(SPREAD_OUT)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .where(
        func.coalesce(_GRANTS.c.site_id, _SITES.c.id) == bindparam("site_id"),
        _GRANTS.c.role.in_(SITE_STAFF),
        _ACCOUNTS.c.disabled_at.is_(None),
        IN_FORCE,
    )
    .order_by(_ACCOUNTS.c.printed_name, _ACCOUNTS.c.id, _GRANTS.c.id)
)
_LOG = (
    select(
        _LINES,
        _ACCOUNTS.c.username,
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.trained_at,
        _SIGNATURES.c.printed_name.label("signed_by"),
        _ENDERS.c.printed_name.label("ended_by"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _LINES.c.account_id)
    .join(_SIGNATURES, _SIGNATURES.c.id == _LINES.c.signature_id)
    .outerjoin(_ENDERS, _ENDERS.c.id == _LINES.c.ended_by_id)
    .where(_LINES.c.site_id == bindparam("site_id"))
    .order_by(_LINES.c.number)
)


def staff_of(connection: Connection, site_id: int, now: datetime) -> tuple[Staff, ...]:
    """The people whose role at the site is in force, by name."""
    people: dict[int, Staff] = {}
    for row in connection.execute(_STAFF, {"site_id": site_id, "now": now}):
        earlier = people[row.id].roles if row.id in people else ()
        roles = (*earlier, Role(row.role))
        people[row.id] = Staff(row.id, row.username, row.printed_name, row.trained_at is not None, roles)
    return tuple(people.values())


def delegation_log(connection: Connection, site_id: int, now: datetime, today: date) -> DelegationLog:
    """The whole log of a site; `today` is the day there."""
    staff = staff_of(connection, site_id, now)
    lines, delegated = [], defaultdict[int, list[Delegated]](list)
    names = {person.account_id: person.printed_name for person in staff}
    for row in connection.execute(_LOG, {"site_id": site_id}).mappings():
        tasks = tuple(Task(task) for task in row["tasks"])
        ended_on = None if row["ended_at"] is None else row["ended_at"].date()
        one = Delegated(frozenset(tasks), row["starts_on"], row["ends_on"], ended_on)
        delegated[row["account_id"]].append(one)
        names[row["account_id"]] = row["printed_name"]
        lines.append(
            DelegationLine(
                delegation_id=row["id"],
                number=row["number"],
                username=row["username"],
                printed_name=row["printed_name"],
                tasks=tuple(WORDS[task] for task in tasks),
                starts_on=row["starts_on"],
                ends_on=row["ends_on"],
                note=row["note"],
                trained_on=None if row["trained_at"] is None else row["trained_at"].date(),
                signed_by=row["signed_by"],
                signed_at=row["at"],
                holds=one.holds(today),
                ended_at=row["ended_at"],
                ended_by=row["ended_by"] or "",
                end_reason=row["end_reason"] or "",
            )
        )
    return DelegationLog(tuple(lines), staff, tuple(_to_look_at(staff, delegated, names, today)))


def _to_look_at(
    staff: tuple[Staff, ...], delegated: dict[int, list[Delegated]], names: dict[int, str], today: date
) -> list[ToLookAt]:
    known = {person.account_id: person for person in staff}
    found = []
    for account_id in sorted(names, key=lambda each: (names[each], each)):
        person = known.get(account_id)
        roles, trained = (person.roles, person.trained) if person else ((), True)
        for kind, tasks in findings(roles, delegated.get(account_id, ()), trained, today).items():
            words = ", ".join(WORDS[task] for task in tasks)
            found.append(ToLookAt(names[account_id], f"{words}: {_FINDING_WORDS[kind]}."))
    return found
