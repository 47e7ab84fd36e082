"""The log of unblinding as blinded people may read it: that it happened, when, by whom, in which category.

Of the five paths three are told. No line holds a treatment; not even the unblinded log does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.code_break import NARRATIVE_WITHIN, review_due
from irt.blinding.roles import Permission
from irt.blinding.unblinding import Path
from irt.blinding.views import BlindedView
from irt.reads.blinded_planned_unblindings import planned_unblindings
from irt.states.outage import PackEvent, SealFate
from irt.states.table import words
from irt.supply.continuity import SealCount, count_seals
from irt.tables.columns import table_of
from irt.tables.outage import OutageEntry, OutagePack, OutagePackStep, OutageSeal, OutageSealFate
from irt.tables.people import Account
from irt.tables.study import Site
from irt.tables.subject import CodeBreak, Subject
from irt.tables.unblinding import AccidentalDecision, AccidentalUnblinding


@dataclass(frozen=True)
class LogLine(BlindedView):
    """One act or accident: `record` names it, `open` says what is still owed."""

    path: Path
    record: str
    at: datetime
    zone: str
    site: str
    subject: str
    person: str
    category: str
    said: str
    open: str


@dataclass(frozen=True)
class KnownSubject(BlindedView):
    """A person who knows, or may know, one subject's treatment: a flag for that subject, which expels nobody."""

    person: str
    subject: str
    site: str
    path: Path
    since: datetime


@dataclass(frozen=True)
class PackSeals(BlindedView):
    """The seals of one pack: handed out, and what became of each (L34)."""

    pack: str
    site: str
    closed: bool
    count: SealCount


_BREAKS, _SUBJECTS, _SITES, _ACCOUNTS = table_of(CodeBreak), table_of(Subject), table_of(Site), table_of(Account)
_ACCIDENTS, _DECISIONS = table_of(AccidentalUnblinding), table_of(AccidentalDecision)
_PACKS, _STEPS, _SEALS = table_of(OutagePack), table_of(OutagePackStep), table_of(OutageSeal)
_FATES, _ENTRIES = table_of(OutageSealFate), table_of(OutageEntry)
_BROKEN = (
    select(
        _BREAKS,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _SUBJECTS.c.site_id,
        _ACCOUNTS.c.printed_name,
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _BREAKS.c.subject_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _BREAKS.c.account_id)
    .where(_BREAKS.c.study_id == bindparam("study_id"))
    .order_by(_BREAKS.c.id)
)
_HAPPENED = (
    select(
        _ACCIDENTS,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.number.label("site"),
        _SITES.c.zone,
        _ACCOUNTS.c.printed_name,
        _DECISIONS.c.consequence,
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _ACCIDENTS.c.subject_id)
    .join(_SITES, _SITES.c.id == _ACCIDENTS.c.site_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ACCIDENTS.c.account_id)
    .outerjoin(_DECISIONS, _DECISIONS.c.unblinding_id == _ACCIDENTS.c.id)
    .where(_ACCIDENTS.c.study_id == bindparam("study_id"))
    .order_by(_ACCIDENTS.c.id)
)
_CLOSED = select(_STEPS.c.id).where(_STEPS.c.pack_id == _PACKS.c.id, _STEPS.c.event == PackEvent.CLOSE).exists()
_SEALED = (
    select(
        _PACKS.c.number.label("pack"),
        _PACKS.c.site_id,
        _SITES.c.number.label("site"),
        _SEALS.c.number,
        _FATES.c.fate,
        _CLOSED.label("closed"),
    )
    .join(_SITES, _SITES.c.id == _PACKS.c.site_id)
    .join(_SEALS, _SEALS.c.pack_id == _PACKS.c.id)
    .outerjoin(_FATES, _FATES.c.seal_id == _SEALS.c.id)
    .where(_PACKS.c.study_id == bindparam("study_id"))
    .order_by(_PACKS.c.id, _SEALS.c.number)
)


