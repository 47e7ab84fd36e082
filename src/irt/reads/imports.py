"""Licences and shippers in force on a day, and what was sent under a licence. For services and the inbox."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from irt.states.shipment import ShipmentStatus
from irt.supply.imports import LicenceFacts
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.network import ImportLicence, Shipper
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject

_LICENCES, _SHIPPERS = table_of(ImportLicence), table_of(Shipper)
_SHIPMENTS, _SHIPPED, _KITS = table_of(Shipment), table_of(ShipmentKit), table_of(Kit)
_SITES, _DEPOTS, _SUBJECTS = table_of(Site), table_of(Depot), table_of(Subject)
_TARGETS = _DEPOTS.alias("target")
_STUDY: BindParameter[int] = bindparam("study_id")
_IN_FORCE = (
    select(_LICENCES)
    .where(_LICENCES.c.study_id == _STUDY, _LICENCES.c.effective_from <= bindparam("day"))
    .order_by(_LICENCES.c.effective_from, _LICENCES.c.id)
)
_SHIPPERS_IN_FORCE = (
    select(_SHIPPERS)
    .where(_SHIPPERS.c.study_id == _STUDY, _SHIPPERS.c.effective_from <= bindparam("day"))
    .order_by(_SHIPPERS.c.effective_from, _SHIPPERS.c.id)
)
_NEVER_LEFT = (ShipmentStatus.CANCELLED, ShipmentStatus.REJECTED)
_DAY = func.coalesce(_SHIPMENTS.c.dispatch_on, bindparam("since"))
_IMPORTED = (
    select(_KITS.c.blinding_group, func.count())
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _SHIPMENTS.c.subject_id)
    # A patient's home is where the site is that cares for them.
    .outerjoin(_SITES, _SITES.c.id == func.coalesce(_SHIPMENTS.c.site_id, _SUBJECTS.c.site_id))
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .where(
        _SHIPMENTS.c.study_id == _STUDY,
        func.coalesce(_SITES.c.country, _TARGETS.c.country) == bindparam("country"),
        _DEPOTS.c.country != bindparam("country"),
        _SHIPMENTS.c.status.not_in(_NEVER_LEFT),
        bindparam("since") <= _DAY,
        bindparam("until") >= _DAY,
        func.coalesce(_SHIPPED.c.outcome, "") != "left_at_depot",
    )
    .group_by(_KITS.c.blinding_group)
)


def licences_on(connection: Connection, study_id: int, day: date) -> tuple[LicenceFacts, ...]:
    """Every licence as it stands on a day, expired ones too; use is counted where a licence has a limit."""
    latest = {}
    for row in connection.execute(_IN_FORCE, {"study_id": study_id, "day": day}).mappings():
        latest[row["country"], row["number"]] = row
    found = []
    for row in latest.values():
        window = {"country": row["country"], "since": row["valid_from"], "until": row["valid_until"]}
        counts = connection.execute(_IMPORTED, {"study_id": study_id, **window}).all() if row["kits"] else []
        used: dict[str, int] = {row[0]: row[1] for row in counts}
        days = row["valid_from"], row["valid_until"]
        found.append(LicenceFacts(row["country"], row["number"], *days, row["kits"], used))
    return tuple(sorted(found, key=lambda one: (one.country, one.valid_until, one.number)))


class ShipperFacts(NamedTuple):
    """A shipper as it stands: storage class -> hours that it is qualified to hold."""

    code: str
    name: str
    hold_hours: Mapping[str, int]


def shippers_on(connection: Connection, study_id: int, day: date) -> dict[str, ShipperFacts]:
    """The shippers as they stand on a day, by code."""
    rows = connection.execute(_SHIPPERS_IN_FORCE, {"study_id": study_id, "day": day}).mappings()
    return {row["code"]: ShipperFacts(row["code"], row["name"], row["hold_hours"]) for row in rows}


def by_country(licences: Sequence[LicenceFacts]) -> dict[str, list[LicenceFacts]]:
    """The licences of each country."""
    found: dict[str, list[LicenceFacts]] = defaultdict(list)
    for licence in licences:
        found[licence.country].append(licence)
    return found
