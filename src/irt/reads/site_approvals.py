"""Approvals of countries and sites as they were recorded: for services, the board and the checklist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.imports import licences_on
from irt.study.activation import ApprovalFacts, ApprovalOf
from irt.tables.activation import SiteApproval, SiteApprovalStep
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot, Site
from irt.tables.unblinding import CodeBreakPractice

CONFIRMED, WITHDRAWN = "confirmed", "withdrawn"


@dataclass(frozen=True)
class ApprovalRecord(BlindedView):
    """One approval with its document, who recorded it, and who confirmed or withdrew it."""

    facts: ApprovalFacts
    document_hash: str
    recorded_by: str
    recorded_by_id: int
    recorded_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str


_APPROVALS, _STEPS = table_of(SiteApproval), table_of(SiteApprovalStep)
_SITES, _DEPOTS, _ACCOUNTS = table_of(Site), table_of(Depot), table_of(Account)
_PRACTICES = table_of(CodeBreakPractice)
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL = (
    select(_APPROVALS, _SITES.c.number.label("site"), _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.account_id)
    .outerjoin(_SITES, _SITES.c.id == _APPROVALS.c.site_id)
    .where(_APPROVALS.c.study_id == _STUDY)
    .order_by(_APPROVALS.c.number)
)
_ALL_STEPS = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.study_id == _STUDY)
)
_OF_DEPOTS = (
    select(_SITES.c.country, _DEPOTS.c.country.label("depot_country"))
    .distinct()
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == _STUDY)
)
_PRACTISED = (
    select(_SITES.c.country, _SITES.c.number, _SITES.c.zone, _PRACTICES.c.at)
    .join(_PRACTICES, _PRACTICES.c.site_id == _SITES.c.id)
    .where(_SITES.c.study_id == _STUDY)
)


def approvals_recorded(connection: Connection, study_id: int) -> tuple[ApprovalRecord, ...]:
    """Every approval that was ever recorded, by number."""
    asked = {"study_id": study_id}
    steps = {(row["approval_id"], row["step"]): row for row in connection.execute(_ALL_STEPS, asked).mappings()}
    found = []
    for row in connection.execute(_ALL, asked).mappings():
        confirmed, withdrawn = steps.get((row["id"], CONFIRMED)), steps.get((row["id"], WITHDRAWN))
        facts = ApprovalFacts(
            number=row["number"],
            kind=ApprovalOf(row["kind"]),
            country=row["country"],
            site=row["site"] or "",
            granted_on=row["granted_on"],
            until=row["valid_until"],
            confirmed=confirmed is not None,
            withdrawn=withdrawn is not None,
            reference=row["reference"],
            version=row["version_number"] or 0,
        )
        found.append(
            ApprovalRecord(
                facts=facts,
                document_hash=row["document_hash"],
                recorded_by=row["printed_name"],
                recorded_by_id=row["account_id"],
                recorded_at=row["at"],
                confirmed_by=confirmed["printed_name"] if confirmed else "",
                confirmed_at=confirmed["at"] if confirmed else None,
                withdrawn_by=withdrawn["printed_name"] if withdrawn else "",
                withdrawn_because=(withdrawn["reason"] or "") if withdrawn else "",
            )
        )
    return tuple(found)


def approval_facts(
    connection: Connection, study_id: int, day: date, recorded: Iterable[ApprovalRecord] | None = None
) -> tuple[ApprovalFacts, ...]:
    """What activation is decided on: approvals recorded, import licences as two people agreed on them, practices.

    Where all sites of a country are supplied from within it nothing is imported, so no licence is missing there.
    """
    given = approvals_recorded(connection, study_id) if recorded is None else recorded
    facts = [each.facts for each in given]
    for licence in licences_on(connection, study_id, day):
        facts.append(_import(licence.country, licence.valid_from, licence.valid_until, f"licence {licence.number}"))
    supplied: dict[str, set[str]] = {}
    for row in connection.execute(_OF_DEPOTS, {"study_id": study_id}):
        supplied.setdefault(row.country, set()).add(row.depot_country)
    inland = (country for country, depots in supplied.items() if depots == {country})
    facts += [_import(country, date.min, None, "nothing is imported") for country in inland]
    facts += [_practised(*row) for row in connection.execute(_PRACTISED, {"study_id": study_id})]
    return tuple(facts)


def _practised(country: str, site: str, zone: str, at: datetime) -> ApprovalFacts:
    """A practised code break; it is due again after a year, which stops nobody from enrolling meanwhile."""
    since = today_in(zone, at)
    return ApprovalFacts(0, ApprovalOf.CODE_BREAK, country, site, since, None, True, False, "practised")


def today_in(zone: str, now: datetime) -> date:
    """The calendar day at a site."""
    return now.astimezone(ZoneInfo(zone)).date()


def _import(country: str, since: date, until: date | None, reference: str) -> ApprovalFacts:
    return ApprovalFacts(0, ApprovalOf.IMPORT, country, "", since, until, True, False, reference)
