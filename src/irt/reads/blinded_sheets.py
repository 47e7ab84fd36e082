"""Reports of what stands in the records, as plain tables: for a page, a file, the evidence pack, a site's own copy.

None of them tells a treatment. What is asked for a few sites is narrowed to them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, or_, select

from irt.audit.entry import INSTALLATION, study_chain
from irt.audit.sentences import sentence
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.access import history_of_access
from irt.reads.blinded_deviations import deviations_of
from irt.reads.blinded_incidents import HEADS as INCIDENT_HEADS
from irt.reads.blinded_incidents import incident_row, incidents_of
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit
from irt.tables.people import Account, SignInAttempt
from irt.tables.record import Approval, AuditEntry, Signature
from irt.tables.study import Site, SiteVersion, StudyVersion
from irt.tables.subject import Randomization, Subject, Visit

Row = tuple[object, ...]
Sites = tuple[int, ...] | None
"""Ids of the sites a report is narrowed to; None: the whole study."""


@dataclass(frozen=True)
class Sheet(BlindedView):
    """A report as a table, with what it is for."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be made: under which right, its columns, and whether a site has it of its own."""

    title: str
    permission: Permission
    heads: tuple[str, ...]
    rows: Callable[[Connection, int, datetime, Sites], Iterator[Row]]
    of_site: bool = False


_ENTRIES, _SIGNATURES, _APPROVALS = table_of(AuditEntry), table_of(Signature), table_of(Approval)
_ACCOUNTS, _ATTEMPTS, _ASKERS = table_of(Account), table_of(SignInAttempt), table_of(Account).alias("asker")
_SITES, _SITE_VERSIONS, _VERSIONS = table_of(Site), table_of(SiteVersion), table_of(StudyVersion)
_SUBJECTS, _RANDOMIZATIONS, _VISITS = table_of(Subject), table_of(Randomization), table_of(Visit)
_KITS, _LOTS, _GIVEN, _DISPENSINGS = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(DispensedKit),
    table_of(Dispensing),
)
_UNBLINDING = ("code_br", "broken_code", "unblind", "seed_reveal", "allocations_exported", "opening_words")


