"""Packs for an outage as everybody at the site may see them: what is set apart, sealed, typed, and left open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.messages.outage_pack import PackPaper
from irt.reads.blinded_network import delivery_lines
from irt.reads.blinded_sites import WorkSite, allowed, not_found, sites_reached, study_at
from irt.states.kit import Assignment, Custody, Quality
from irt.states.outage import PACK, EntryKind, PackEvent, PackStatus, SealFate
from irt.states.records import KitCheck, Mode
from irt.states.table import next_status
from irt.study.schedule import visit_name
from irt.supply.continuity import Found, PackKit, PackSeal, Reconciliation, find_kit, reconcile_pack
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit
from irt.tables.outage import (
    OutageCheck,
    OutageEntry,
    OutageKit,
    OutagePack,
    OutagePackStep,
    OutageSeal,
    OutageSealFate,
)
from irt.tables.people import Account
from irt.tables.study import Study
from irt.tables.subject import Subject


@dataclass(frozen=True)
class PackLine(BlindedView):
    """One pack in the list."""

    number: str
    study_id: int
    study: str
    site: str
    status: PackStatus
    issued_at: datetime
    valid_until: date
    waiting: int
    overdue: bool


@dataclass(frozen=True)
class ApartKit(BlindedView):
    """A kit of a pack, and where it is now."""

    subject: str
    visit: str
    expected_on: date
    number: str
    lot: str
    expiry: date
    storage_place: str
    found: Found


@dataclass(frozen=True)
class SealLine(BlindedView):
    """A numbered seal; nothing of what is under it."""

    number: int
    subject: str
    fate: SealFate | None
    reason: str | None
    code_break: bool


@dataclass(frozen=True)
class EntryLine(BlindedView):
    """What was typed from paper, with both its times, and the second person's word once there is one."""

    number: int
    kind: EntryKind
    record: str
    says: str
    outage_from: datetime
    happened_at: datetime
    entered_at: datetime
    entered_by: str
    account_id: int
    checked_by: str | None
    as_on_paper: bool | None
    reason: str | None
    booked: tuple[tuple[str, str], ...]
    deviations: tuple[str, ...]
    kits: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackView(BlindedView):
    """A whole pack."""

    number: str
    study_id: int
    study: str
    protocol: str
    site_id: int
    site: str
    site_name: str
    zone: str
    status: PackStatus
    issued_at: datetime
    issued_by: str
    valid_until: date
    replaces: str | None
    ended: tuple[tuple[str, datetime, str, str], ...]
    help_phone: str
    site_lines: tuple[str, ...]
    kits: tuple[ApartKit, ...]
    seals: tuple[SealLine, ...]
    entries: tuple[EntryLine, ...]
    visits: tuple[tuple[str, str], ...]
    reconciled: Reconciliation


_PACKS, _STEPS, _SEALS, _FATES = (
    table_of(OutagePack),
    table_of(OutagePackStep),
    table_of(OutageSeal),
    table_of(OutageSealFate),
)
_APART, _ENTRIES, _CHECKS = table_of(OutageKit), table_of(OutageEntry), table_of(OutageCheck)
_KITS, _LOTS, _LINES, _DISPENSINGS = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(DispensedKit),
    table_of(Dispensing),
)
_SUBJECTS, _ACCOUNTS = table_of(Subject), table_of(Account)
_CHECKERS = _ACCOUNTS.alias("checker")
_EARLIER = _PACKS.alias("earlier")
_WAITING = (
    select(func.count())
    .select_from(_ENTRIES.outerjoin(_CHECKS, _CHECKS.c.entry_id == _ENTRIES.c.id))
    .where(_ENTRIES.c.pack_id == _PACKS.c.id, _CHECKS.c.id.is_(None))
    .correlate(_PACKS)
    .scalar_subquery()
)
_LIST = (
    select(_PACKS, _WAITING.label("waiting"))
    .where(_PACKS.c.site_id.in_(bindparam("sites", expanding=True)))
    .order_by(_PACKS.c.id.desc())
    .limit(200)
)
_EVENTS = (
    select(_STEPS.c.pack_id, _STEPS.c.event, _STEPS.c.at, _STEPS.c.reason, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.pack_id.in_(bindparam("packs", expanding=True)))
    .order_by(_STEPS.c.id)
)
_ONE = (
    select(_PACKS, _ACCOUNTS.c.printed_name, _EARLIER.c.number.label("replaces"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PACKS.c.account_id)
    .outerjoin(_EARLIER, _EARLIER.c.id == _PACKS.c.replaces_id)
    .where(_PACKS.c.study_id == bindparam("study_id"), _PACKS.c.number == bindparam("number"))
)
_MINE = (
    select(_LINES.c.id)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _LINES.c.dispensing_id)
    .where(
        _LINES.c.kit_id == _APART.c.kit_id,
        _DISPENSINGS.c.subject_id == _APART.c.subject_id,
        _LINES.c.status.in_((KitCheck.WAITING, KitCheck.CHECKED, KitCheck.HANDED_OVER)),
    )
    .correlate(_APART)
    .exists()
)
_KITS_OF = (
    select(
        _APART.c.visit_code,
        _APART.c.occurrence,
        _APART.c.expected_on,
        _SUBJECTS.c.number.label("subject"),
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.storage_place,
        _KITS.c.custody,
        _KITS.c.quality,
        _KITS.c.assignment,
        _LOTS.c.number.label("lot"),
        _MINE.label("of_subject"),
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _APART.c.subject_id)
    .join(_KITS, _KITS.c.id == _APART.c.kit_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_APART.c.pack_id == bindparam("pack_id"))
    .order_by(_SUBJECTS.c.number, _APART.c.expected_on, _KITS.c.number)
)
_SEALS_OF = (
    select(_SEALS.c.number, _SUBJECTS.c.number.label("subject"), _FATES.c.fate, _FATES.c.reason)
    .join(_SUBJECTS, _SUBJECTS.c.id == _SEALS.c.subject_id)
    .outerjoin(_FATES, _FATES.c.seal_id == _SEALS.c.id)
    .where(_SEALS.c.pack_id == bindparam("pack_id"))
    .order_by(_SEALS.c.number)
)
_ENTRIES_OF = (
    select(
        _ENTRIES,
        _ACCOUNTS.c.printed_name,
        _CHECKERS.c.printed_name.label("checked_by"),
        _CHECKS.c.as_on_paper,
        _CHECKS.c.reason,
        _CHECKS.c.outcome,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ENTRIES.c.account_id)
    .outerjoin(_CHECKS, _CHECKS.c.entry_id == _ENTRIES.c.id)
    .outerjoin(_CHECKERS, _CHECKERS.c.id == _CHECKS.c.account_id)
    .where(_ENTRIES.c.pack_id == bindparam("pack_id"))
    .order_by(_ENTRIES.c.number)
)
_STUDIES = table_of(Study)
_MODE = select(_STUDIES.c.mode).where(_STUDIES.c.id == bindparam("study_id"))
_BARRED = (Quality.QUARANTINED, Quality.REJECTED, Quality.RECALLED, Quality.DAMAGED)


