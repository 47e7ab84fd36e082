"""The story of a shipment as its papers tell it: kits by number, and what the ledger says happened to them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.errors import BadInput, NotFound
from irt.messages.shipment_story import Act, Happening, Lot, Place, PlaceKind, Story, StoryKit
from irt.reads.blinded_network import delivery_lines
from irt.reads.blinded_sites import study_at
from irt.states.kit import Custody, KitEvent
from irt.states.records import Mode
from irt.states.shipment import ShipmentEvent
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, Movement
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site, Study

_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_SITES, _DEPOTS, _STUDIES = table_of(Site), table_of(Depot), table_of(Study)
_KITS, _LOTS, _MOVEMENTS = table_of(Kit), table_of(BlindedLot), table_of(Movement)

_LEFT_BEHIND = "left_at_depot"
_OF_PARCEL = {
    KitEvent.RECEIVE: Act.RECEIVED,
    KitEvent.RECEIVE_QUARANTINED: Act.RECEIVED_HELD,
    KitEvent.RECEIVE_DAMAGED: Act.RECEIVED_DAMAGED,
    KitEvent.RECEIVE_AT_DEPOT: Act.RECEIVED,
    KitEvent.RETURN_TO_DEPOT: Act.RETURNED,
}
"""What happens to a kit as part of one shipment."""
_OF_KIT = {
    KitEvent.HAND_OVER: Act.DISPENSED,
    KitEvent.HAND_OVER_WRONGLY: Act.DISPENSED,
    KitEvent.DELIVER: Act.DISPENSED,
    KitEvent.TAKE_BACK: Act.TAKEN_BACK,
    KitEvent.SPOIL: Act.TAKEN_BACK,
    KitEvent.SHIP_RETURN: Act.RETURNED,
    KitEvent.DESTROY: Act.DESTROYED,
}
"""What happens to it afterwards."""

_NUMBERED = (
    select(_SHIPMENTS, _STUDIES.c.protocol, _STUDIES.c.mode)
    .join(_STUDIES, _STUDIES.c.id == _SHIPMENTS.c.study_id)
    .where(_SHIPMENTS.c.number == bindparam("number"))
    .order_by(_SHIPMENTS.c.id)
)
_VERSION = select(func.count()).where(_STEPS.c.shipment_id == bindparam("shipment_id"))
_KITS_OF = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.blinding_group,
        _KITS.c.blinded_lot_id,
        _LOTS.c.number.label("lot"),
        _SHIPPED.c.outcome,
    )
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"))
    .order_by(_KITS.c.number)
)
# Over all kits of the lot, whatever is in them: kits of one arm that were loaded later would show it.
_SINCE = (
    select(_KITS.c.blinded_lot_id, func.min(_MOVEMENTS.c.occurred_at).label("since"))
    .join(_MOVEMENTS, _MOVEMENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.blinded_lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(_KITS.c.blinded_lot_id)
)
_MOVED = (
    select(
        _MOVEMENTS.c.event, _MOVEMENTS.c.occurred_at, _MOVEMENTS.c.custody, _MOVEMENTS.c.place_id, _KITS.c.number
    )
    .join(_KITS, _KITS.c.id == _MOVEMENTS.c.kit_id)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .where(
        _SHIPPED.c.shipment_id == bindparam("shipment_id"),
        (_MOVEMENTS.c.shipment_id == bindparam("shipment_id")) & _MOVEMENTS.c.event.in_(list(_OF_PARCEL))
        | _MOVEMENTS.c.event.in_(list(_OF_KIT)),
    )
)
_STEP = select(_STEPS.c.event, func.min(_STEPS.c.occurred_at).label("at")).where(
    _STEPS.c.shipment_id == bindparam("shipment_id"),
    _STEPS.c.event.in_([ShipmentEvent.PACK, ShipmentEvent.DISPATCH]),
)


def story_of(
    connection: Connection,
    number: str,
    protocol: str | None = None,
    mode: Mode | None = None,
    study_id: int | None = None,
) -> Story:
    """The shipment of that number; NotFound, or BadInput where several studies have one."""
    row = _row(connection, number, protocol, mode, study_id)
    facts = {"shipment_id": row["id"]}
    kits = [kit for kit in connection.execute(_KITS_OF, facts).mappings() if kit["outcome"] != _LEFT_BEHIND]
    destination, version = _destination(connection, row)
    study = study_at(connection, row["study_id"], version)
    handling = {group.code: group.handling for group in study.blinding_groups}
    return Story(
        protocol=row["protocol"],
        mode=Mode(row["mode"]),
        number=row["number"],
        version=connection.execute(_VERSION, facts).scalar_one(),
        status=row["status"],
        origin=_depot(connection, row["origin_depot_id"]),
        destination=destination,
        ship_to=delivery_lines(connection, row["site_id"], row["dispatch_on"] or row["raised_at"].date()),
        storage=row["storage"],
        handling=". ".join(sorted({handling.get(kit["blinding_group"], "") for kit in kits} - {""})),
        dispatch_on=row["dispatch_on"],
        expected_on=row["expected_on"],
        waybill=row["waybill"] or "",
        monitor=row["monitor"] or "",
        temperature=row["temperature"] or "",
        kits=tuple(StoryKit(kit["number"], kit["lot"], kit["expiry"]) for kit in kits),
        lots=_lots(connection, kits),
        happenings=_happenings(connection, row, kits, destination),
    )


def study_of_shipment(connection: Connection, number: str, protocol: str | None, mode: Mode | None) -> int:
    """The id of the study whose shipment it is; the same refusals as `story_of`."""
    return int(_row(connection, number, protocol, mode, None)["study_id"])


def _row(
    connection: Connection, number: str, protocol: str | None, mode: Mode | None, study_id: int | None
) -> RowMapping:
    asked = (("protocol", protocol), ("mode", mode), ("study_id", study_id))
    rows = [
        row
        for row in connection.execute(_NUMBERED, {"number": number}).mappings()
        if all(wanted in (None, row[name]) for name, wanted in asked)
    ]
    if not rows:
        raise NotFound(f"There is no shipment {number}" + (f" in {protocol}." if protocol else "."))
    if len(rows) > 1:
        studies = ", ".join(f"{row['protocol']} ({row['mode']})" for row in rows)
        raise BadInput(f"Several studies have a shipment {number}: {studies}. Say which with --study and --mode.")
    return rows[0]


def _destination(connection: Connection, row: RowMapping) -> tuple[Place, int]:
    """Where the shipment goes, and the protocol version that holds there."""
    if row["subject_id"] is not None:
        # A home is known to the courier alone.
        return Place(PlaceKind.HOME, "home", "A subject's home", "", "UTC"), 1
    if row["site_id"] is not None:
        site = connection.execute(select(_SITES).where(_SITES.c.id == row["site_id"])).mappings().one()
        place = Place(PlaceKind.SITE, site["number"], site["name"], site["country"], site["zone"])
        return place, site["version_number"]
    depot = _depot(connection, row["target_depot_id"])
    if depot is None:
        raise NotFound(f"Shipment {row['number']} goes nowhere. Call support.")
    return depot, 1


def _depot(connection: Connection, depot_id: int | None) -> Place | None:
    if depot_id is None:
        return None
    row = connection.execute(select(_DEPOTS).where(_DEPOTS.c.id == depot_id)).mappings().one()
    return Place(PlaceKind.DEPOT, row["code"], row["name"], row["country"], row["zone"])


def _lots(connection: Connection, kits: Sequence[RowMapping]) -> tuple[Lot, ...]:
    names = {kit["blinded_lot_id"]: kit["lot"] for kit in kits}
    found = connection.execute(_SINCE, {"lots": sorted(names)})
    return tuple(sorted((Lot(names[row.blinded_lot_id], row.since) for row in found), key=lambda lot: lot.number))


def _happenings(
    connection: Connection, row: RowMapping, kits: Sequence[RowMapping], destination: Place
) -> tuple[Happening, ...]:
    """Packing and shipping of the parcel, then what happened to its kits, by time."""
    facts = {"shipment_id": row["id"]}
    origin = _depot(connection, row["origin_depot_id"]) or destination
    numbers = tuple(kit["number"] for kit in kits)
    steps = {step.event: step.at for step in connection.execute(_STEP.group_by(_STEPS.c.event), facts)}
    acts = ((ShipmentEvent.PACK, Act.PACKED), (ShipmentEvent.DISPATCH, Act.SHIPPED))
    parcel = [Happening(act, steps[event], origin, numbers) for event, act in acts if event in steps]
    places = _Places(connection, destination)
    alike: dict[tuple[Act, datetime, Place], list[str]] = defaultdict(list)
    for moved in connection.execute(_MOVED, facts).mappings():
        event = KitEvent(moved["event"])
        act = _OF_PARCEL.get(event) or _OF_KIT[event]
        alike[act, moved["occurred_at"], places.of(moved)].append(moved["number"])
    of_kits = [Happening(act, at, place, tuple(sorted(some))) for (act, at, place), some in alike.items()]
    return tuple(sorted([*parcel, *of_kits], key=lambda each: (each.at, list(Act).index(each.act), each.kits)))


class _Places:
    """Where kits were left, each asked for once; kits with a subject or in a parcel are told at `otherwise`."""

    def __init__(self, connection: Connection, otherwise: Place) -> None:
        self._connection, self._otherwise = connection, otherwise
        self._known: dict[tuple[str, Any], Place] = {}

    def of(self, moved: RowMapping) -> Place:
        key = (moved["custody"], moved["place_id"])
        if key not in self._known:
            self._known[key] = self._asked(*key)
        return self._known[key]

    def _asked(self, custody: str, place_id: int | None) -> Place:
        if place_id is None or custody not in (Custody.SITE, Custody.DEPOT):
            return self._otherwise
        if custody == Custody.DEPOT:
            return _depot(self._connection, place_id) or self._otherwise
        site = self._connection.execute(select(_SITES).where(_SITES.c.id == place_id)).mappings().one()
        return Place(PlaceKind.SITE, site["number"], site["name"], site["country"], site["zone"])
