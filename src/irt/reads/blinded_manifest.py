"""The story of a shipment as its papers tell it: kits by number, and what the ledger says happened to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, RowMapping, bindparam, case, func, select

from irt.errors import BadInput, NotFound
from irt.gs1.kit_label import UnusableParcelNumber, parcel_number
from irt.messages.shipment_story import (
    Act,
    Happening,
    ItemsMoved,
    LoggerRecord,
    Lot,
    Place,
    PlaceKind,
    Story,
    StoryItem,
    StoryKit,
)
from irt.reads.blinded_items import items_in
from irt.reads.blinded_network import delivery_lines
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody, KitEvent
from irt.states.records import Mode
from irt.states.shipment import ShipmentEvent
from irt.study.blinded import BlindedStudy
from irt.study.temperature import LoggerProfile
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, ItemMovement, Kit, Movement
from irt.tables.returning import ReturnShipment
from irt.tables.shipment import SATELLITE, Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site, Study
from irt.tables.subject import Subject
from irt.tables.temperature import LoggerFile, TemperatureAssessment
from irt.temperature.logger_file import read_logger_file

_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_RETURNS = table_of(ReturnShipment)
_SITES, _DEPOTS, _STUDIES = table_of(Site), table_of(Depot), table_of(Study)
_KITS, _LOTS, _MOVEMENTS = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_ITEMS = table_of(ItemMovement)
_SUBJECTS, _FILES, _ASSESSMENTS = table_of(Subject), table_of(LoggerFile), table_of(TemperatureAssessment)

HOME = Place(PlaceKind.HOME, "home", "A subject's home", "", "UTC")
_LEFT_BEHIND = "left_at_depot"
_OF_PARCEL = {
    KitEvent.RECEIVE: Act.RECEIVED,
    KitEvent.RECEIVE_QUARANTINED: Act.RECEIVED_HELD,
    KitEvent.RECEIVE_DAMAGED: Act.RECEIVED_DAMAGED,
    KitEvent.RECEIVE_AT_DEPOT: Act.RECEIVED,
}
"""What happens to a kit as part of one shipment."""
OF_KIT = {
    KitEvent.HAND_OVER: Act.DISPENSED,
    KitEvent.HAND_OVER_WRONGLY: Act.DISPENSED,
    KitEvent.DELIVER: Act.DISPENSED,
    KitEvent.TAKE_BACK: Act.TAKEN_BACK,
    KitEvent.SPOIL: Act.TAKEN_BACK,
    KitEvent.RETURN_TO_DEPOT: Act.RETURNED,
    KitEvent.SHIP_RETURN: Act.RETURNED,
    KitEvent.DESTROY: Act.DESTROYED,
}
"""What happens to it afterwards."""

_NUMBERED = (
    select(
        _SHIPMENTS,
        _STUDIES.c.protocol,
        _STUDIES.c.mode,
        func.coalesce(_RETURNS.c.site_id, case((_SHIPMENTS.c.raised_by == SATELLITE, _SITES.c.main_site_id))).label(
            "from_site_id"
        ),
        _RETURNS.c.depot_id.label("back_to_depot_id"),
    )
    .join(_STUDIES, _STUDIES.c.id == _SHIPMENTS.c.study_id)
    .outerjoin(_RETURNS, _RETURNS.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
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
        _MOVEMENTS.c.event,
        _MOVEMENTS.c.occurred_at,
        _MOVEMENTS.c.custody,
        _MOVEMENTS.c.place_id,
        _MOVEMENTS.c.subject_id,
        _KITS.c.number,
    )
    .join(_KITS, _KITS.c.id == _MOVEMENTS.c.kit_id)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .where(
        _SHIPPED.c.shipment_id == bindparam("shipment_id"),
        (_MOVEMENTS.c.shipment_id == bindparam("shipment_id")) & _MOVEMENTS.c.event.in_(list(_OF_PARCEL))
        | _MOVEMENTS.c.event.in_(list(OF_KIT)),
    )
)
_CENTRAL = (
    select(_DEPOTS)
    .where(_DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.supplied_by_id.is_(None))
    .order_by(_DEPOTS.c.id)
    .limit(1)
)
_LOGGED = (
    select(_FILES.c.content, _FILES.c.sha256, _ASSESSMENTS)
    .join(_ASSESSMENTS, _ASSESSMENTS.c.logger_file_id == _FILES.c.id)
    .where(_FILES.c.shipment_id == bindparam("shipment_id"))
    .order_by(_ASSESSMENTS.c.started_at, _FILES.c.id)
)
_SITE_OF_SUBJECT = (
    select(_SITES)
    .join(_SUBJECTS, _SUBJECTS.c.site_id == _SITES.c.id)
    .where(_SUBJECTS.c.id == bindparam("subject_id"))
)
_ITEMS_MOVED = (
    select(
        _ITEMS.c.item,
        _ITEMS.c.lot,
        _ITEMS.c.expiry,
        _ITEMS.c.quantity,
        _ITEMS.c.custody,
        _ITEMS.c.pile,
        _ITEMS.c.at,
    )
    .where(
        _ITEMS.c.shipment_id == bindparam("shipment_id"),
        _ITEMS.c.act.in_([ItemAct.SEND, ItemAct.ARRIVE]),
        _ITEMS.c.quantity > 0,
    )
    .order_by(_ITEMS.c.at, _ITEMS.c.item, _ITEMS.c.expiry, _ITEMS.c.lot, _ITEMS.c.id)
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
    places = Places(connection, row["study_id"])
    destination, study = places.destination(row), places.study
    handling = {group.code: group.handling for group in study.blinding_groups}
    return Story(
        protocol=row["protocol"],
        mode=Mode(row["mode"]),
        number=row["number"],
        version=connection.execute(_VERSION, facts).scalar_one(),
        status=row["status"],
        origin=places.origin(row),
        destination=destination,
        ship_to=delivery_lines(connection, row["site_id"], row["dispatch_on"] or row["raised_at"].date()),
        storage=row["storage"],
        handling=". ".join(sorted({handling.get(kit["blinding_group"], "") for kit in kits} - {""})),
        dispatch_on=row["dispatch_on"],
        expected_on=row["expected_on"],
        waybill=row["waybill"] or "",
        monitor=row["monitor"] or "",
        temperature=row["temperature"] or "",
        kits=tuple(story_kit(study, kit) for kit in kits),
        lots=lots_of(connection, places, {kit["blinded_lot_id"]: kit["lot"] for kit in kits}),
        happenings=_happenings(connection, row, kits, places),
        sscc=_sscc(study, row["number"]),
        loggers=_loggers(connection, row),
        items=_items(connection, row),
        items_moved=_items_moved(connection, row, places),
    )


def _items(connection: Connection, row: RowMapping) -> tuple[StoryItem, ...]:
    """What rides along without numbers; of a parcel without, nothing is asked."""
    found = items_in(connection, row["study_id"], row["number"]) if row["item_lines"] else ()
    return tuple(StoryItem(*line) for line in found if line[-1])


def _items_moved(connection: Connection, row: RowMapping, places: "Places") -> tuple[ItemsMoved, ...]:
    """What the ledger says of items that went into the parcel and came out of it, by time."""
    if not row["item_lines"]:
        return ()
    destination = places.destination(row)
    origin = places.origin(row) or destination
    facts = {"shipment_id": row["id"]}
    steps = {step.event: step.at for step in connection.execute(_STEP.group_by(_STEPS.c.event), facts)}
    alike: dict[tuple[datetime, Act], list[StoryItem]] = defaultdict(list)
    for each in connection.execute(_ITEMS_MOVED, facts):
        whole = Act.RECEIVED if each.pile == ItemPile.USABLE else Act.RECEIVED_DAMAGED
        act = Act.PACKED if each.custody == Custody.SHIPMENT else whole
        # They left with the parcel, whenever its depot told of that.
        at = steps.get(ShipmentEvent.DISPATCH, each.at) if act is Act.PACKED else each.at
        alike[at, act].append(StoryItem(each.item, each.lot, each.expiry, each.quantity))
    return tuple(
        ItemsMoved(act, at, origin if act is Act.PACKED else destination, tuple(items))
        for (at, act), items in alike.items()
    )


def story_kit(study: BlindedStudy, kit: RowMapping) -> StoryKit:
    """A kit by its label; its item number is that of its blinding group."""
    return StoryKit(kit["number"], kit["lot"], kit["expiry"], study.gtins.get(kit["blinding_group"], ""))


def _sscc(study: BlindedStudy, number: str) -> str:
    """The parcel's number where the study has a company prefix into which the shipment's number fits."""
    if study.labels.company_prefix is None:
        return ""
    try:
        return parcel_number(study.labels.company_prefix, number)
    except UnusableParcelNumber:
        return ""


def _loggers(connection: Connection, row: RowMapping) -> tuple[LoggerRecord, ...]:
    """What the loggers' files of the shipment say; the mean is taken from the file as it came."""
    told = connection.execute(_LOGGED, {"shipment_id": row["id"]}).mappings()
    return tuple(_logger(each, row["monitor"] or "") for each in told)


