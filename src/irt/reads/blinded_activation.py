"""The board of activation: every site with the approvals that it needs, what is missing, and what comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import study_at
from irt.reads.site_approvals import ApprovalRecord, approval_facts, approvals_recorded, today_in
from irt.states.records import SiteStatus, VersionStatus
from irt.study.activation import (
    ActivationRules,
    ApprovalFacts,
    ApprovalState,
    Standing,
    amendment_standings,
    country_standings,
    lacking,
    standings,
    words_of,
)
from irt.tables.columns import table_of
from irt.tables.study import Site, StudyVersion


@dataclass(frozen=True)
class SiteActivation(BlindedView):
    """One site: what it needs, what is missing in words, and the next step; `ready`: nothing is missing.

    `goes_on_to`: the newest approved version, where the site is open under an earlier one; 0 else. `awaited`: the
    approvals that this version still lacks there.
    """

    site: str
    name: str
    country: str
    status: SiteStatus
    version: int
    standings: tuple[Standing, ...]
    missing: tuple[str, ...]
    next_step: str
    goes_on_to: int = 0
    awaited: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether every approval that it needs is in force."""
        return not self.missing

    @property
    def ending(self) -> tuple[Standing, ...]:
        """Approvals that end soon."""
        return tuple(one for one in self.standings if one.state == ApprovalState.ENDING)


@dataclass(frozen=True)
class CountryActivation(BlindedView):
    """One country: what the study asks of it, how many sites it has, and how many of them are open."""

    code: str
    name: str
    sites: int
    active: int
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class ActivationBoard(BlindedView):
    """Sites that the reader reaches and countries of the study; `asked` None: sites open without approvals."""

    study_id: int
    asked: ActivationRules | None
    sites: tuple[SiteActivation, ...]
    countries: tuple[CountryActivation, ...]
    records: tuple[ApprovalRecord, ...]
    whole: bool
    """Whether the reader sees every site."""

    @property
    def funnel(self) -> tuple[tuple[str, int], ...]:
        """How far sites have come, in the order of their way."""
        planned = [one for one in self.sites if one.status == SiteStatus.PLANNED]
        return (
            ("Selected", len(self.sites)),
            ("Waiting for approvals", sum(not one.ready for one in planned)),
            ("Ready to open", sum(one.ready for one in planned)),
            ("Open", self._in(SiteStatus.ACTIVE)),
            ("On hold", self._in(SiteStatus.ON_HOLD)),
            ("Closed", self._in(SiteStatus.CLOSED)),
        )

    def _in(self, status: SiteStatus) -> int:
        return sum(one.status == status for one in self.sites)


_SITES, _VERSIONS = table_of(Site), table_of(StudyVersion)
_STUDY: BindParameter[int] = bindparam("study_id")
_OPEN = frozenset({SiteStatus.ACTIVE, SiteStatus.ON_HOLD})
_ALL = select(_SITES).where(_SITES.c.study_id == _STUDY).order_by(_SITES.c.number)
_ONE = _ALL.where(_SITES.c.number == bindparam("number"))
_NUMBERS = select(_VERSIONS.c.number, _VERSIONS.c.status).where(_VERSIONS.c.study_id == _STUDY)


def sites_reached(actor: Actor, permission: Permission, study_id: int) -> frozenset[int] | None:
    """Ids of the sites where the person may do this; None: every site of the study."""
    grants = [grant for grant in actor.grants if grant.covers(permission, study_id, None)]
    sites = {grant.site_id for grant in grants}
    return None if None in sites else frozenset(site for site in sites if site is not None)


def activation_board(connection: Connection, actor: Actor, study_id: int, now: datetime) -> ActivationBoard:
    """Every site that the reader reaches, by number; approvals count on the site's own day."""
    actor.require(Permission.VIEW_STUDY_LIFE, study_id)
    asked = {"study_id": study_id}
    statuses = {row.number: row.status for row in connection.execute(_NUMBERS, asked)}
    records = approvals_recorded(connection, study_id)
    facts = approval_facts(connection, study_id, now.date(), records)
    rows = connection.execute(_ALL, asked).mappings().all()
    reached = sites_reached(actor, Permission.VIEW_STUDY_LIFE, study_id)
    newest = study_at(connection, study_id, newest_version(statuses))
    mine = [row for row in rows if reached is None or row["id"] in reached]
    sites = tuple(_site(connection, study_id, row, facts, statuses, now) for row in mine)
    near = {row["country"] for row in mine} if reached is not None else {one.code for one in newest.countries}
    seen = {row["number"] for row in mine}
    return ActivationBoard(
        study_id=study_id,
        asked=newest.activation,
        sites=sites,
        countries=tuple(
            _country(one.code, one.name, sites, newest.activation, facts, now.date())
            for one in newest.countries
            if one.code in near
        ),
        records=tuple(
            one
            for one in records
            if reached is None or one.facts.site in seen or (not one.facts.site and one.facts.country in near)
        ),
        whole=reached is None,
    )


