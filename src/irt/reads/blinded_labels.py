"""What the labels of kits and parcels say, found by their numbers. Nothing here knows what is inside a kit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, func, or_, select

from irt.errors import BadInput, NotFound
from irt.gs1.kit_label import code_of, lines_of, parcel_number
from irt.labels.label import Label, label_of
from irt.labels.particulars import Packaging
from irt.labels.proof import kit_label_of, words_of
from irt.labels.text import lines_of as lines_of_text
from irt.reads.blinded_just_in_time import country_of_parcel
from irt.reads.blinded_label_masters import InForce, texts_in_force
from irt.reads.blinded_relabel_work import LabelTask
from irt.reads.blinded_shipments import ShipmentRecord
from irt.reads.blinded_sites import study_at
from irt.states.kit import Assignment, Custody
from irt.states.records import Mode, VersionStatus
from irt.study.blinded import BlindedStudy
from irt.study.labels import LabelSettings
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site, Study, StudyVersion

_KITS, _LOTS, _STUDIES = table_of(Kit), table_of(BlindedLot), table_of(Study)
_SHIPMENTS, _VERSIONS = table_of(Shipment), table_of(StudyVersion)
_SHIPPED, _SITES = table_of(ShipmentKit), table_of(Site)
_HERE, _GOES_TO = _SITES.alias("here"), _SITES.alias("goes_to")
_LAST_PARCEL = (
    select(func.max(_SHIPPED.c.shipment_id))
    .where(_SHIPPED.c.kit_id == _KITS.c.id)
    .correlate(_KITS)
    .scalar_subquery()
)
# Free kits of a depot are not for any country yet, whichever parcel they once came back from.
_BOUND = or_(_KITS.c.custody != Custody.DEPOT, _KITS.c.assignment != Assignment.FREE)
_KIT = (
    select(
        _KITS.c.study_id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _KITS.c.expiry,
        _LOTS.c.number.label("lot"),
        _STUDIES.c.protocol,
        _STUDIES.c.mode,
        func.coalesce(_HERE.c.country, _GOES_TO.c.country).label("country"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_STUDIES, _STUDIES.c.id == _KITS.c.study_id)
    .outerjoin(_HERE, and_(_KITS.c.custody == Custody.SITE, _HERE.c.id == _KITS.c.place_id))
    .outerjoin(_SHIPMENTS, and_(_BOUND, _SHIPMENTS.c.id == _LAST_PARCEL))
    .outerjoin(_GOES_TO, _GOES_TO.c.id == _SHIPMENTS.c.site_id)
    .where(_KITS.c.number == bindparam("number"))
    .order_by(_KITS.c.id)
)
_SITE_COUNTRY = select(_SITES.c.country).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)
_MANY = (
    select(_KITS.c.number, _KITS.c.blinding_group, _KITS.c.expiry, _LOTS.c.number.label("lot"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(_KITS.c.number)
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a label is wanted: for another country than the kit's own, in one language, with a mark across it."""

    country: str | None = None
    language: str | None = None
    packaging: Packaging = Packaging.OUTER
    mark: str = ""


AS_IT_IS = Wanted()


def kit_label(
    connection: Connection, number: str, protocol: str | None, mode: Mode | None, wanted: Wanted = AS_IT_IS
) -> tuple[Label, ...]:
    """The labels of a kit, one a language; NotFound, or BadInput where several studies have one of that number."""
    return _labels(connection, _only(connection, _KIT, "kit", number, protocol, mode), wanted)


def labels_of_kits(
    connection: Connection,
    study_id: int,
    numbers: Collection[str],
    country: str,
    dates: Mapping[str, date] | None = None,
) -> tuple[Label, ...]:
    """The labels of kits for a country, by number and language; with other dates than theirs where named."""
    study = study_at(connection, study_id, _version(connection, study_id))
    texts = texts_in_force(connection, study_id, country)
    found = connection.execute(_MANY, {"study_id": study_id, "numbers": sorted(numbers)}).mappings()
    return tuple(
        label for row in found for label in _drawn(study, texts.get(row["blinding_group"], ()), row, dates or {})
    )


def labels_of_shipment(connection: Connection, record: ShipmentRecord) -> tuple[Label, ...]:
    """The labels of a shipment's kits for the country it goes to."""
    study_id, numbers = record.line.study_id, [kit.number for kit in record.kits]
    country = country_of_parcel(connection, study_id, record.line.number)
    return labels_of_kits(connection, study_id, numbers, country)


def labels_of_task(connection: Connection, study_id: int, task: LabelTask) -> tuple[Label, ...]:
    """The labels of the kits of a relabelling task, with the later date, in the words of the place's country."""
    kind, _, code = task.place.partition(" ")
    asked = {"study_id": study_id, "number": code if kind == "Site" else None}
    # Kits of a depot are for no country yet: their label is the plain one with the date.
    country = connection.execute(_SITE_COUNTRY, asked).scalar() or ""
    dates = dict.fromkeys(task.kits, task.new_expiry)
    return labels_of_kits(connection, study_id, task.kits, country, dates)


def label_of_site_kit(connection: Connection, study_id: int, number: str, wanted: Wanted) -> tuple[Label, ...]:
    """The labels of one kit of a study; the caller has checked that the reader may see the kit."""
    row = connection.execute(_KIT.where(_KITS.c.study_id == study_id), {"number": number}).mappings().one()
    return _labels(connection, row, wanted)


def _labels(connection: Connection, row: RowMapping, wanted: Wanted) -> tuple[Label, ...]:
    study_id = row["study_id"]
    study = study_at(connection, study_id, _version(connection, study_id))
    country = wanted.country or row["country"]
    texts = texts_in_force(connection, study_id, country, wanted.packaging) if country else {}
    in_force = texts.get(row["blinding_group"], ())
    if wanted.language:
        in_force = tuple(one for one in in_force if one.text.language == wanted.language)
    if not in_force and (wanted.language or wanted.packaging is not Packaging.OUTER):
        raise NotFound("There is no approved label text for that. Look at the label masters of the study.")
    return _drawn(study, in_force, row, {}, wanted.mark)


def _drawn(
    study: BlindedStudy,
    texts: Sequence[InForce],
    row: RowMapping,
    dates: Mapping[str, date],
    mark: str = "",
) -> tuple[Label, ...]:
    """One label a language, or where no text is approved the plain one with the study's settings."""
    number, lot = row["number"], row["lot"]
    expiry = dates.get(number, row["expiry"])
    plain = kit_label_of(study, row["blinding_group"], number, lot, expiry)
    if number in dates:
        plain = replace(plain, expiry_printed=True)
    if not texts:
        return (label_of(code_of(plain), lines_of(plain), mark),)
    words = words_of(study, number, lot, expiry)
    return tuple(label_of(code_of(plain), lines_of_text(one.text, words), mark) for one in texts)


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
