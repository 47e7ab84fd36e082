"""What stands of a version on its way to going live, gathered for its checklist; nothing in it tells a treatment.

Gates and definitions lie behind the wall, so whoever asks reads past it; what leaves here is for everybody.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, func, select

from irt.blinding.access import AccessFinding
from irt.blinding.conflicts import Side, side_of
from irt.errors import NotFound
from irt.reads.access import Access, access_to, history_of_access
from irt.reads.blinded_label_masters import MasterVersion, label_masters
from irt.reads.blinded_sites import study_at
from irt.reads.gates import GateLine, gate_of_version
from irt.reads.go_live_records import GoLiveRecords, acceptance_of, signed_checklists
from irt.reads.named import newest_version
from irt.reads.restore_tests import restore_tests
from irt.reads.site_approvals import ApprovalRecord, approval_facts, approvals_recorded, today_in
from irt.release import release
from irt.states.gate import GateStanding
from irt.states.label_master import LabelMasterStatus
from irt.states.records import Mode, SiteStatus, VersionStatus
from irt.study.activation import TWO_PERSONS, ActivationRules, lacking, standings, words_of
from irt.study.blinded import BlindedStudy
from irt.study.checklist import Checklist, checklist_of
from irt.study.checklist_facts import Evidence, GateSeen, GoLiveFacts, RestoreSeen, SiteSeen
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Approval, Signature
from irt.tables.secret import RestrictedPart
from irt.tables.study import Depot, Lane, Site, Study, StudyVersion
from irt.tables.unblinding import CodeBreakPractice

_STUDIES, _VERSIONS, _PARTS = table_of(Study), table_of(StudyVersion), table_of(RestrictedPart)
_SITES, _DEPOTS, _LANES, _ACCOUNTS = table_of(Site), table_of(Depot), table_of(Lane), table_of(Account)
_APPROVALS, _SIGNATURES, _PRACTICES = table_of(Approval), table_of(Signature), table_of(CodeBreakPractice)
_STUDY: BindParameter[int] = bindparam("study_id")
_VERSION = (
    select(
        _VERSIONS.c.status,
        _VERSIONS.c.salted_digest,
        _VERSIONS.c.approved_at,
        _STUDIES.c.mode,
        _SIGNATURES.c.printed_name,
        _PARTS.c.definition["randomization"]["method"].as_string().label("method"),
    )
    .join(_STUDIES, _STUDIES.c.id == _VERSIONS.c.study_id)
    .join(_PARTS, _PARTS.c.version_id == _VERSIONS.c.id)
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _VERSIONS.c.signature_id)
    .where(_VERSIONS.c.study_id == _STUDY, _VERSIONS.c.number == bindparam("number"))
)
_NEWEST_APPROVED = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == _STUDY, _VERSIONS.c.status == VersionStatus.APPROVED
)
_WAITING = (
    select(_APPROVALS.c.kind, func.count().label("n"))
    .where(_APPROVALS.c.study_id == _STUDY, _APPROVALS.c.decided_at.is_(None))
    .group_by(_APPROVALS.c.kind)
)
_NOT_CLOSED = (
    select(_SITES.c.number, _SITES.c.country, _SITES.c.zone, _SITES.c.main_site_id, _DEPOTS.c.code.label("depot"))
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == _STUDY, _SITES.c.status != SiteStatus.CLOSED)
    .order_by(_SITES.c.number)
)
_ALL_LANES = (
    select(_DEPOTS.c.code, _LANES.c.target)
    .distinct()
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(_LANES.c.study_id == _STUDY)
)
_CHANGES = select(func.count().label("n"), func.max(_APPROVALS.c.decided_at).label("at")).where(
    _APPROVALS.c.study_id == _STUDY, _APPROVALS.c.kind == "operational_change", _APPROVALS.c.granted
)
_PRACTISED = (
    select(_SITES.c.number, _PRACTICES.c.at, _ACCOUNTS.c.printed_name)
    .join(_SITES, _SITES.c.id == _PRACTICES.c.site_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PRACTICES.c.account_id)
    .where(_PRACTICES.c.study_id == _STUDY)
    .order_by(_PRACTICES.c.id)
)


def go_live_checklist(connection: Connection, study_id: int, version: int, now: datetime) -> Checklist:
    """The checklist of a version as it stands now; NotFound where the study has no such version."""
    return checklist_of(go_live_facts(connection, study_id, version, now))


def version_going_live(connection: Connection, study_id: int) -> int:
    """The newest approved version, else the newest there is."""
    approved = connection.execute(_NEWEST_APPROVED, {"study_id": study_id}).scalar()
    return int(approved) if approved is not None else newest_version(connection, study_id)


def go_live_facts(connection: Connection, study_id: int, version: int, now: datetime) -> GoLiveFacts:
    """Everything that a line of the checklist looks at."""
    row = connection.execute(_VERSION, {"study_id": study_id, "number": version}).mappings().first()
    if row is None:
        raise NotFound(f"The study has no version {version}. Check the number.")
    study, records = study_at(connection, study_id, version), GoLiveRecords(connection, study_id)
    recorded = approvals_recorded(connection, study_id)
    held = access_to(connection, study_id, now).lines
    labels = label_masters(connection, study_id)
    gate = gate_of_version(connection, study_id, version)
    sites = connection.execute(_NOT_CLOSED, {"study_id": study_id}).mappings().all()
    return GoLiveFacts(
        version=version,
        mode=Mode(row["mode"]),
        today=now.date(),
        study=study,
        release=release(),
        approved=_approved(row, version),
        listed=row["method"] == "listed",
        seed=records.seed(),
        lists=records.lists(),
        kit_lists=records.kit_lists(),
        waiting={each.kind: each.n for each in connection.execute(_WAITING, {"study_id": study_id})},
        supplied=_supplied(connection, study_id),
        unserved=tuple(_unserved(connection, study_id, sites)),
        labels=tuple(_labels(labels)),
        unlabelled=tuple(_unlabelled(labels, study, sites)),
        gate=None if gate is None else _gate(gate),
        leaks=records.leaks(version),
        acceptance=acceptance_of(connection, study_id, version, row["salted_digest"]),
        sites=_sites(connection, study_id, study.activation, version, sites, recorded, held, now),
        roles=frozenset(_roles(held, _WHOLE)),
        people=len({line.username for line in held}),
        both_sides=_both_sides(history_of_access(connection, study_id, now)),
        approvals=tuple(_approval(each) for each in recorded if not each.withdrawn_by),
        restored=_restored(connection),
        anchored=records.anchored(),
        signed=signed_checklists(connection, study_id, version),
    )


def _approved(row: RowMapping, version: int) -> Evidence | None:
    if row["status"] != VersionStatus.APPROVED:
        return None
    return Evidence(f"Version {version}", row["salted_digest"], row["printed_name"] or "", row["approved_at"])


def _gate(line: GateLine) -> GateSeen:
    signed = next((run for run in line.runs if run.signed_at is not None), None)
    shown = Evidence(
        f"Gate {line.number}: {line.standing}",
        person=signed.signed_by if signed else "",
        at=signed.signed_at if signed else None,
    )
    return GateSeen(line.standing == GateStanding.SIGNED, f"Gate {line.number}: {line.why}", shown)


def _supplied(connection: Connection, study_id: int) -> tuple[Evidence, ...]:
    """Of levels only how many changes were signed: what they say names kit types."""
    row = connection.execute(_CHANGES, {"study_id": study_id}).one()
    lanes = len(connection.execute(_ALL_LANES, {"study_id": study_id}).all())
    shown = Evidence(f"{lanes} lanes, and levels as the version says them")
    return (shown, Evidence(f"{row.n} changes signed since", at=row.at)) if row.n else (shown,)


def _unserved(connection: Connection, study_id: int, sites: Iterable[RowMapping]) -> Iterator[str]:
    lanes = {(row.code, row.target) for row in connection.execute(_ALL_LANES, {"study_id": study_id})}
    for site in sites:
        ways = {(site["depot"], site["country"]), (site["depot"], site["number"])}
        if site["main_site_id"] is None and not ways & lanes:
            yield site["number"]


def _labels(masters: Iterable[MasterVersion]) -> Iterator[Evidence]:
    for one in masters:
        if one.status == LabelMasterStatus.APPROVED:
            last = one.steps[-1]
            yield Evidence(f"{one.name}, {one.country}, {one.product}", one.proof_hash, last.person, last.at)


def _unlabelled(
    masters: Iterable[MasterVersion], study: BlindedStudy, sites: Iterable[RowMapping]
) -> Iterator[str]:
    """Countries with sites whose kits are labelled late, or where a master was begun: each product there."""
    begun = {(one.country, one.blinding_group): one for one in masters}
    approved = {(one.country, one.blinding_group) for one in masters if one.status == LabelMasterStatus.APPROVED}
    for country in sorted({site["country"] for site in sites}):
        for group in study.blinding_groups:
            asked = study.labels.just_in_time_for(country) or (country, group.code) in begun
            if asked and (country, group.code) not in approved:
                yield f"{group.name} in {country}"


def _sites(
    connection: Connection,
    study_id: int,
    rules: ActivationRules | None,
    version: int,
    sites: Iterable[RowMapping],
    recorded: tuple[ApprovalRecord, ...],
    held: tuple[Access, ...],
    now: datetime,
) -> tuple[SiteSeen, ...]:
    facts = approval_facts(connection, study_id, now.date(), recorded)
    practised = {
        row.number: Evidence(f"Site {row.number}", person=row.printed_name, at=row.at)
        for row in connection.execute(_PRACTISED, {"study_id": study_id})
    }
    return tuple(
        SiteSeen(
            number=site["number"],
            roles=frozenset(_roles(held, {f"site {site['number']}", f"sites in {site['country']}", *_WHOLE})),
            practised=practised.get(site["number"]),
            lacking=tuple(lacking(standings(rules, facts, *_place_and_day(site, now), version))),
        )
        for site in sites
    )


def _place_and_day(site: RowMapping, now: datetime) -> tuple[str, str, date]:
    return site["country"], site["number"], today_in(site["zone"], now)


_WHOLE = frozenset({"study", "everywhere", "all studies of the sponsor"})
_NOT_THERE = {AccessFinding.LOCKED, AccessFinding.UNTRAINED}


def _roles(held: Iterable[Access], where: AbstractSet[str]) -> Iterator[str]:
    """Roles that somebody holds there who may act: trained, and not locked out."""
    return (line.role.value for line in held if line.where in where and not _NOT_THERE & set(line.findings))


def _both_sides(history: Iterable[Access]) -> tuple[str, ...]:
    """People who ever held a blinded and an unblinded role in the study."""
    sides: dict[str, set[Side]] = defaultdict(set)
    names: dict[str, str] = {}
    for line in history:
        sides[line.username].add(side_of(line.role))
        names[line.username] = line.printed_name
    return tuple(sorted(names[who] for who, found in sides.items() if {Side.BLINDED, Side.UNBLINDED} <= found))


def _approval(record: ApprovalRecord) -> Evidence:
    facts = record.facts
    where = f"site {facts.site}" if facts.site else facts.country
    confirmed = facts.kind in TWO_PERSONS and bool(record.confirmed_by)
    return Evidence(
        f"{words_of(facts.kind).capitalize()}, {where}: {facts.reference}",
        record.document_hash,
        record.confirmed_by if confirmed else record.recorded_by,
        record.confirmed_at if confirmed else record.recorded_at,
    )


def _restored(connection: Connection) -> RestoreSeen | None:
    newest = next(iter(restore_tests(connection)), None)
    if newest is None:
        return None
    shown = Evidence(f"Test {newest.number}: {newest.words}", newest.document_hash, newest.person, newest.at)
    return RestoreSeen(newest.passed, newest.tested_on, shown)
