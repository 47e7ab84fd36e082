"""Preparations as blinded people see them: the label on the syringe, and how long it may still be given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, not_found, study_at
from irt.study.schedule import visit_name
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.people import Account
from irt.tables.preparation import Preparation, PreparationEnd, PreparedKit
from irt.tables.subject import Subject

SHOWN_MAX = 100


@dataclass(frozen=True)
class PreparedKitLine(BlindedView):
    """One kit of a preparation."""

    number: str
    used: str
    wasted: str
    unit: str


@dataclass(frozen=True)
class PreparationLine(BlindedView):
    """One preparation; `state` is ready, past, handed_over, discarded or corrected."""

    number: str
    study_id: int
    site: str
    subject: str
    visit: str
    dispensing_id: int
    thaw_started_at: datetime | None
    thaw_ended_at: datetime | None
    prepared_at: datetime
    use_before: datetime
    minutes_left: int
    state: str
    person: str
    corrects: str
    reason: str
    kits: tuple[PreparedKitLine, ...]
    zone: str
    storage: str

    @property
    def left_words(self) -> str:
        """How long it may still be given, as '3 h 20 min'."""
        return f"{self.minutes_left // 60} h {self.minutes_left % 60:02d} min" if self.minutes_left > 0 else "over"

    @property
    def address(self) -> str:
        """The page of the visit's kits."""
        return f"/studies/{self.study_id}/subjects/{self.subject}/dispense/{self.dispensing_id}"


_P, _ENDS, _VIALS = table_of(Preparation), table_of(PreparationEnd), table_of(PreparedKit)
_SUBJECTS, _ACCOUNTS, _KITS = table_of(Subject), table_of(Account), table_of(Kit)
_AFTER, _BEFORE = _P.alias("correction"), _P.alias("corrected")
_LINES = (
    select(
        _P,
        _SUBJECTS.c.number.label("subject"),
        _ACCOUNTS.c.printed_name.label("person"),
        _ENDS.c.fate,
        _AFTER.c.id.label("corrected_by"),
        _BEFORE.c.number.label("corrects"),
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _P.c.subject_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _P.c.account_id)
    .outerjoin(_ENDS, _ENDS.c.preparation_id == _P.c.id)
    .outerjoin(_AFTER, _AFTER.c.corrects_id == _P.c.id)
    .outerjoin(_BEFORE, _BEFORE.c.id == _P.c.corrects_id)
    .order_by(_P.c.id.desc())
)
_AT_SITES = _LINES.where(_P.c.site_id.in_(bindparam("sites", expanding=True))).limit(SHOWN_MAX)
_OF_DISPENSING = _LINES.where(_P.c.dispensing_id == bindparam("dispensing_id"))
_OF_KITS = (
    select(_VIALS.c.preparation_id, _KITS.c.number, _KITS.c.blinding_group, _VIALS.c.used, _VIALS.c.wasted)
    .join(_KITS, _KITS.c.id == _VIALS.c.kit_id)
    .where(_VIALS.c.preparation_id.in_(bindparam("ids", expanding=True)))
    .order_by(_KITS.c.number)
)


def preparations_at(
    connection: Connection, sites: Sequence[WorkSite], now: datetime
) -> tuple[PreparationLine, ...]:
    """The latest preparations at these sites, newest first."""
    by_id = {site.site_id: site for site in sites}
    return _lines(connection, _AT_SITES, {"sites": sorted(by_id)}, by_id, now) if by_id else ()


def preparations_of(
    connection: Connection, site: WorkSite, dispensing_id: int, now: datetime
) -> tuple[PreparationLine, ...]:
    """Those of one visit's kits, newest first."""
    return _lines(connection, _OF_DISPENSING, {"dispensing_id": dispensing_id}, {site.site_id: site}, now)


def preparation_at(
    connection: Connection, sites: Sequence[WorkSite], study_id: int, number: str, now: datetime
) -> PreparationLine:
    """One preparation at one of these sites; NotFound for any other."""
    by_id = {site.site_id: site for site in sites if site.study_id == study_id}
    asked = _LINES.where(_P.c.study_id == study_id, _P.c.number == number)
    for line in _lines(connection, asked, {}, by_id, now):
        return line
    raise not_found("preparation")


def keep_preparations(connection: Connection, sites: Sequence[WorkSite]) -> bool:
    """Whether a study at any of the sites prepares kits."""
    asked = {(site.study_id, site.version) for site in sites}
    return any(
        group.preparation is not None
        for study_id, version in sorted(asked)
        for group in study_at(connection, study_id, version).blinding_groups
    )


def _lines(
    connection: Connection, statement: Select[Any], asked: dict[str, Any], sites: dict[int, WorkSite], now: datetime
) -> tuple[PreparationLine, ...]:
    rows = [row for row in connection.execute(statement, asked) if row.site_id in sites]
    vials: dict[int, list[Any]] = {row.id: [] for row in rows}
    for vial in connection.execute(_OF_KITS, {"ids": sorted(vials)}) if vials else ():
        vials[vial.preparation_id].append(vial)
    return tuple(_line(connection, row, vials[row.id], sites[row.site_id], now) for row in rows)


def _line(connection: Connection, row: Any, vials: list[Any], site: WorkSite, now: datetime) -> PreparationLine:
    study = study_at(connection, site.study_id, site.version)
    groups = {group.code: group for group in study.blinding_groups}
    left = int((row.use_before - now).total_seconds() // 60)
    kits = [(vial, groups[vial.blinding_group]) for vial in vials]
    return PreparationLine(
        number=row.number,
        study_id=row.study_id,
        site=site.site,
        subject=row.subject,
        visit=visit_name(study, row.visit_code, row.occurrence),
        dispensing_id=row.dispensing_id,
        thaw_started_at=row.thaw_started_at,
        thaw_ended_at=row.thaw_ended_at,
        prepared_at=row.prepared_at,
        use_before=row.use_before,
        minutes_left=left,
        state=row.fate or ("corrected" if row.corrected_by else "ready" if left > 0 else "past"),
        person=row.person,
        corrects=row.corrects or "",
        reason=row.reason,
        kits=tuple(
            PreparedKitLine(v.number, v.used, v.wasted, g.preparation.unit if g.preparation else "")
            for v, g in kits
        ),
        zone=site.zone,
        storage=", ".join(sorted({group.handling for _, group in kits if group.handling})),
    )
