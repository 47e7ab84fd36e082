"""Controlled drugs as services keep their rules: licences before shipping, a second person where hands change.

A study without schedules asks the database nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from irt.errors import Refusal
from irt.reads.licences import licence_on
from irt.services.shipments import HeldShipment, kits_underway
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site, StudyVersion


class LicenceMissing(Refusal):
    """A place that sends or gets a controlled drug has no licence for it on that day."""

    def __init__(self, place: str, day: date) -> None:
        super().__init__(
            f"{place} has no licence for controlled drugs on {day:%d %b %Y}. Nothing was booked. "
            "Have its licence number entered and approved under Network first."
        )


_KITS, _SHIPPED, _SHIPMENTS = table_of(Kit), table_of(ShipmentKit), table_of(Shipment)
_SITES, _DEPOTS, _VERSIONS = table_of(Site), table_of(Depot), table_of(StudyVersion)
_IN_FORCE = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED
)
_GROUPS = (
    select(_KITS.c.blinding_group)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"), _SHIPPED.c.outcome.is_(None))
    .distinct()
)
_ENDS = (
    select(
        _SHIPMENTS.c.origin_depot_id,
        _SHIPMENTS.c.target_depot_id,
        _SHIPMENTS.c.site_id,
        _SITES.c.number.label("site"),
        _SITES.c.country.label("site_country"),
    )
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.id == bindparam("shipment_id"))
)
_DEPOT = select(_DEPOTS.c.code, _DEPOTS.c.country).where(_DEPOTS.c.id == bindparam("depot_id"))
_OF_KITS = select(_KITS.c.id, _KITS.c.blinding_group).where(_KITS.c.id.in_(bindparam("ids", expanding=True)))


def study_rules(work: Work, study_id: int) -> StudyDefinition | None:
    """The newest approved version, where it knows controlled drugs; None in every other study."""
    number = work.connection.execute(_IN_FORCE, {"study_id": study_id}).scalar()
    definition = None if number is None else definition_of(work, study_id, number)
    return definition if definition and any(group.schedules for group in definition.blinding_groups) else None


def require_licences(work: Work, shipment: HeldShipment) -> None:
    """LicenceMissing where a shipment holds a controlled drug and one of its ends has no licence today."""
    definition = study_rules(work, shipment.study_id)
    if definition is None:
        return
    groups = {row["blinding_group"] for row in work.rows(_GROUPS, shipment_id=shipment.id)}
    ends = work.one("shipment", _ENDS, shipment_id=shipment.id)
    places: list[tuple[str, str, int | None, int | None]] = []
    for depot_id in (ends["origin_depot_id"], ends["target_depot_id"]):
        if depot_id is not None:
            depot = work.one("depot", _DEPOT, depot_id=depot_id)
            places.append((f"Depot {depot['code']}", depot["country"], depot_id, None))
    if ends["site_id"] is not None:
        places.append((f"Site {ends['site']}", ends["site_country"], None, ends["site_id"]))
    day = work.at.date()
    for name, country, depot_id, site_id in places:
        if not groups & definition.controlled_in(country):
            continue
        licence = work.row(licence_on(depot_id, site_id, day))
        if licence is None or licence["valid_until"] < day:
            raise LicenceMissing(name, day)


def controlled_in_parcel(work: Work, shipment: HeldShipment) -> list[int]:
    """Those of a shipment's awaited kits that are controlled where it goes."""
    definition = study_rules(work, shipment.study_id)
    if definition is None:
        return []
    ends = work.one("shipment", _ENDS, shipment_id=shipment.id)
    country = ends["site_country"]
    if ends["target_depot_id"] is not None:
        country = work.one("depot", _DEPOT, depot_id=ends["target_depot_id"])["country"]
    return controlled_among(work, definition, kits_underway(work, [shipment]), country)


def controlled_among(
    work: Work, definition: StudyDefinition, kit_ids: Iterable[int], *countries: str | None
) -> list[int]:
    """Kits whose blinding group is controlled in any of the countries, in order; asks nothing where none is."""
    groups = definition.controlled_in(*countries)
    ids = sorted(kit_ids)
    if not groups or not ids:
        return []
    return sorted(row["id"] for row in work.rows(_OF_KITS, ids=ids) if row["blinding_group"] in groups)


def schedules_anywhere(definition: StudyDefinition) -> Sequence[str]:
    """Every country that knows one of the study's groups as a controlled drug."""
    return sorted({country for group in definition.blinding_groups for country in group.schedules})
