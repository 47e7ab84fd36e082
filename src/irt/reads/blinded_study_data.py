"""Study data as blinded people may take it away: subjects, draws without arms, kits without what is in them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from irt.errors import NotFound
from irt.exports.facts import (
    BreakFact,
    DeviationFact,
    DrawFact,
    EventFact,
    GivenFact,
    ParcelFact,
    StudyData,
    StudyFact,
    SubjectFact,
)
from irt.states.records import KitCheck, KitFate
from irt.study.public_part import study_in
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit, KitReturn
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site, Sponsor, Study, StudyEnd, StudyVersion
from irt.tables.subject import (
    Annotation,
    CodeBreak,
    Deviation,
    Randomization,
    Subject,
    SubjectEvent,
    Visit,
)

_STUDIES, _SPONSORS, _VERSIONS, _ENDS = (
    table_of(Study),
    table_of(Sponsor),
    table_of(StudyVersion),
    table_of(StudyEnd),
)
_SUBJECTS, _SITES, _EVENTS, _DRAWS, _NOTES = (
    table_of(Subject),
    table_of(Site),
    table_of(SubjectEvent),
    table_of(Randomization),
    table_of(Annotation),
)
_DISPENSINGS, _GIVEN, _KITS, _LOTS, _VISITS, _RETURNS = (
    table_of(Dispensing),
    table_of(DispensedKit),
    table_of(Kit),
    table_of(BlindedLot),
    table_of(Visit),
    table_of(KitReturn),
)
_DEVIATIONS, _BREAKS, _SHIPMENTS, _SENT = (
    table_of(Deviation),
    table_of(CodeBreak),
    table_of(Shipment),
    table_of(ShipmentKit),
)
_ID: BindParameter[int] = bindparam("study_id")
_REPLACED = _DRAWS.alias("replaced")
_STUDY = (
    select(_STUDIES, _SPONSORS.c.name.label("sponsor"))
    .join(_SPONSORS, _SPONSORS.c.id == _STUDIES.c.sponsor_id)
    .where(_STUDIES.c.id == _ID)
)
_VERSION = (
    select(_VERSIONS.c.public_part)
    .where(_VERSIONS.c.study_id == _ID, _VERSIONS.c.approved_at.is_not(None))
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)
_LOCKED = select(_ENDS.c.id).where(_ENDS.c.study_id == _ID, _ENDS.c.kind == "locked")
_PEOPLE = (
    select(
        _SUBJECTS.c.number,
        _SUBJECTS.c.status,
        _SUBJECTS.c.screened_on,
        _SITES.c.number.label("site"),
        _SITES.c.name.label("site_name"),
        _SITES.c.country,
        _SITES.c.zone,
    )
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .where(_SUBJECTS.c.study_id == _ID)
    .order_by(_SUBJECTS.c.number)
)
_HAPPENED = (
    select(_SUBJECTS.c.number.label("subject"), _EVENTS.c.kind, _EVENTS.c.on_day, _EVENTS.c.at, _EVENTS.c.reason)
    .join(_SUBJECTS, _SUBJECTS.c.id == _EVENTS.c.subject_id)
    .where(_EVENTS.c.study_id == _ID)
    .order_by(_SUBJECTS.c.number, _EVENTS.c.id)
)
_DRAWN = (
    select(_DRAWS, _SUBJECTS.c.number.label("subject"), _REPLACED.c.number.label("replaces"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _DRAWS.c.subject_id)
    .join(_REPLACED, _REPLACED.c.id == _DRAWS.c.replaces_id, isouter=True)
    .where(_DRAWS.c.study_id == _ID)
    .order_by(_SUBJECTS.c.number, _DRAWS.c.stage)
)
_REMARKS = select(_NOTES.c.randomization_id, _NOTES.c.kind).where(_NOTES.c.study_id == _ID).order_by(_NOTES.c.id)
_HANDED = (KitCheck.HANDED_OVER, KitCheck.MISALLOCATED)
_HANDED_OVER = (
    select(
        _SUBJECTS.c.number.label("subject"),
        _VISITS.c.code.label("visit"),
        _VISITS.c.occurrence,
        _KITS.c.id.label("kit_id"),
        _KITS.c.number.label("kit"),
        _KITS.c.expiry,
        _KITS.c.blinding_group.label("group"),
        _LOTS.c.number.label("lot"),
        func.coalesce(_DISPENSINGS.c.ended_at, _DISPENSINGS.c.assigned_at).label("at"),
        _GIVEN.c.status,
    )
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _GIVEN.c.dispensing_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .join(_KITS, _KITS.c.id == _GIVEN.c.kit_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_GIVEN.c.study_id == _ID, _GIVEN.c.status.in_(_HANDED))
    .order_by(_SUBJECTS.c.number, _DISPENSINGS.c.id, _KITS.c.number)
)
_CAME_BACK = select(_RETURNS).where(_RETURNS.c.study_id == _ID).order_by(_RETURNS.c.id)
_DEPARTED = (
    select(_DEVIATIONS, _SUBJECTS.c.number.label("subject"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _DEVIATIONS.c.subject_id)
    .where(_DEVIATIONS.c.study_id == _ID)
    .order_by(_SUBJECTS.c.number, _DEVIATIONS.c.number)
)
_BROKEN = (
    select(_SUBJECTS.c.number.label("subject"), _BREAKS.c.at, _BREAKS.c.reason_category)
    .join(_SUBJECTS, _SUBJECTS.c.id == _BREAKS.c.subject_id)
    .where(_BREAKS.c.study_id == _ID)
    .order_by(_SUBJECTS.c.number, _BREAKS.c.id)
)
_PARCELS = (
    select(_SHIPMENTS, _SITES.c.number.label("site"))
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.study_id == _ID)
    .order_by(_SHIPMENTS.c.number)
)
_PACKED = (
    select(_SENT.c.shipment_id, _KITS.c.number)
    .join(_KITS, _KITS.c.id == _SENT.c.kit_id)
    .where(_SENT.c.study_id == _ID)
    .order_by(_KITS.c.number)
)


def study_data(connection: Connection, study_id: int) -> StudyData:
    """Everything of a study that a blinded export may hold; NotFound where it has no approved version."""

    def all_of(statement: Select[Any]) -> list[Any]:
        return list(connection.execute(statement, {"study_id": study_id}))

    return StudyData(
        study=_study(connection, study_id),
        subjects=tuple(
            SubjectFact(row.number, row.site, row.site_name, row.country, row.zone, row.status, row.screened_on)
            for row in all_of(_PEOPLE)
        ),
        events=tuple(
            EventFact(row.subject, row.kind, row.on_day, row.at, row.reason or "") for row in all_of(_HAPPENED)
        ),
        draws=_draws(all_of(_DRAWN), all_of(_REMARKS)),
        given=_given(all_of(_HANDED_OVER), {row.kit_id: row for row in all_of(_CAME_BACK)}),
        deviations=tuple(
            DeviationFact(row.subject, row.number, row.kind, row.sentence, row.at) for row in all_of(_DEPARTED)
        ),
        breaks=tuple(BreakFact(row.subject, row.at, row.reason_category) for row in all_of(_BROKEN)),
        parcels=_parcels(all_of(_PARCELS), all_of(_PACKED)),
    )


def _study(connection: Connection, study_id: int) -> StudyFact:
    facts = {"study_id": study_id}
    row = connection.execute(_STUDY, facts).first()
    public_part = connection.execute(_VERSION, facts).scalar()
    if row is None or public_part is None:
        raise NotFound("The study has no approved version yet, so it has no data. Nothing was exported.")
    told = study_in(public_part)
    return StudyFact(
        protocol=row.protocol,
        name=row.name,
        title=told.identity.title,
        sponsor=row.sponsor,
        mode=row.mode,
        phase=told.identity.phase,
        blinding=told.identity.blinding,
        visits=told.visits,
        factors=tuple(factor.code for factor in told.factors),
        opened_at=row.opened_at,
        locked=connection.execute(_LOCKED, facts).first() is not None,
    )


def _draws(rows: list[Any], notes: list[Any]) -> tuple[DrawFact, ...]:
    remarks: dict[int, list[str]] = defaultdict(list)
    for note in notes:
        remarks[note.randomization_id].append(note.kind)
    return tuple(
        DrawFact(
            subject=row.subject,
            stage=row.stage,
            number=row.number,
            levels=dict(sorted(row.levels.items())),
            on_day=row.on_day,
            at=row.at,
            version=row.version_number,
            replaces=row.replaces or "",
            remarks=tuple(remarks[row.id]),
        )
        for row in rows
    )


def _given(rows: list[Any], back: Mapping[int, Any]) -> tuple[GivenFact, ...]:
    return tuple(
        GivenFact(
            subject=row.subject,
            visit=row.visit,
            occurrence=row.occurrence,
            kit=row.kit,
            lot=row.lot,
            expiry=row.expiry,
            group=row.group,
            at=row.at,
            as_assigned=row.status == KitCheck.HANDED_OVER,
            **_came_back(back.get(row.kit_id)),
        )
        for row in rows
    )


def _came_back(row: Any) -> dict[str, Any]:
    """What is known of a kit's return: in units, or as a whole kit that came back or was lost."""
    if row is None:
        return {}
    if row.units_returned is not None:
        return {
            "returned": row.units_returned,
            "used": row.units_used,
            "returned_on": row.on_day,
            "counted_in": "units",
        }
    return {"returned": int(row.fate != KitFate.LOST), "returned_on": row.on_day}


def _parcels(rows: list[Any], packed: list[Any]) -> tuple[ParcelFact, ...]:
    kits: dict[int, list[str]] = defaultdict(list)
    for one in packed:
        kits[one.shipment_id].append(one.number)
    return tuple(
        ParcelFact(row.number, row.status, row.site, row.dispatched_at, row.received_at, tuple(kits[row.id]))
        for row in rows
    )
