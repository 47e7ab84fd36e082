"""Controlled drugs of places where a person works: licences, registers by blinding group, open discrepancies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_sites import WorkSite, not_found, sites_reached, study_at
from irt.reads.blinded_supply import approved_version
from irt.reads.discrepancies import where_found
from irt.reads.licences import licence_on
from irt.states.kit import KitEvent
from irt.study.controlled import controlled_groups
from irt.supply.register import DISCREPANCIES, KitMove, RegisterLine, register_lines
from irt.tables.columns import table_of
from irt.tables.controlled import DiscrepancyReport, WitnessedKit
from irt.tables.kit import Kit, Movement
from irt.tables.people import Account
from irt.tables.record import Signature
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Study
from irt.tables.subject import Subject


@dataclass(frozen=True)
class ControlledGroup(BlindedView):
    """A blinding group that is a controlled drug at the place, and what its register says lies there."""

    code: str
    name: str
    schedule: str
    balance: int


@dataclass(frozen=True)
class ControlledPlace(BlindedView):
    """A site or depot with its licence; `code` as people call it, `kind` site or depot."""

    kind: str
    place_id: int
    code: str
    name: str
    study_id: int
    study: str
    zone: str
    licence: str
    valid_until: date | None
    licence_holds: bool
    groups: tuple[ControlledGroup, ...]

    @property
    def address(self) -> str:
        """Where its registers are."""
        return f"/controlled/{self.study_id}/{self.kind}/{self.code}"


@dataclass(frozen=True)
class OpenDiscrepancy(BlindedView):
    """A kit that was not where the record had it, until when that is to be reported, and the report if any."""

    movement_id: int
    study_id: int
    kit: str
    product: str
    event: KitEvent
    place: str
    found_at: datetime
    due_at: datetime
    late: bool
    reported_at: datetime | None
    happened: str
    told_to: str


@dataclass(frozen=True)
class Register(BlindedView):
    """One group's register at one place."""

    place: ControlledPlace
    group: ControlledGroup
    lines: tuple[RegisterLine, ...]


_KITS, _MOVES, _SHIPMENTS, _SUBJECTS = table_of(Kit), table_of(Movement), table_of(Shipment), table_of(Subject)
_ACCOUNTS, _SIGNATURES, _DEPOTS, _STUDIES = (
    table_of(Account),
    table_of(Signature),
    table_of(Depot),
    table_of(Study),
)
_SEEN, _REPORTS = table_of(WitnessedKit), table_of(DiscrepancyReport)
_LEDGER = (
    select(
        _MOVES.c.id,
        _MOVES.c.kit_id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _MOVES.c.event,
        _MOVES.c.custody,
        _MOVES.c.place_id,
        _MOVES.c.recorded_at,
        _MOVES.c.reason,
        _SHIPMENTS.c.number.label("shipment"),
        _SUBJECTS.c.number.label("subject"),
        _ACCOUNTS.c.printed_name.label("person"),
        _SIGNATURES.c.printed_name.label("witness"),
    )
    .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _MOVES.c.shipment_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _MOVES.c.subject_id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _MOVES.c.account_id)
    .outerjoin(_SEEN, and_(_SEEN.c.kit_id == _MOVES.c.kit_id, _SEEN.c.at == _MOVES.c.recorded_at))
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _SEEN.c.signature_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.blinding_group == bindparam("group"))
    .order_by(_MOVES.c.id)
)
_THERE = (
    select(_KITS.c.blinding_group, func.count())
    .where(
        _KITS.c.study_id == bindparam("study_id"),
        _KITS.c.custody == bindparam("custody"),
        _KITS.c.place_id == bindparam("place_id"),
    )
    .group_by(_KITS.c.blinding_group)
)
_GROUPS_OF = select(_KITS.c.blinding_group).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_AT_DEPOTS = (
    select(
        _DEPOTS.c.id,
        _DEPOTS.c.code,
        _DEPOTS.c.name,
        _DEPOTS.c.country,
        _DEPOTS.c.zone,
        _DEPOTS.c.study_id,
        _STUDIES.c.name.label("study"),
    )
    .join(_STUDIES, _STUDIES.c.id == _DEPOTS.c.study_id)
    .order_by(_DEPOTS.c.study_id, _DEPOTS.c.code)
)
_FOUND = (
    select(
        _MOVES.c.id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _MOVES.c.event,
        _MOVES.c.recorded_at,
        _REPORTS.c.at.label("reported_at"),
        _REPORTS.c.happened,
        _REPORTS.c.told_to,
    )
    .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
    .outerjoin(_REPORTS, _REPORTS.c.movement_id == _MOVES.c.id)
    .where(
        _MOVES.c.study_id == bindparam("study_id"),
        _MOVES.c.event.in_(DISCREPANCIES),
        _KITS.c.blinding_group.in_(bindparam("groups", expanding=True)),
    )
    .order_by(_MOVES.c.id.desc())
)


def keep_controlled(connection: Connection, sites: Iterable[WorkSite]) -> bool:
    """Whether a study has controlled drugs at any of the sites."""
    asked = {(site.study_id, site.version, site.country) for site in sites}
    return any(
        country in group.schedules
        for study_id, version, country in sorted(asked)
        for group in study_at(connection, study_id, version).blinding_groups
    )


