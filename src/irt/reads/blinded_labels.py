"""What the labels of kits and parcels say, found by their numbers. Nothing here knows what is inside a kit."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from irt.errors import BadInput, NotFound
from irt.gs1.kit_label import KitLabel, parcel_number
from irt.reads.blinded_sites import study_at
from irt.states.records import Mode, VersionStatus
from irt.study.labels import LabelSettings
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.shipment import Shipment
from irt.tables.study import Study, StudyVersion

_KITS, _LOTS, _STUDIES = table_of(Kit), table_of(BlindedLot), table_of(Study)
_SHIPMENTS, _VERSIONS = table_of(Shipment), table_of(StudyVersion)
_KIT = (
    select(
        _KITS.c.study_id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _KITS.c.expiry,
        _LOTS.c.number.label("lot"),
        _STUDIES.c.protocol,
        _STUDIES.c.mode,
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_STUDIES, _STUDIES.c.id == _KITS.c.study_id)
    .where(_KITS.c.number == bindparam("number"))
    .order_by(_KITS.c.id)
)
_SHIPMENT = (
    select(_SHIPMENTS.c.study_id, _SHIPMENTS.c.number, _STUDIES.c.protocol, _STUDIES.c.mode)
    .join(_STUDIES, _STUDIES.c.id == _SHIPMENTS.c.study_id)
    .where(_SHIPMENTS.c.number == bindparam("number"))
    .order_by(_SHIPMENTS.c.id)
)
_IN_FORCE = (
    select(_VERSIONS.c.number)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED)
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)


class ParcelLabel(NamedTuple):
    """A shipment's number, its study, and its number as a parcel (SSCC)."""

    number: str
    protocol: str
    sscc: str


def kit_label(connection: Connection, number: str, protocol: str | None, mode: Mode | None) -> KitLabel:
    """The label of a kit; NotFound, or BadInput where several studies have one of that number."""
    row = _only(connection, _KIT, "kit", number, protocol, mode)
    study = study_at(connection, row["study_id"], _version(connection, row["study_id"]))
    settings = study.labels
    return KitLabel(
        number=row["number"],
        protocol=row["protocol"],
        gtin=study.gtins.get(row["blinding_group"]),
        lot=row["lot"],
        expiry=row["expiry"],
        protocol_in_code=settings.protocol_in_code,
        lot_in_code=settings.lot_in_code,
        expiry_in_code=settings.expiry_in_code,
        lot_printed=settings.lot_printed,
        expiry_printed=settings.expiry_printed,
    )


def parcel_label(connection: Connection, number: str, protocol: str | None, mode: Mode | None) -> ParcelLabel:
    """The label of a shipment; BadInput where the study sets no company prefix."""
    row = _only(connection, _SHIPMENT, "shipment", number, protocol, mode)
    settings: LabelSettings = study_at(connection, row["study_id"], _version(connection, row["study_id"])).labels
    if settings.company_prefix is None:
        raise BadInput("The study sets no GS1 company prefix, so parcels have no SSCC. Set labels.company_prefix.")
    return ParcelLabel(row["number"], row["protocol"], parcel_number(settings.company_prefix, row["number"]))


def _version(connection: Connection, study_id: int) -> int:
    found = connection.execute(_IN_FORCE, {"study_id": study_id}).scalar()
    return 1 if found is None else int(found)


def _only(
    connection: Connection,
    query: Select[Any],
    what: str,
    number: str,
    protocol: str | None,
    mode: Mode | None,
) -> RowMapping:
    rows = [
        row
        for row in connection.execute(query, {"number": number}).mappings()
        if protocol in (None, row["protocol"]) and mode in (None, row["mode"])
    ]
    if not rows:
        raise NotFound(f"There is no {what} {number}" + (f" in {protocol}." if protocol else "."))
    if len(rows) > 1:
        studies = ", ".join(f"{row['protocol']} ({row['mode']})" for row in rows)
        raise BadInput(f"Several studies have a {what} {number}: {studies}. Say which with --study and --mode.")
    return rows[0]
