"""Shipments as blinded people may know them: where they are, and their kits by number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, or_, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_network import delivery_lines
from irt.reads.blinded_sites import WorkSite, not_found, study_at
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.reads.blinded_supply import approved_version
from irt.states.shipment import OPEN, ShipmentEvent, ShipmentStatus
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.record import Signature
from irt.tables.shipment import SATELLITE, Excursion, Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site, Study

BEFORE_DISPATCH = (
    ShipmentStatus.REQUESTED,
    ShipmentStatus.ACKNOWLEDGED,
    ShipmentStatus.PICKED,
    ShipmentStatus.PACKED,
)
"""What a depot works on."""

COMING = (
    *BEFORE_DISPATCH,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.CUSTOMS_HOLD,
    ShipmentStatus.DELIVERED,
    ShipmentStatus.RECEIVED_PARTLY,
)
"""What a site awaits."""

RECEIVABLE = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED, ShipmentStatus.RECEIVED_PARTLY)


@dataclass(frozen=True)
class ShipmentLine(BlindedView):
    """One shipment in a list. Of a parcel to a home it says so, and neither whose nor of which site."""

    study_id: int
    study: str
    number: str
    status: ShipmentStatus
    site: str
    site_name: str
    country: str
    zone: str
    depot: str
    depot_name: str
    depot_zone: str
    storage: str
    kits: int
    dispatch_on: date | None
    expected_on: date | None
    delivered_at: datetime | None
    received_at: datetime | None
    to_home: bool = False
    to_depot: str = ""
    depot_blinded: bool | None = None

    @property
    def sender(self) -> str:
        """Where it comes from, and whether it may be asked: an unblinded depot knows what is inside (L39)."""
        if self.depot_blinded is None:
            return self.depot_name
        known = "a blinded depot" if self.depot_blinded else "an unblinded depot: ask it nothing about these kits"
        return f"{self.depot_name}, {known}"

    @property
    def destination(self) -> str:
        """Where it goes, in words."""
        if self.to_depot:
            return f"Depot {self.to_depot}"
        return "A patient's home" if self.to_home else f"Site {self.site}"

    @property
    def receivable(self) -> bool:
        """Whether the site may book its receipt now."""
        return self.status in RECEIVABLE


@dataclass(frozen=True)
class ShippedKit(BlindedView):
    """One kit of a shipment; an empty outcome means that it is awaited."""

    number: str
    product: str
    lot: str
    expiry: date
    outcome: str
    controlled: bool = False


@dataclass(frozen=True)
class Step(BlindedView):
    """One step of a shipment, when it happened and when it was typed."""

    status: ShipmentStatus
    event: ShipmentEvent
    words: str
    occurred_at: datetime
    recorded_at: datetime
    person: str
    reason: str


@dataclass(frozen=True)
class Signed(BlindedView):
    """The signature of a receipt, shown wherever the shipment is (P11-14)."""

    printed_name: str
    role: str
    at: datetime
    meaning: str


@dataclass(frozen=True)
class ShipmentRecord(BlindedView):
    """One shipment with its kits by number and its steps."""

    line: ShipmentLine
    protocol: str
    handling: str
    waybill: str
    monitor: str
    dispatched_at: datetime | None
    temperature: str
    excursion: str
    kits: tuple[ShippedKit, ...]
    steps: tuple[Step, ...]
    signed: Signed | None
    deliver_to: tuple[str, ...]

    @property
    def awaited(self) -> tuple[ShippedKit, ...]:
        """Kits whose arrival is not booked yet."""
        return tuple(kit for kit in self.kits if not kit.outcome)


_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_SITES, _DEPOTS, _STUDIES = table_of(Site), table_of(Depot), table_of(Study)
_DELIVERIES, _TARGETS = table_of(HomeDelivery), table_of(Depot).alias("target")
_KITS, _LOTS = table_of(Kit), table_of(BlindedLot)
_ACCOUNTS, _SIGNATURES, _EXCURSIONS = table_of(Account), table_of(Signature), table_of(Excursion)
_COUNT = (
    select(func.count())
    .select_from(_SHIPPED)
    .where(_SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .scalar_subquery()
    .label("kits")
)
_LINES = (
    select(
        _SHIPMENTS,
        _COUNT,
        _SITES.c.number.label("site"),
        _SITES.c.name.label("site_name"),
        func.coalesce(_SITES.c.country, _TARGETS.c.country).label("country"),
        func.coalesce(_SITES.c.zone, _TARGETS.c.zone).label("zone"),
        _SITES.c.version_number,
        _TARGETS.c.code.label("to_depot"),
        _TARGETS.c.name.label("to_depot_name"),
        _DEPOTS.c.code.label("depot"),
        _DEPOTS.c.name.label("depot_name"),
        _DEPOTS.c.zone.label("depot_zone"),
        _DEPOTS.c.blinded.label("depot_blinded"),
        _STUDIES.c.name.label("study"),
        _STUDIES.c.protocol,
    )
    # A parcel to a home is the business of its subject's site; that site is never named in it.
    .outerjoin(_DELIVERIES, _DELIVERIES.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_SITES, _SITES.c.id == func.coalesce(_SHIPMENTS.c.site_id, _DELIVERIES.c.site_id))
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .where(or_(_SITES.c.id.is_not(None), _TARGETS.c.id.is_not(None)))
    .join(_STUDIES, _STUDIES.c.id == _SHIPMENTS.c.study_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
)
_TO_SITES = _LINES.where(_SHIPMENTS.c.site_id.in_(bindparam("sites", expanding=True)))
_NOT_YET = (ShipmentStatus.PROPOSED, ShipmentStatus.AWAITING_APPROVAL)
_NEVER_CAME = (ShipmentStatus.CANCELLED, ShipmentStatus.REJECTED)
_TOLD = tuple(status for status in ShipmentStatus if status not in (*_NOT_YET, *_NEVER_CAME))
"""What a site hears of: from the order to the depot on, and not what was taken back before it left."""


def shipments_to(
    connection: Connection, sites: Sequence[WorkSite], *, awaited: bool, limit: int = 50, before: int | None = None
) -> tuple[tuple[ShipmentLine, ...], int | None]:
    """Shipments to these sites: awaited ones by arrival, or the others, newest first.

    Gives a page of at most `limit` and the mark to go on from, None at the end. Awaited ones are never cut.
    """
    site_ids = sorted(site.site_id for site in sites)
    if not site_ids:
        return (), None
    if awaited:
        statement = _TO_SITES.where(_SHIPMENTS.c.status.in_(COMING)).order_by(
            _SHIPMENTS.c.expected_on, _SHIPMENTS.c.number, _SHIPMENTS.c.id
        )
        return _lines(connection, statement, sites=site_ids), None
    rest = tuple(status for status in _TOLD if status not in COMING)
    statement = _TO_SITES.where(_SHIPMENTS.c.status.in_(rest)).order_by(_SHIPMENTS.c.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(_SHIPMENTS.c.id < before)
    rows = connection.execute(statement, {"sites": site_ids}).mappings().all()
    mark = rows[limit - 1]["id"] if len(rows) > limit else None
    return tuple(_line(row) for row in rows[:limit]), mark


_ON = _LINES.where(
    _SITES.c.main_site_id.in_(bindparam("sites", expanding=True)),
    _SHIPMENTS.c.raised_by == SATELLITE,
    _SHIPMENTS.c.status.in_(COMING),
).order_by(_SHIPMENTS.c.id)


def shipments_on(connection: Connection, sites: Sequence[WorkSite]) -> tuple[ShipmentLine, ...]:
    """What these sites sent to their satellites and is not received whole."""
    site_ids = sorted(site.site_id for site in sites)
    return _lines(connection, _ON, sites=site_ids) if site_ids else ()


def depot_shipments(
    connection: Connection, study_ids: Sequence[int], depot_ids: Sequence[int] | None
) -> tuple[ShipmentLine, ...]:
    """What depots have to send, by dispatch day; `depot_ids` None: every depot of these studies."""
    statement = _LINES.where(
        _SHIPMENTS.c.study_id.in_(list(study_ids)),
        _SHIPMENTS.c.status.in_(BEFORE_DISPATCH),
        # What a site sends itself is no depot's.
        _SHIPMENTS.c.origin_depot_id.is_not(None),
    ).order_by(_SHIPMENTS.c.dispatch_on, _SHIPMENTS.c.number, _SHIPMENTS.c.id)
    if depot_ids is not None:
        statement = statement.where(_SHIPMENTS.c.origin_depot_id.in_(list(depot_ids)))
    return _lines(connection, statement)


_TO_DEPOTS = _LINES.where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.target_depot_id.is_not(None))


def _at_depots(statement: Select[Any], depot_ids: Sequence[int] | None) -> Select[Any]:
    return statement if depot_ids is None else statement.where(_SHIPMENTS.c.target_depot_id.in_(list(depot_ids)))


def arriving_shipments(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None
) -> tuple[ShipmentLine, ...]:
    """What is on its way to regional depots and not yet booked there; `depot_ids` None: to every depot."""
    statement = _TO_DEPOTS.where(_SHIPMENTS.c.status.in_(RECEIVABLE)).order_by(
        _SHIPMENTS.c.expected_on, _SHIPMENTS.c.id
    )
    return _lines(connection, _at_depots(statement, depot_ids), study_id=study_id)


def arriving_shipment(
    connection: Connection, study_id: int, number: str, depot_ids: Sequence[int] | None
) -> ShipmentRecord | None:
    """A shipment to one of these depots that has left; None for any other."""
    statement = _at_depots(_TO_DEPOTS.where(_SHIPMENTS.c.number == bindparam("number")), depot_ids)
    row = connection.execute(statement, {"study_id": study_id, "number": number}).mappings().first()
    if row is None or row["status"] in (*_NOT_YET, *BEFORE_DISPATCH):
        return None
    return _record(connection, row)


def planned_shipments(connection: Connection, study_id: int) -> tuple[ShipmentLine, ...]:
    """Shipments of a study that are not received yet, those that wait for approval first, then by arrival."""
    statement = _LINES.where(_SHIPMENTS.c.study_id == study_id, _SHIPMENTS.c.status.in_(sorted(OPEN))).order_by(
        _SHIPMENTS.c.status != ShipmentStatus.AWAITING_APPROVAL, _SHIPMENTS.c.expected_on, _SHIPMENTS.c.id
    )
    return _lines(connection, statement)


def _lines(connection: Connection, statement: Select[Any], **facts: Any) -> tuple[ShipmentLine, ...]:
    return tuple(_line(row) for row in connection.execute(statement, facts).mappings())


def _line(row: RowMapping) -> ShipmentLine:
    to_depot = row["to_depot"] or ""
    to_home = row["site_id"] is None and not to_depot
    return ShipmentLine(
        study_id=row["study_id"],
        study=row["study"],
        number=row["number"],
        status=ShipmentStatus(row["status"]),
        site="" if to_home else row["site"] or "",
        site_name="" if to_home else row["site_name"] or row["to_depot_name"],
        country=row["country"],
        zone=(row["depot_zone"] or "UTC") if to_home else row["zone"],
        depot=row["depot"] or "",
        depot_name=row["depot_name"] or "",
        depot_zone=row["depot_zone"] or "UTC",
        storage=STORAGE_WORDS.get(row["storage"], row["storage"]),
        kits=row["kits"],
        dispatch_on=row["dispatch_on"],
        expected_on=row["expected_on"],
        delivered_at=row["delivered_at"],
        received_at=row["received_at"],
        to_home=to_home,
        to_depot=to_depot,
        depot_blinded=row["depot_blinded"],
    )


_NUMBERED = _LINES.where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
_OF_KIT = (
    select(_SHIPMENTS.c.study_id, _SHIPMENTS.c.number)
    .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .where(
        _SHIPMENTS.c.site_id.in_(bindparam("sites", expanding=True)),
        _SHIPMENTS.c.status.in_(RECEIVABLE),
        _SHIPPED.c.outcome.is_(None),
        _KITS.c.number == bindparam("number"),
    )
    .order_by(_SHIPMENTS.c.id)
)
_BY_NUMBER = (
    select(_SHIPMENTS.c.study_id, _SHIPMENTS.c.number)
    .where(_SHIPMENTS.c.site_id.in_(bindparam("sites", expanding=True)), _SHIPMENTS.c.number == bindparam("number"))
    .where(_SHIPMENTS.c.status.in_(_TOLD))
    .order_by(_SHIPMENTS.c.id)
)


def site_shipment(connection: Connection, sites: Sequence[WorkSite], study_id: int, number: str) -> ShipmentRecord:
    """A shipment to one of these sites; NotFound for any other. Its kits are named once it has left."""
    row = _numbered(connection, study_id, number)
    here = {site.site_id for site in sites}
    if row is None or row["site_id"] not in here or row["status"] not in _TOLD:
        raise not_found("shipment")
    record = _record(connection, row)
    return replace(record, kits=()) if record.line.status in BEFORE_DISPATCH else record


def depot_shipment(
    connection: Connection, study_id: int, number: str, depot_ids: Sequence[int] | None
) -> ShipmentRecord:
    """A shipment of one of these depots (None: of any); NotFound for any other and for one not yet requested."""
    row = _numbered(connection, study_id, number)
    if row is None or row["origin_depot_id"] is None:
        raise not_found("shipment")
    if depot_ids is not None and row["origin_depot_id"] not in depot_ids:
        raise not_found("shipment")
    if row["status"] in _NOT_YET:
        raise not_found("shipment")
    return _record(connection, row)


def scanned_shipment(connection: Connection, sites: Sequence[WorkSite], code: str) -> tuple[int, str] | None:
    """Study and number of the shipment that a scanned shipment or kit number leads to, if any."""
    facts = {"sites": sorted(site.site_id for site in sites), "number": code}
    for statement in (_BY_NUMBER, _OF_KIT):
        row = connection.execute(statement, facts).mappings().first()
        if row is not None:
            return row["study_id"], row["number"]
    return None


def _numbered(connection: Connection, study_id: int, number: str) -> RowMapping | None:
    return connection.execute(_NUMBERED, {"study_id": study_id, "number": number}).mappings().first()


_KITS_OF = (
    select(_KITS.c.number, _KITS.c.blinding_group, _KITS.c.expiry, _LOTS.c.number.label("lot"), _SHIPPED.c.outcome)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"))
    .order_by(_KITS.c.number)
)
_STEPS_OF = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.shipment_id == bindparam("shipment_id"), _STEPS.c.status.not_in(_NOT_YET))
    .order_by(_STEPS.c.id)
)
_SIGNATURE = select(_SIGNATURES).where(_SIGNATURES.c.id == bindparam("signature_id"))
_EXCURSION_OF = select(_EXCURSIONS.c.number).where(_EXCURSIONS.c.shipment_id == bindparam("shipment_id"))


def _record(connection: Connection, row: RowMapping) -> ShipmentRecord:
    facts = {"shipment_id": row["id"]}
    version = row["version_number"] or approved_version(connection, row["study_id"])
    study = study_at(connection, row["study_id"], version)
    groups = {group.code: group for group in study.blinding_groups}
    kits = connection.execute(_KITS_OF, facts).mappings().all()
    handling = sorted({groups[kit["blinding_group"]].handling for kit in kits} - {""})
    return ShipmentRecord(
        line=_line(row),
        protocol=row["protocol"],
        handling=". ".join(handling),
        waybill=row["waybill"] or "",
        monitor=row["monitor"] or "",
        dispatched_at=row["dispatched_at"],
        temperature=row["temperature"] or "",
        excursion=", ".join(sorted(connection.execute(_EXCURSION_OF, facts).scalars())),
        kits=tuple(
            ShippedKit(
                kit["number"],
                groups[kit["blinding_group"]].name,
                kit["lot"],
                kit["expiry"],
                kit["outcome"] or "",
                _line(row).country in groups[kit["blinding_group"]].schedules,
            )
            for kit in kits
        ),
        steps=shipment_steps(connection, row["id"]),
        signed=_signed(connection, row["signature_id"]),
        deliver_to=delivery_lines(connection, row["site_id"], row["dispatch_on"] or row["raised_at"].date()),
    )


def shipment_steps(connection: Connection, shipment_id: int) -> tuple[Step, ...]:
    """What happened to a shipment, in order."""
    found = connection.execute(_STEPS_OF, {"shipment_id": shipment_id}).mappings()
    return tuple(_step(step) for step in found)


def _step(row: RowMapping) -> Step:
    return Step(
        status=ShipmentStatus(row["status"]),
        event=ShipmentEvent(row["event"]),
        words=words(row["status"]),
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        person=row["printed_name"] or "",
        reason=row["reason"] or "",
    )


def _signed(connection: Connection, signature_id: int | None) -> Signed | None:
    if signature_id is None:
        return None
    row = connection.execute(_SIGNATURE, {"signature_id": signature_id}).mappings().one()
    return Signed(row["printed_name"], words(row["role"]), row["at"], row["meaning"])