def blinded_log(connection: Connection, actor: Actor, study_id: int, now: datetime) -> tuple[LogLine, ...]:
    """Emergencies, plans and accidents, newest first; at a site those of the site."""
    lines = [*_emergencies(connection, actor, study_id, now), *_accidents(connection, actor, study_id)]
    if reads_all(actor, study_id):
        lines += _plans(connection, study_id)
    return tuple(sorted(lines, key=lambda line: (line.at, line.record), reverse=True))


def reads_all(actor: Actor, study_id: int) -> bool:
    """Whether the person reads the log of the whole study, not of single sites."""
    return any(
        grant.covers(Permission.VIEW_UNBLINDING, study_id, None) and grant.site_id is None for grant in actor.grants
    )


def known_subjects(connection: Connection, actor: Actor, study_id: int) -> tuple[KnownSubject, ...]:
    """Who knows or may know which subject's treatment, by code break or accident, oldest first."""
    found = [
        KnownSubject(row.printed_name, row.subject, row.site, Path.EMERGENCY, row.at)
        for row in connection.execute(_BROKEN, {"study_id": study_id})
        if _may(actor, study_id, row.site_id)
    ]
    found += [
        KnownSubject(row.learner, row.subject, row.site, Path.ACCIDENT, row.learned_at)
        for row in connection.execute(_HAPPENED, {"study_id": study_id})
        if _may(actor, study_id, row.site_id)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.person)))


def pack_seals(connection: Connection, actor: Actor, study_id: int) -> tuple[PackSeals, ...]:
    """Each pack's seals, counted; a pack without seals is not told."""
    packs: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in connection.execute(_SEALED, {"study_id": study_id}):
        if _may(actor, study_id, row.site_id):
            packs.setdefault(row.pack, []).append(row)
    return tuple(
        PackSeals(
            pack,
            rows[0].site,
            bool(rows[0].closed),
            count_seals([None if row.fate is None else SealFate(row.fate) for row in rows]),
        )
        for pack, rows in packs.items()
    )


def _may(actor: Actor, study_id: int, site_id: int) -> bool:
    return actor.grant_for(Permission.VIEW_UNBLINDING, study_id, site_id) is not None


def _emergencies(connection: Connection, actor: Actor, study_id: int, now: datetime) -> Iterator[LogLine]:
    for row in connection.execute(_BROKEN, {"study_id": study_id}).mappings():
        if not _may(actor, study_id, row["site_id"]):
            continue
        owed = []
        if row["narrative"] is None:
            owed.append("narrative overdue" if now > row["at"] + NARRATIVE_WITHIN else "narrative due")
        due = review_due(row["at"], row["second_factor"])
        if due is not None and row["reviewed_at"] is None:
            owed.append("review overdue" if now > due else "review due")
        yield LogLine(
            Path.EMERGENCY,
            f"B-{row['id']:04d}",
            row["at"],
            row["zone"],
            row["site"],
            row["subject"],
            row["printed_name"],
            words(row["reason_category"]),
            row["narrative"] or "",
            ", ".join(owed),
        )


def _accidents(connection: Connection, actor: Actor, study_id: int) -> Iterator[LogLine]:
    for row in connection.execute(_HAPPENED, {"study_id": study_id}).mappings():
        if _may(actor, study_id, row["site_id"]):
            consequence = words(row["consequence"]) if row["consequence"] else ""
            yield LogLine(
                Path.ACCIDENT,
                row["number"],
                row["learned_at"],
                row["zone"],
                row["site"],
                row["subject"],
                row["learner"],
                f"{words(row['how'])}: {words(row['told']).lower()}",
                row["words"] + (f" Consequence: {consequence.lower()}." if consequence else ""),
                "" if consequence else "consequence to be decided",
            )


def _plans(connection: Connection, study_id: int) -> Iterator[LogLine]:
    for plan in planned_unblindings(connection, study_id):
        yield LogLine(
            Path.PLANNED,
            plan.number,
            plan.decided_at or plan.at,
            "UTC",
            "",
            plan.scope,
            plan.person,
            f"{plan.purpose}, {plan.state}",
            f"{plan.reason} To: {'; '.join(plan.recipients)}. Stays blinded: {plan.stays_blinded}",
            "decision due" if plan.granted is None else "",
        )