def controlled_places(connection: Connection, actor: Actor, today: date) -> tuple[ControlledPlace, ...]:
    """Sites and depots of the person where a study has controlled drugs."""
    found: list[ControlledPlace] = []
    for site in sites_reached(connection, actor, Permission.VIEW_STOCK):
        facts = ("site", site.site_id, site.site, site.name, site.study_id, site.study, site.zone)
        found += _place(connection, facts, site.country, site.version, today)
    grants = [g for g in actor.grants if g.covers(Permission.FULFIL_SHIPMENT, g.study_id, None)]
    for row in connection.execute(_AT_DEPOTS) if grants else ():
        if any(g.study_id in (None, row.study_id) and g.depot_id in (None, row.id) for g in grants):
            depot = ("depot", row.id, row.code, row.name, row.study_id, row.study, row.zone)
            found += _place(connection, depot, row.country, _version(connection, row.study_id), today)
    return tuple(found)


def _version(connection: Connection, study_id: int) -> int:
    try:
        return approved_version(connection, study_id)
    except NotFound:
        return 0


def _place(
    connection: Connection,
    facts: tuple[str, int, str, str, int, str, str],
    country: str,
    version: int,
    today: date,
) -> Iterator[ControlledPlace]:
    kind, place_id, _, _, study_id, _, _ = facts
    if not version:
        return
    groups = {group.code: group for group in study_at(connection, study_id, version).blinding_groups}
    codes = controlled_groups({code: group.schedules for code, group in groups.items()}, [country])
    if not codes:
        return
    asked = {"study_id": study_id, "custody": kind, "place_id": place_id}
    there = {row[0]: row[1] for row in connection.execute(_THERE, asked)}
    at_depot = kind == "depot"
    licence = connection.execute(
        licence_on(place_id if at_depot else None, None if at_depot else place_id, today)
    ).first()
    yield ControlledPlace(
        *facts,
        licence=licence.number if licence else "",
        valid_until=licence.valid_until if licence else None,
        licence_holds=licence is not None and licence.valid_until >= today,
        groups=tuple(
            ControlledGroup(code, groups[code].name, groups[code].schedules[country], there.get(code, 0))
            for code in sorted(codes)
        ),
    )


def register_of(
    connection: Connection, actor: Actor, study_id: int, kind: str, code: str, group: str, today: date
) -> Register:
    """One group's register at one of the person's places; NotFound for any other."""
    for place in controlled_places(connection, actor, today):
        if (place.study_id, place.kind, place.code) == (study_id, kind, code):
            for one in place.groups:
                if one.code == group:
                    lines = register_lines((kind, place.place_id), _moves(connection, study_id, group))
                    return Register(place, one, tuple(lines))
    raise not_found("register")


def _moves(connection: Connection, study_id: int, group: str) -> Iterator[KitMove]:
    """Every movement of the group's kits; a kit begins at the depot where it was loaded."""
    asked = {"study_id": study_id, "group": group}
    rows = connection.execute(_LEDGER, asked).all()
    before: dict[int, tuple[str, int | None]] = {}
    for row in rows:
        after = (str(row.custody), row.place_id)
        yield KitMove(
            row.number,
            KitEvent(row.event),
            row.recorded_at,
            before.get(row.kit_id),
            after,
            row.shipment or "",
            row.subject or "",
            row.person or "",
            row.witness or "",
            row.reason or "",
        )
        before[row.kit_id] = after


def discrepancies_of(
    connection: Connection, places: Sequence[ControlledPlace], now: datetime
) -> tuple[OpenDiscrepancy, ...]:
    """Kits that were not where the record of these places had them, newest first, reported or not."""
    found: list[OpenDiscrepancy] = []
    for study_id in sorted({place.study_id for place in places}):
        here: dict[tuple[str, int | None], ControlledPlace] = {
            (p.kind, p.place_id): p for p in places if p.study_id == study_id
        }
        study = study_at(connection, study_id, _version(connection, study_id))
        names = {group.code: group.name for group in study.blinding_groups}
        groups = sorted({group.code for place in here.values() for group in place.groups})
        for row in connection.execute(_FOUND, {"study_id": study_id, "groups": groups}):
            place = here.get(where_found(connection, row.id))
            if place is not None:
                due_at = row.recorded_at + timedelta(hours=study.controlled.report_hours)
                found.append(_discrepancy(study_id, names, row, place, due_at, now))
    return tuple(found)


def _discrepancy(
    study_id: int, names: dict[str, str], row: Any, place: ControlledPlace, due_at: datetime, now: datetime
) -> OpenDiscrepancy:
    return OpenDiscrepancy(
        movement_id=row.id,
        study_id=study_id,
        kit=row.number,
        product=names.get(row.blinding_group, row.blinding_group),
        event=KitEvent(row.event),
        place=f"{place.kind} {place.code}",
        found_at=row.recorded_at,
        due_at=due_at,
        late=(row.reported_at or now) > due_at,
        reported_at=row.reported_at,
        happened=row.happened or "",
        told_to=row.told_to or "",
    )


def names_controlled(connection: Connection, study_id: int, numbers: Iterable[str]) -> bool:
    """Whether any of these kits is a controlled drug in any country of the study."""
    study = study_at(connection, study_id, _version(connection, study_id))
    groups = {group.code for group in study.blinding_groups if group.schedules}
    if not groups:
        return False
    asked = {"study_id": study_id, "numbers": sorted(numbers)}
    return not groups.isdisjoint(connection.execute(_GROUPS_OF, asked).scalars())