def newest_version(statuses: dict[int, str]) -> int:
    """The newest approved version of these, else the first."""
    approved = [number for number, status in statuses.items() if status == VersionStatus.APPROVED]
    return max(approved, default=min(statuses))


def _site(
    connection: Connection,
    study_id: int,
    row: RowMapping,
    facts: Sequence[ApprovalFacts],
    statuses: dict[int, str],
    now: datetime,
) -> SiteActivation:
    rules, day = study_at(connection, study_id, row["version_number"]).activation, today_in(row["zone"], now)
    found = standings(rules, facts, row["country"], row["number"], day, row["version_number"])
    status, missing = SiteStatus(row["status"]), tuple(lacking(found))
    approved = statuses.get(row["version_number"]) == VersionStatus.APPROVED
    later = newest_version(statuses) if status in _OPEN else 0
    goes_on_to = later if later > row["version_number"] else 0
    anew = _anew(connection, row, facts, goes_on_to, day) if goes_on_to else ()
    return SiteActivation(
        site=row["number"],
        name=row["name"],
        country=row["country"],
        status=status,
        version=row["version_number"],
        standings=found,
        missing=missing,
        next_step=_next(status, found, approved) or _next_of(goes_on_to, anew),
        goes_on_to=goes_on_to,
        awaited=tuple(lacking(anew)),
    )


def awaited_at(
    connection: Connection, study_id: int, site: str, versions: Iterable[int], now: datetime
) -> dict[int, tuple[str, ...]]:
    """Approvals of its own that each of these later versions still lacks at an open site, in words.

    Empty at other sites: a planned one is asked when it opens.
    """
    asked = {"study_id": study_id, "number": site}
    row = connection.execute(_ONE, asked).mappings().one_or_none()
    if row is None or row["status"] not in _OPEN:
        return {}
    facts, day = approval_facts(connection, study_id, now.date()), today_in(row["zone"], now)
    return {number: tuple(lacking(_anew(connection, row, facts, number, day))) for number in versions}


def _anew(
    connection: Connection, row: RowMapping, facts: Sequence[ApprovalFacts], version: int, day: date
) -> tuple[Standing, ...]:
    """What an open site needs before it goes on to a version."""
    rules = study_at(connection, row["study_id"], version).activation
    return amendment_standings(rules, facts, row["country"], row["number"], day, version)


def _next(status: SiteStatus, found: Sequence[Standing], approved: bool) -> str:
    if status == SiteStatus.CLOSED:
        return ""
    for one in found:
        if one.state == ApprovalState.UNCONFIRMED:
            return f"Have {words_of(one.kind)} confirmed by a second person"
        if not one.holds:
            return f"Record {words_of(one.kind)}"
    if not approved:
        return "Have the version approved"
    if status == SiteStatus.PLANNED:
        return "Activate the site"
    ends = [one for one in found if one.state == ApprovalState.ENDING]
    return f"Renew {words_of(ends[0].kind)} by {ends[0].until}" if ends else ""


def _next_of(version: int, anew: Sequence[Standing]) -> str:
    """What leads an open site to a later version."""
    if not version:
        return ""
    for one in anew:
        if one.state == ApprovalState.UNCONFIRMED:
            return f"Have {words_of(one.kind)} of version {version} confirmed by a second person"
        if not one.holds:
            return f"Record {words_of(one.kind)} of version {version}"
    return f"Put version {version} in force"


def _country(
    code: str,
    name: str,
    sites: Sequence[SiteActivation],
    rules: ActivationRules | None,
    facts: Sequence[ApprovalFacts],
    today: date,
) -> CountryActivation:
    here = [site for site in sites if site.country == code]
    active = sum(site.status == SiteStatus.ACTIVE for site in here)
    return CountryActivation(code, name, len(here), active, country_standings(rules, facts, code, today))
