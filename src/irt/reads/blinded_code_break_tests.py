"""Where an emergency code break was practised, and which sites never did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.code_break import practice_due
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.states.records import SiteStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Site
from irt.tables.unblinding import CodeBreakPractice, CodeBreakReminder


@dataclass(frozen=True)
class Practice(BlindedView):
    """One practice: on the page or with a pack's seal, with or without the six-digit code, by whom."""

    way: str
    at: datetime
    person: str
    second_factor: bool


@dataclass(frozen=True)
class SiteTested(BlindedView):
    """One site: its practices, newest first; `due` where it never practised, or not for a year."""

    site_id: int
    site: str
    name: str
    zone: str
    status: SiteStatus
    practices: tuple[Practice, ...]
    due: bool
    reminded_at: datetime | None

    @property
    def last(self) -> Practice | None:
        """The newest practice."""
        return self.practices[0] if self.practices else None


_SITES, _ACCOUNTS = table_of(Site), table_of(Account)
_PRACTICES, _REMINDERS = table_of(CodeBreakPractice), table_of(CodeBreakReminder)
_EVERY_SITE = select(_SITES).where(_SITES.c.study_id == bindparam("study_id")).order_by(_SITES.c.number)
_PRACTISED = (
    select(_PRACTICES, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PRACTICES.c.account_id)
    .where(_PRACTICES.c.study_id == bindparam("study_id"))
    .order_by(_PRACTICES.c.id.desc())
)
_REMINDED = (
    select(_REMINDERS.c.site_id, _REMINDERS.c.at)
    .where(_REMINDERS.c.study_id == bindparam("study_id"))
    .order_by(_REMINDERS.c.id)
)


def code_break_tests(connection: Connection, actor: Actor, study_id: int, now: datetime) -> tuple[SiteTested, ...]:
    """Every site the person may read the log of, by number; a closed one is not asked to practise."""
    asked = {"study_id": study_id}
    practices: dict[int, list[Practice]] = {}
    for row in connection.execute(_PRACTISED, asked).mappings():
        done = Practice(row["way"], row["at"], row["printed_name"], row["second_factor"])
        practices.setdefault(row["site_id"], []).append(done)
    reminded = {row.site_id: row.at for row in connection.execute(_REMINDED, asked)}
    return tuple(
        SiteTested(
            site_id=row["id"],
            site=row["number"],
            name=row["name"],
            zone=row["zone"],
            status=SiteStatus(row["status"]),
            practices=(here := tuple(practices.get(row["id"], ()))),
            due=row["status"] != SiteStatus.CLOSED and practice_due(here[0].at if here else None, now),
            reminded_at=reminded.get(row["id"]),
        )
        for row in connection.execute(_EVERY_SITE, asked).mappings()
        if actor.grant_for(Permission.VIEW_UNBLINDING, study_id, row["id"])
    )


def due_sites(tests: Iterable[SiteTested]) -> tuple[SiteTested, ...]:
    """Those that have to practise."""
    return tuple(site for site in tests if site.due)