def _logger(row: RowMapping, device: str) -> LoggerRecord:
    record = read_logger_file(row["content"], LoggerProfile.model_validate(row["profile"]))
    return LoggerRecord(
        device=device,
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        minimum=row["minimum_celsius"],
        maximum=row["maximum_celsius"],
        mean=record.mean,
        outside=row["hours_outside"] > 0,
        sha256=row["sha256"],
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


def lots_of(connection: Connection, places: "Places", names: Mapping[int, str]) -> tuple[Lot, ...]:
    """Blinded lots by id and number, each with its moment; they came to be at the central depot."""
    found = connection.execute(_SINCE, {"lots": sorted(names)})
    lots = (Lot(names[row.blinded_lot_id], row.since, places.central) for row in found)
    return tuple(sorted(lots, key=lambda lot: lot.number))


def _happenings(
    connection: Connection, row: RowMapping, kits: Sequence[RowMapping], places: "Places"
) -> tuple[Happening, ...]:
    """Packing and shipping of the parcel, then what happened to its kits, by time."""
    facts = {"shipment_id": row["id"]}
    destination = places.destination(row)
    origin = places.origin(row) or destination
    numbers = tuple(kit["number"] for kit in kits)
    steps = {step.event: step.at for step in connection.execute(_STEP.group_by(_STEPS.c.event), facts)}
    acts = ((ShipmentEvent.PACK, Act.PACKED), (ShipmentEvent.DISPATCH, Act.SHIPPED))
    parcel = [Happening(act, steps[event], origin, numbers) for event, act in acts if event in steps]
    moved = connection.execute(_MOVED, facts).mappings()
    return (*parcel, *happenings_of(moved, places, destination))


def happenings_of(moved: Iterable[RowMapping], places: "Places", otherwise: Place) -> tuple[Happening, ...]:
    """What movements tell, those of one moment and place together, by time."""
    alike: dict[tuple[Act, datetime, Place], list[str]] = defaultdict(list)
    for each in moved:
        event = KitEvent(each["event"])
        act = _OF_PARCEL.get(event) or OF_KIT[event]
        place = otherwise if event in _OF_PARCEL else places.of(each) or otherwise
        alike[act, each["occurred_at"], place].append(each["number"])
    found = [Happening(act, at, place, tuple(sorted(some))) for (act, at, place), some in alike.items()]
    return tuple(sorted(found, key=lambda each: (each.at, list(Act).index(each.act), each.kits)))


class Places:
    """The places of a study by the ids of the ledger, each asked for once."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        self._connection, self._study_id = connection, study_id
        self._depots: dict[int | None, Place | None] = {None: None}
        self._sites: dict[tuple[str, int], Place] = {}
        self.study = study_at(connection, study_id, approved_version(connection, study_id))

    @cached_property
    def central(self) -> Place | None:
        """The depot that no other supplies."""
        row = self._connection.execute(_CENTRAL, {"study_id": self._study_id}).mappings().first()
        return None if row is None else self.depot(row["id"])

    def depot(self, depot_id: int | None) -> Place | None:
        """A depot; None for none."""
        if depot_id not in self._depots:
            row = self._connection.execute(select(_DEPOTS).where(_DEPOTS.c.id == depot_id)).mappings().one()
            gln = self.study.labels.locations.get(row["code"], "")
            place = Place(PlaceKind.DEPOT, row["code"], row["name"], row["country"], row["zone"], gln)
            self._depots[depot_id] = place
        return self._depots[depot_id]

    def origin(self, shipment: RowMapping) -> Place | None:
        """Where a shipment comes from; a return from its site, a satellite's parcel from its main site."""
        if shipment["from_site_id"] is not None:
            return self._site("site", shipment["from_site_id"])
        return self.depot(shipment["origin_depot_id"])

    def destination(self, shipment: RowMapping) -> Place:
        """Where a shipment goes. A home is known to the courier alone."""
        if shipment["subject_id"] is not None:
            return HOME
        if shipment["site_id"] is not None:
            return self._site("site", shipment["site_id"])
        depot = self.depot(shipment["target_depot_id"] or shipment["back_to_depot_id"])
        if depot is None:
            raise NotFound(f"Shipment {shipment['number']} goes nowhere. Call support.")
        return depot

    def of(self, moved: RowMapping) -> Place | None:
        """Where a movement took place: at a depot or site, at a door, or at the site of the kit's subject."""
        if moved["event"] == KitEvent.DELIVER:
            return HOME
        if moved["custody"] == Custody.SITE and moved["place_id"] is not None:
            return self._site("site", moved["place_id"])
        if moved["custody"] == Custody.DEPOT and moved["place_id"] is not None:
            return self.depot(moved["place_id"])
        return None if moved["subject_id"] is None else self._site("subject", moved["subject_id"])

    def _site(self, kind: str, number: int) -> Place:
        if (kind, number) not in self._sites:
            statement = _SITE_OF_SUBJECT if kind == "subject" else select(_SITES).where(_SITES.c.id == number)
            facts = {"subject_id": number} if kind == "subject" else {}
            row = self._connection.execute(statement, facts).mappings().one()
            gln = self.study.labels.locations.get(row["number"], "")
            self._sites[kind, number] = Place(
                PlaceKind.SITE, row["number"], row["name"], row["country"], row["zone"], gln
            )
        return self._sites[kind, number]