def packs_at(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> tuple[PackLine, ...]:
    """The packs of these sites, the newest first, at most 200."""
    known = {site.site_id: site for site in sites}
    rows = connection.execute(_LIST, {"sites": sorted(known)}).mappings().all()
    events = _events(connection, [row["id"] for row in rows])
    lines = []
    for row in rows:
        site, status = known[row["site_id"]], _status(events.get(row["id"], ()))
        over = status != PackStatus.CLOSED and row["valid_until"] < site.today(now)
        where = (site.study_id, site.study, site.site)
        lines.append(PackLine(row["number"], *where, status, row["at"], row["valid_until"], row["waiting"], over))
    return tuple(lines)


def pack_named(connection: Connection, actor: Actor, study_id: int, number: str) -> PackView:
    """One pack with all that became of it; NotFound where the person does not work at its site."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    reached = {site.site_id: site for site in sites_reached(connection, actor, Permission.VIEW_SUBJECTS)}
    if (
        row is None
        or row["site_id"] not in reached
        or not allowed(actor, Permission.VIEW_SUBJECTS, reached[row["site_id"]])
    ):
        raise not_found("pack")
    site = reached[row["site_id"]]
    study = study_at(connection, study_id, row["version_number"])
    steps = _events(connection, [row["id"]]).get(row["id"], ())
    status, entries = _status(steps), _entries(connection, row["id"])
    kits, facts = _kits(connection, row["id"], site, entries)
    seals = _seals(connection, row["id"], entries)
    return PackView(
        number=number,
        study_id=study_id,
        study=site.study,
        protocol=site.protocol,
        site_id=site.site_id,
        site=site.site,
        site_name=site.name,
        zone=site.zone,
        status=status,
        issued_at=row["at"],
        issued_by=row["printed_name"],
        valid_until=row["valid_until"],
        replaces=row["replaces"],
        ended=tuple((step["event"], step["at"], step["reason"], step["printed_name"]) for step in steps),
        help_phone=study.identity.help_phone,
        site_lines=delivery_lines(connection, site.site_id, site.day_of(row["at"])),
        kits=kits,
        seals=seals,
        entries=entries,
        visits=tuple((visit.code, visit.name) for visit in study.visits if visit.dispenses),
        reconciled=_reconciled(facts, seals, entries, closed=status == PackStatus.CLOSED),
    )


def _events(connection: Connection, packs: Sequence[int]) -> Mapping[int, Sequence[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for row in connection.execute(_EVENTS, {"packs": list(packs)}).mappings():
        found.setdefault(row["pack_id"], []).append(row)
    return found


def _status(steps: Iterable[RowMapping]) -> PackStatus:
    status = PackStatus.ISSUED
    for step in steps:
        status = next_status(PACK, status, PackEvent(step["event"]))
    return status


def _kits(
    connection: Connection, pack_id: int, site: WorkSite, entries: Sequence[EntryLine]
) -> tuple[tuple[ApartKit, ...], tuple[PackKit, ...]]:
    """The kits as they are shown, and the facts they are reconciled by."""
    study = study_at(connection, site.study_id, site.version)
    on_paper = {number for entry in entries for number, how in entry.booked if how == "as_assigned"}
    shown, facts = [], []
    for row in connection.execute(_KITS_OF, {"pack_id": pack_id}).mappings():
        fact = PackKit(
            row["number"],
            Custody(row["custody"]),
            Assignment(row["assignment"]),
            barred=row["quality"] in _BARRED,
            on_paper=row["number"] in on_paper,
            of_subject=row["of_subject"],
        )
        facts.append(fact)
        visit = visit_name(study, row["visit_code"], row["occurrence"])
        label = (row["number"], row["lot"], row["expiry"], row["storage_place"])
        shown.append(ApartKit(row["subject"], visit, row["expected_on"], *label, find_kit(fact)))
    return tuple(shown), tuple(facts)


def _seals(connection: Connection, pack_id: int, entries: Sequence[EntryLine]) -> tuple[SealLine, ...]:
    broken = {
        entry.says.partition(",")[0]
        for entry in entries
        if entry.kind == EntryKind.CODE_BREAK and entry.as_on_paper
    }
    return tuple(
        SealLine(
            row["number"],
            row["subject"],
            None if row["fate"] is None else SealFate(row["fate"]),
            row["reason"],
            f"Seal {row['number']}" in broken,
        )
        for row in connection.execute(_SEALS_OF, {"pack_id": pack_id}).mappings()
    )


def _entries(connection: Connection, pack_id: int) -> tuple[EntryLine, ...]:
    return tuple(map(_entry, connection.execute(_ENTRIES_OF, {"pack_id": pack_id}).mappings()))


def _entry(row: RowMapping) -> EntryLine:
    outcome: Mapping[str, Any] = row["outcome"] or {}
    return EntryLine(
        number=row["number"],
        kind=EntryKind(row["kind"]),
        record=row["record"],
        says=_says(row["kind"], row["content"]),
        outage_from=row["outage_from"],
        happened_at=row["happened_at"],
        entered_at=row["at"],
        entered_by=row["printed_name"],
        account_id=row["account_id"],
        checked_by=row["checked_by"],
        as_on_paper=row["as_on_paper"],
        reason=row["reason"],
        booked=tuple(sorted(outcome.get("booked", {}).items())),
        deviations=tuple(outcome.get("deviations", ())),
        kits=tuple(n for part in ("kits", "received", "damaged", "missing") for n in row["content"].get(part, ())),
    )


def _says(kind: str, content: Mapping[str, Any]) -> str:
    """What the paper says, in a line."""
    if kind == EntryKind.CODE_BREAK:
        why = str(content["reason_category"]).replace("_", " ")
        return f"Seal {content['seal']}, {why}, opened by {content['opened_by']}"
    if kind == EntryKind.RECEIPT:
        parts = [
            f"{part} {', '.join(content[part])}" for part in ("received", "damaged", "missing") if content[part]
        ]
        return f"{'; '.join(parts)}; temperature: {str(content['temperature']).replace('_', ' ')}"
    return f"Visit {content['visit']}: kits {', '.join(content['kits'])}"


def _reconciled(
    kits: Sequence[PackKit], seals: Sequence[SealLine], entries: Sequence[EntryLine], *, closed: bool
) -> Reconciliation:
    waiting = [entry.number for entry in entries if entry.as_on_paper is None]
    conflicts = [
        f"Kit {number} of entry {entry.number} could not be booked; see deviation {', '.join(entry.deviations)}."
        for entry in entries
        for number, how in entry.booked
        if how == "conflict"
    ]
    counted = [PackSeal(seal.number, seal.fate, seal.code_break) for seal in seals]
    return reconcile_pack(kits, counted, waiting, conflicts, closed=closed)


def paper_of(connection: Connection, actor: Actor, study_id: int, number: str) -> PackPaper:
    """What the pack's paper says."""
    pack = pack_named(connection, actor, study_id, number)
    mode = connection.execute(_MODE, {"study_id": study_id}).scalar_one()
    return PackPaper(
        number=pack.number,
        study=f"{pack.protocol}, {pack.study}",
        site=f"{pack.site} {pack.site_name}",
        mark="" if mode == Mode.PRODUCTION else f"{mode.upper()}, not for patients",
        issued_at=pack.issued_at,
        issued_by=pack.issued_by,
        valid_until=pack.valid_until,
        replaces=pack.replaces or "",
        phones=(
            ("Help line of the study", pack.help_phone),
            *((f"Site {pack.site}", line) for line in pack.site_lines),
        ),
        kits=tuple(map(_printed, pack.kits)),
        seals=tuple((str(seal.number), seal.subject) for seal in pack.seals),
    )


def _printed(kit: ApartKit) -> tuple[str, ...]:
    days = (f"{kit.expected_on:%d %b %Y}", f"{kit.expiry:%d %b %Y}")
    return (kit.subject, kit.visit, days[0], kit.number, kit.lot, days[1], kit.storage_place)
