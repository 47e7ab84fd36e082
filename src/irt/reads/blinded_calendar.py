"""What a person's calendar says: deliveries, visits by subject number, last days of lots and licences, counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_count import last_count
from irt.reads.blinded_planned import planned_at
from irt.reads.blinded_shipments import shipments_to
from irt.reads.blinded_site_facts import facts_of_sites
from irt.reads.blinded_sites import WorkSite, sites_reached, study_at
from irt.reads.blinded_stock import stock_at
from irt.reads.imports import licences_on
from irt.tables.columns import table_of
from irt.tables.people import CalendarFeed
from irt.tables.study import Study

AHEAD = timedelta(days=90)
"""How far ahead visits are told."""
SITES_MAX = 40
"""Who works at more sites than this is told of no single site."""


@dataclass(frozen=True)
class CalendarEntry(BlindedView):
    """One day and what it brings; `key` is the same whenever the same thing is told."""

    key: str
    day: date
    words: str
    study: str


@dataclass(frozen=True)
class FeedState(BlindedView):
    """Whether a person has a calendar address, and since when."""

    since: datetime | None


_FEEDS, _STUDIES = table_of(CalendarFeed), table_of(Study)
_FEED = select(_FEEDS.c.created_at).where(
    _FEEDS.c.account_id == bindparam("account_id"), _FEEDS.c.revoked_at.is_(None)
)
_STUDY = select(_STUDIES.c.name).where(_STUDIES.c.id == bindparam("study_id"))


def feed_state(connection: Connection, account_id: int) -> FeedState:
    """The person's address as far as it is known here: never the address itself."""
    return FeedState(connection.execute(_FEED, {"account_id": account_id}).scalar())


def calendar_entries(connection: Connection, actor: Actor, now: datetime) -> tuple[CalendarEntry, ...]:
    """Everything a person's grants let them know of the days to come, by day."""
    stock, subjects = (
        _few(sites_reached(connection, actor, permission)) if _in_scope(actor, permission) else ()
        for permission in (Permission.VIEW_STOCK, Permission.VIEW_SUBJECTS)
    )
    found = [
        *_deliveries(connection, stock),
        *_last_days(connection, stock, now),
        *_counts(connection, stock, now),
        *_visits(connection, actor, subjects, now),
        *_licences(connection, actor, now),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.day, entry.key)))


def _in_scope(actor: Actor, permission: Permission) -> bool:
    return actor.scopes is None or permission in actor.scopes


def _few(sites: Sequence[WorkSite]) -> Sequence[WorkSite]:
    return sites if len(sites) <= SITES_MAX else ()


def _deliveries(connection: Connection, sites: Sequence[WorkSite]) -> Iterator[CalendarEntry]:
    """Without quantities: how much comes after whom would tell something of an arm."""
    lines, _ = shipments_to(connection, sites, awaited=True)
    for line in lines:
        if line.expected_on is not None:
            key = f"delivery-{line.study_id}-{line.number}"
            words = f"Delivery {line.number} expected at site {line.site}"
            yield CalendarEntry(key, line.expected_on, words, line.study)


def _last_days(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> Iterator[CalendarEntry]:
    """The last day of use of what lies at a site, by the lot on the label."""
    kits = stock_at(connection, sites, now)
    for study_id, study, site, lot, day in sorted(
        {(kit.study_id, kit.study, kit.site, kit.lot, kit.expiry) for kit in kits if kit.here}
    ):
        key = f"expiry-{study_id}-{site}-{lot}-{day}"
        yield CalendarEntry(key, day, f"Last day of lot {lot} at site {site}", study)


def _counts(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> Iterator[CalendarEntry]:
    """When a site is to count its stock, where the study asks; at once where it never did."""
    for site in sites:
        days = study_at(connection, site.study_id, site.version).conduct.count_stock_days
        if days is None:
            continue
        last = last_count(connection, site)
        due = site.today(now) if last is None else site.day_of(last) + timedelta(days=days)
        key = f"count-{site.study_id}-{site.site}-{'first' if last is None else site.day_of(last)}"
        yield CalendarEntry(key, due, f"Count the stock of site {site.site}", site.study)


def _visits(
    connection: Connection, actor: Actor, sites: Sequence[WorkSite], now: datetime
) -> Iterator[CalendarEntry]:
    """Subjects by number alone: a calendar lies on telephones."""
    for found in facts_of_sites(connection, actor, sites, now):
        facts = found.facts
        names = {visit.code: visit.name for visit in facts.study.visits}
        for planned in planned_at(facts, facts.today, facts.today + AHEAD):
            key = f"visit-{facts.site.study_id}-{planned.subject}-{planned.visit}-{planned.occurrence}"
            words = f"{names[planned.visit]} of subject {planned.subject}"
            yield CalendarEntry(key, planned.day, words, facts.site.study)


def _licences(connection: Connection, actor: Actor, now: datetime) -> Iterator[CalendarEntry]:
    """Last days of import licences, for those who plan supply."""
    if not _in_scope(actor, Permission.VIEW_SUPPLY):
        return
    studies = {
        grant.study_id for grant in actor.grants if grant.covers(Permission.VIEW_SUPPLY, grant.study_id, None)
    }
    for study_id in sorted(one for one in studies if one is not None):
        name = connection.execute(_STUDY, {"study_id": study_id}).scalar_one()
        for licence in licences_on(connection, study_id, now.date()):
            if licence.valid_until >= now.date():
                words = f"Import licence {licence.number} for {licence.country} ends"
                key = f"licence-{study_id}-{licence.country}-{licence.number}"
                yield CalendarEntry(key, licence.valid_until, words, name)