def moment(at: datetime | None) -> str:
    """As in 2026-06-16T14:30:05Z; empty where there is none."""
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _access(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    numbers = _numbers(connection, study_id, sites)
    for line in history_of_access(connection, study_id, now):
        if sites is not None and line.where not in {f"site {number}" for number in numbers.values()}:
            continue
        yield (
            *(line.username, line.printed_name, words(line.role), line.where, moment(line.since)),
            *(moment(line.ends_at), moment(line.revoked_at), line.granted_by, line.reason),
        )


def _sign_ins(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    names = sorted({line.username for line in history_of_access(connection, study_id, now)})
    rows = connection.execute(
        select(_ATTEMPTS).where(_ATTEMPTS.c.username.in_(names)).order_by(_ATTEMPTS.c.id)
    ).mappings()
    for row in rows:
        came = "yes" if row["succeeded"] else "no"
        yield (moment(row["at"]), row["username"], words(row["purpose"]), came, row["client"])


def _entry_row(row: RowMapping) -> Row:
    said = sentence(row["act"], row["person"], row["record_kind"], row["record"], row["old"], row["new"], None)
    return (
        row["sequence"],
        moment(row["at"]),
        row["person"],
        said,
        row["record"],
        row["reason"] or "",
        row["release"],
    )


def _entries(connection: Connection, study_id: int, sites: Sites, *wanted: ColumnElement[bool]) -> Iterator[Row]:
    of_sites = [] if sites is None else [_ENTRIES.c.site_id.in_(sites)]
    chosen = select(_ENTRIES).where(_ENTRIES.c.chain == study_chain(study_id), *wanted, *of_sites)
    for row in connection.execute(chosen.order_by(_ENTRIES.c.sequence)).mappings():
        yield _entry_row(row)


def _history(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return _entries(connection, study_id, sites)


def _readings(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return _entries(connection, study_id, sites, or_(_ENTRIES.c.act == "read", _ENTRIES.c.act.like("%exported")))


def _unblindings(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return _entries(connection, study_id, sites, or_(*(_ENTRIES.c.act.contains(part) for part in _UNBLINDING)))


def _refusals(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return _entries(connection, study_id, sites, _ENTRIES.c.act.like("%refused"))


def _deviations(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    numbers = set(_numbers(connection, study_id, sites).values())
    for one in deviations_of(connection, study_id, now):
        if sites is None or one.site in numbers:
            yield (
                *(one.number, words(one.kind), one.sentence, one.site, one.subject, moment(one.at), one.person),
                *(" ".join(f"{kit.part} {kit.number}" for kit in one.kits), moment(one.closed_at)),
                *(one.closed_by, one.assessment),
            )


def _incidents(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return map(incident_row, incidents_of(connection, study_id, now))


def _signatures(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    """The hash stays away: of a record that holds treatments it could be guessed."""
    chosen = select(_SIGNATURES).where(_SIGNATURES.c.study_id == study_id).order_by(_SIGNATURES.c.id)
    of_site = None if sites is None else _signed_at(connection, study_id, sites)
    for row in connection.execute(chosen).mappings():
        if of_site is None or row["id"] in of_site:
            yield (
                *(row["id"], moment(row["at"]), row["printed_name"], words(row["role"]), row["meaning"]),
                *(words(row["record_kind"]), row["record"], row["components"]),
            )


def _signed_at(connection: Connection, study_id: int, sites: Sequence[int]) -> set[int]:
    chosen = select(_ENTRIES.c.new).where(
        _ENTRIES.c.chain == study_chain(study_id),
        _ENTRIES.c.act.in_(("record_signed", "record_witnessed")),
        _ENTRIES.c.site_id.in_(sites),
    )
    return {int(new["signature"]) for (new,) in connection.execute(chosen)}


def _approvals(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    chosen = (
        select(_APPROVALS, _ASKERS.c.printed_name.label("asked_by"), _ACCOUNTS.c.printed_name.label("decided_by"))
        .join(_ASKERS, _ASKERS.c.id == _APPROVALS.c.asked_by_id)
        .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.decided_by_id)
        .where(_APPROVALS.c.study_id == study_id)
        .order_by(_APPROVALS.c.id)
    )
    for row in connection.execute(chosen).mappings():
        came = "" if row["granted"] is None else "approved" if row["granted"] else "refused"
        yield (
            *(words(row["kind"]), row["record"], row["asked_by"], moment(row["asked_at"]), row["decided_by"] or ""),
            *(moment(row["decided_at"]), came),
        )


def _versions(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    chosen = select(_VERSIONS).where(_VERSIONS.c.study_id == study_id).order_by(_VERSIONS.c.number)
    for row in connection.execute(chosen).mappings():
        yield (
            *("study", row["number"], words(row["status"]), moment(row["created_at"]), moment(row["approved_at"])),
            row["salted_digest"],
        )
    at_sites = (
        select(_SITE_VERSIONS, _SITES.c.number.label("site"))
        .join(_SITES, _SITES.c.id == _SITE_VERSIONS.c.site_id)
        .where(_SITE_VERSIONS.c.study_id == study_id)
        .order_by(_SITE_VERSIONS.c.id)
    )
    for row in connection.execute(at_sites).mappings():
        yield (f"site {row['site']}", row["version_number"], "Activated", "", moment(row["activated_at"]), "")


def _releases(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    """Each release of the software that wrote entries of the study; two may have run side by side."""
    chosen = (
        select(
            _ENTRIES.c.release,
            func.count().label("entries"),
            func.min(_ENTRIES.c.sequence).label("first"),
            func.max(_ENTRIES.c.sequence).label("last"),
            func.min(_ENTRIES.c.at).label("since"),
            func.max(_ENTRIES.c.at).label("until"),
        )
        .where(_ENTRIES.c.chain == study_chain(study_id))
        .group_by(_ENTRIES.c.release)
        .order_by(func.min(_ENTRIES.c.sequence))
    )
    for row in connection.execute(chosen):
        yield (row.release, row.entries, row.first, row.last, moment(row.since), moment(row.until))


def _anchors(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    chosen = select(_ENTRIES.c.at, _ENTRIES.c.new).where(
        _ENTRIES.c.chain == INSTALLATION, _ENTRIES.c.act == "heads_anchored"
    )
    for at, new in connection.execute(chosen.order_by(_ENTRIES.c.sequence)):
        yield (new["number"], moment(at), new["sha256"])


def _reviews(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    return _entries(connection, study_id, None, _ENTRIES.c.act.in_(("access_reviewed", "trail_reviewed")))


def _subjects(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    chosen = (
        select(_SUBJECTS, _SITES.c.number.label("site"), _RANDOMIZATIONS.c.number.label("randomization"))
        .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
        .outerjoin(
            _RANDOMIZATIONS, (_RANDOMIZATIONS.c.subject_id == _SUBJECTS.c.id) & (_RANDOMIZATIONS.c.stage == 1)
        )
        .where(_SUBJECTS.c.study_id == study_id, *_at(_SUBJECTS, sites))
        .order_by(_SITES.c.number, _SUBJECTS.c.number)
    )
    for row in connection.execute(chosen).mappings():
        yield (
            *(row["number"], row["site"], words(row["status"]), row["screened_on"], row["randomized_on"] or ""),
            *(row["randomization"] or "", moment(row["code_broken_at"])),
        )


def _dispensings(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    chosen = (
        select(
            *(_SUBJECTS.c.number.label("subject"), _SITES.c.number.label("site"), _VISITS.c.code),
            *(_VISITS.c.occurrence, _KITS.c.number.label("kit"), _GIVEN.c.status, _DISPENSINGS.c.assigned_at),
            *(_ACCOUNTS.c.printed_name, _DISPENSINGS.c.ended_at, _DISPENSINGS.c.reason),
        )
        .join_from(_GIVEN, _DISPENSINGS, _DISPENSINGS.c.id == _GIVEN.c.dispensing_id)
        .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
        .join(_SITES, _SITES.c.id == _DISPENSINGS.c.site_id)
        .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
        .join(_KITS, _KITS.c.id == _GIVEN.c.kit_id)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == _DISPENSINGS.c.assigned_by_id)
        .where(_DISPENSINGS.c.study_id == study_id, *_at(_DISPENSINGS, sites))
        .order_by(_SUBJECTS.c.number, _DISPENSINGS.c.id, _KITS.c.number)
    )
    for row in connection.execute(chosen).mappings():
        visit = row["code"] if not row["occurrence"] else f"{row['code']} ({row['occurrence']})"
        yield (
            *(row["subject"], row["site"], visit, row["kit"], words(row["status"]), moment(row["assigned_at"])),
            *(row["printed_name"], moment(row["ended_at"]), row["reason"] or ""),
        )


def _kits(connection: Connection, study_id: int, now: datetime, sites: Sites) -> Iterator[Row]:
    """Kits that lie at a site now; of those given to subjects the dispensings tell."""
    chosen = (
        select(_KITS, _SITES.c.number.label("site"), _LOTS.c.number.label("lot"))
        .join(_SITES, (_SITES.c.id == _KITS.c.place_id) & (_KITS.c.custody == "site"))
        .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
        .where(_KITS.c.study_id == study_id, *([] if sites is None else [_SITES.c.id.in_(sites)]))
        .order_by(_SITES.c.number, _KITS.c.number)
    )
    for row in connection.execute(chosen).mappings():
        yield (
            *(
                row["number"],
                row["site"],
                row["lot"],
                row["expiry"],
                words(row["quality"]),
                words(row["assignment"]),
            ),
            words(row["accountability"]),
        )


def _at(table: Table, sites: Sites) -> list[ColumnElement[bool]]:
    return [] if sites is None else [table.c.site_id.in_(sites)]


def _numbers(connection: Connection, study_id: int, sites: Sites) -> dict[int, str]:
    rows = connection.execute(select(_SITES.c.id, _SITES.c.number).where(_SITES.c.study_id == study_id))
    return {row.id: row.number for row in rows if sites is None or row.id in sites}


_P = Permission
_ENTRY_HEADS = ("Entry", "Time (UTC)", "Person", "What", "Record", "Reason", "Release")
REPORTS: dict[str, Report] = {
    "subjects": Report(
        *("Subjects", _P.VIEW_SUBJECTS),
        ("Subject", "Site", "Status", "Screened on", "Randomized on", "Randomization", "Code broken (UTC)"),
        *(_subjects, True),
    ),
    "dispensings": Report(
        *("Kits by subject and visit", _P.VIEW_SUBJECTS),
        ("Subject", "Site", "Visit", "Kit", "State", "Assigned (UTC)", "By", "Ended (UTC)", "Reason"),
        *(_dispensings, True),
    ),
    "kits": Report(
        *("Kits at sites", _P.VIEW_STOCK),
        ("Kit", "Site", "Lot", "Expiry", "Quality", "Assignment", "Accountability"),
        *(_kits, True),
    ),
    "deviations": Report(
        *("Protocol deviations", _P.VIEW_AUDIT),
        (
            *("Number", "Kind", "What happened", "Site", "Subject", "Time (UTC)", "Recorded by", "Kits"),
            *("Closed (UTC)", "Closed by", "Assessment"),
        ),
        *(_deviations, True),
    ),
    "unblinding-log": Report("Unblinding log", _P.VIEW_AUDIT, _ENTRY_HEADS, _unblindings, True),
    "access": Report(
        *("Every role ever held", _P.VIEW_ACCESS),
        (
            *("User name", "Name", "Role", "Where", "From (UTC)", "Until (UTC)", "Taken back (UTC)", "Given by"),
            "Reason",
        ),
        *(_access, True),
    ),
    "access-log": Report(
        *("Access log: who signed in, and tried to", _P.VIEW_ACCESS),
        ("Time (UTC)", "User name", "What for", "Succeeded", "From"),
        _sign_ins,
    ),
    "readings": Report("What was read and taken away", _P.VIEW_ACCESS, _ENTRY_HEADS, _readings),
    "refusals": Report("What was refused", _P.VIEW_ACCESS, _ENTRY_HEADS, _refusals),
    "incidents": Report("Incidents and serious breaches", _P.VIEW_INCIDENTS, INCIDENT_HEADS, _incidents),
    "signatures": Report(
        *("Signatures", _P.VIEW_AUDIT),
        ("Number", "Time (UTC)", "Name", "Role", "Meaning", "Kind of record", "Record", "Proved by"),
        *(_signatures, True),
    ),
    "approvals": Report(
        *("Steps of two people", _P.VIEW_ACCESS),
        ("Kind", "Record", "Asked by", "Asked (UTC)", "Decided by", "Decided (UTC)", "Outcome"),
        _approvals,
    ),
    "versions": Report(
        *("Versions of the study", _P.VIEW_ACCESS),
        ("Where", "Version", "Status", "Made (UTC)", "In force since (UTC)", "Salted hash"),
        _versions,
    ),
    "releases": Report(
        *("Releases of the software", _P.VIEW_ACCESS),
        ("Release", "Entries", "First entry", "Last entry", "First used (UTC)", "Last used (UTC)"),
        _releases,
    ),
    "reviews": Report("Reviews of access and history", _P.VIEW_ACCESS, _ENTRY_HEADS, _reviews),
    "anchors": Report("Anchors of the history", _P.VIEW_ACCESS, ("Number", "Time (UTC)", "SHA-256"), _anchors),
    "history": Report("The whole history", _P.VIEW_AUDIT, _ENTRY_HEADS, _history, True),
}
"""Every report by name, in the order of the page and of the pack."""


def sheet_of(connection: Connection, name: str, study_id: int, now: datetime, sites: Sites = None) -> Sheet:
    """The report of that name; KeyError where there is none."""
    report = REPORTS[name]
    rows = tuple(report.rows(connection, study_id, now, sites))
    return Sheet(name, report.title, report.heads, rows)
