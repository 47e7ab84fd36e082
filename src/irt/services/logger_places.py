"""What a logger watches: a shipment, wherever it goes, or a storage unit of a site; and the kits it went with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, exists, func, or_, select

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.move_kits import HeldKit, lock_kits
from irt.services.shipments import HeldShipment, lock_shipment, require_at_depot, require_receiver
from irt.services.studies import definition_of
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.kit import Custody
from irt.study.kit_types import StorageClass
from irt.study.temperature import TemperatureRules
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site
from irt.tables.temperature import StorageUnit


@dataclass(frozen=True, slots=True)
class LoggerPlace:
    """One place: the keys its rows carry, its name in words, what is stored there, and the study's rules."""

    study_id: int
    sponsor_id: int
    site_id: int | None
    zone: str
    shipment_id: int | None
    unit_id: int | None
    words: str
    unit: str
    storage: StorageClass
    rules: TemperatureRules
    groups: tuple[str, ...]
    """Blinding groups that are stored so."""

    @property
    def keys(self) -> dict[str, Any]:
        """What a row of a file or an excursion names."""
        owner = {"sponsor_id": self.sponsor_id, "study_id": self.study_id}
        return {**owner, "shipment_id": self.shipment_id, "storage_unit_id": self.unit_id}


_SITES, _UNITS, _SHIPMENTS = table_of(Site), table_of(StorageUnit), table_of(Shipment)
_KITS, _CONTENTS, _MOVES = table_of(Kit), table_of(ShipmentKit), table_of(Movement)
_STORED_AS = (
    select(_SHIPMENTS.c.storage, _SITES.c.version_number)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.id == bindparam("id"))
)
_UNIT = (
    select(_UNITS, _SITES.c.zone, _SITES.c.version_number)
    .join(_SITES, _SITES.c.id == _UNITS.c.site_id)
    .where(
        _UNITS.c.study_id == bindparam("study_id"),
        _SITES.c.number == bindparam("site"),
        _UNITS.c.name == bindparam("name"),
    )
    .with_for_update(key_share=True, of=_UNITS)
)
_IN_PARCEL = select(_CONTENTS.c.kit_id).where(
    _CONTENTS.c.shipment_id == bindparam("shipment_id"),
    or_(_CONTENTS.c.outcome.is_(None), _CONTENTS.c.outcome.in_(("received", "quarantined"))),
)
_IN_UNIT = select(_KITS.c.id).where(
    _KITS.c.study_id == bindparam("study_id"),
    _KITS.c.custody == Custody.SITE,
    _KITS.c.place_id == bindparam("site_id"),
    _KITS.c.blinding_group.in_(bindparam("groups", expanding=True)),
    # A kit whose place nobody noted may lie in any unit of its kind.
    or_(
        _KITS.c.storage_place == "",
        func.substr(_KITS.c.storage_place, 1, func.length(bindparam("unit"))) == bindparam("unit"),
    ),
    exists().where(
        _MOVES.c.kit_id == _KITS.c.id,
        _MOVES.c.custody == Custody.SITE,
        _MOVES.c.place_id == bindparam("site_id"),
        _MOVES.c.occurred_at <= bindparam("until", type_=_MOVES.c.occurred_at.type),
    ),
)


def lock_place(work: Work, study_id: int, shipment: str | None, site: str | None, unit: str | None) -> LoggerPlace:
    """The place named, where this person may bring a logger's file: site staff theirs, quality any."""
    if bool(shipment) == bool(site and unit):
        raise BadInput("Name a shipment, or a site and its storage unit. Nothing was booked.")
    if shipment:
        held = lock_shipment(work, study_id, shipment)
        _require_at(work, held)
        return _parcel(work, held)
    work.actor.require(_right(work, study_id, None), study_id)
    place = _unit(work, study_id, site or "", unit or "")
    work.actor.require(_right(work, study_id, place.site_id), study_id, place.site_id)
    return place


def _require_at(work: Work, shipment: HeldShipment) -> None:
    """Quality anywhere, and whoever receives: site staff, or the depot it goes to; of a home its depot."""
    if work.actor.grant_for(Permission.DECIDE_QUALITY, shipment.study_id, shipment.site_id) is not None:
        work.actor.require(Permission.DECIDE_QUALITY, shipment.study_id, shipment.site_id)
    elif shipment.site_id is not None or shipment.target_depot_id is not None:
        require_receiver(work, shipment)
    else:
        require_at_depot(work, shipment)


def _right(work: Work, study_id: int, site_id: int | None) -> Permission:
    may_decide = work.actor.grant_for(Permission.DECIDE_QUALITY, study_id, site_id) is not None
    return Permission.DECIDE_QUALITY if may_decide else Permission.RECEIVE_SHIPMENT


def _parcel(work: Work, held: HeldShipment) -> LoggerPlace:
    stored = work.one("shipment", _STORED_AS, id=held.id)
    # Between depots, and to a home, the newest version counts.
    version = stored["version_number"] or lock_study(work, held.study_id).version
    return _place(
        work,
        version,
        stored["storage"],
        study_id=held.study_id,
        sponsor_id=held.sponsor_id,
        site_id=held.site_id,
        zone=held.zone,
        shipment_id=held.id,
        unit_id=None,
        words=f"shipment {held.number}",
        unit="",
    )


def _unit(work: Work, study_id: int, site: str, name: str) -> LoggerPlace:
    found = work.one("storage unit", _UNIT, study_id=study_id, site=site, name=name)
    return _place(
        work,
        found["version_number"],
        found["storage"],
        study_id=study_id,
        sponsor_id=found["sponsor_id"],
        site_id=found["site_id"],
        zone=found["zone"],
        shipment_id=None,
        unit_id=found["id"],
        words=f"{found['name']} of site {site}",
        unit=found["name"],
    )


def _place(work: Work, version: int, storage: str, **facts: Any) -> LoggerPlace:
    definition = definition_of(work, facts["study_id"], version)
    groups = tuple(group.code for group in definition.blinding_groups if group.storage == storage)
    return LoggerPlace(storage=cast("StorageClass", storage), rules=definition.temperature, groups=groups, **facts)


def lock_kits_at(work: Work, place: LoggerPlace, until: datetime) -> Sequence[HeldKit]:
    """Kits that went through the place up to then, locked: those of the parcel, or in the unit by then."""
    if place.shipment_id is not None:
        rows = work.rows(_IN_PARCEL, shipment_id=place.shipment_id)
        return lock_kits(work, [row["kit_id"] for row in rows])
    rows = work.rows(
        _IN_UNIT,
        study_id=place.study_id,
        site_id=place.site_id,
        groups=list(place.groups),
        unit=place.unit,
        until=until,
    )
    return lock_kits(work, [row["id"] for row in rows])
