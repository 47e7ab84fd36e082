"""Return shipments as sites and depots see them: boxes, seals, kits by number, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_shipments import RECEIVABLE, Step, shipment_steps
from irt.reads.blinded_sites import WorkSite, not_found
from irt.states.kit import Accountability, Custody
from irt.states.shipment import OPEN, ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.returning import ReturnBox, ReturnedInBox, ReturnShipment
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site, Study


@dataclass(frozen=True)
class ReturnLine(BlindedView):
    """One return shipment in a list."""

    study_id: int
    study: str
    number: str
    status: ShipmentStatus
    site: str
    site_name: str
    zone: str
    depot: str
    depot_name: str
    kits: int
    boxes: int
    packed_on: date
    expected_on: date | None
    received_at: datetime | None


@dataclass(frozen=True)
class BoxedKit(BlindedView):
    """One kit, its box, and how it arrived; an empty outcome means that it has not."""

    number: str
    lot: str
    expiry: date
    box: int
    outcome: str


@dataclass(frozen=True)
class Box(BlindedView):
    """One sealed box."""

    box: int
    seal: str
    kits: tuple[BoxedKit, ...]


@dataclass(frozen=True)
class ReturnRecord(BlindedView):
    """One return shipment with its boxes and its steps."""

    line: ReturnLine
    protocol: str
    waybill: str
    boxes: tuple[Box, ...]
    steps: tuple[Step, ...]
    may_ship: bool = False

    @property
    def awaited(self) -> tuple[BoxedKit, ...]:
        """Kits that have not been booked at the depot."""
        return tuple(kit for box in self.boxes for kit in box.kits if not kit.outcome)

    @property
    def lacking(self) -> tuple[BoxedKit, ...]:
        """Kits that were missed at the depot and have not turned up."""
        return tuple(kit for box in self.boxes for kit in box.kits if kit.outcome == "missing")

    @property
    def to_send(self) -> bool:
        """Whether the boxes are closed and still at the site."""
        return self.line.status == ShipmentStatus.PACKED

    @property
    def receivable(self) -> bool:
        """Whether a depot may book kits of it now."""
        return self.line.status in RECEIVABLE or (bool(self.lacking) and self.line.status not in OPEN)


@dataclass(frozen=True)
class ReadyKit(BlindedView):
    """A verified kit at a site that may go back."""

    number: str
    lot: str
    expiry: date


_RETURNS, _BOXES, _PACKED = table_of(ReturnShipment), table_of(ReturnBox), table_of(ReturnedInBox)
_SHIPMENTS, _SHIPPED = table_of(Shipment), table_of(ShipmentKit)
_SITES, _DEPOTS, _STUDIES = table_of(Site), table_of(Depot), table_of(Study)
_KITS, _LOTS = table_of(Kit), table_of(BlindedLot)
_COUNT = select(func.count()).where(_PACKED.c.shipment_id == _SHIPMENTS.c.id).scalar_subquery()
_BOX_COUNT = select(func.count()).where(_BOXES.c.shipment_id == _SHIPMENTS.c.id).scalar_subquery()
_LINES = (
    select(
        _SHIPMENTS,
        _COUNT.label("kits"),
        _BOX_COUNT.label("boxes"),
        _RETURNS.c.packed_on,
        _RETURNS.c.site_id.label("from_site_id"),
        _RETURNS.c.depot_id,
        _SITES.c.number.label("site"),
        _SITES.c.name.label("site_name"),
        _SITES.c.zone,
        _DEPOTS.c.code.label("depot"),
        _DEPOTS.c.name.label("depot_name"),
        _STUDIES.c.name.label("study"),
        _STUDIES.c.protocol,
    )
    .join(_RETURNS, _RETURNS.c.shipment_id == _SHIPMENTS.c.id)
    .join(_SITES, _SITES.c.id == _RETURNS.c.site_id)
    .join(_DEPOTS, _DEPOTS.c.id == _RETURNS.c.depot_id)
    .join(_STUDIES, _STUDIES.c.id == _SHIPMENTS.c.study_id)
    .order_by(_SHIPMENTS.c.id.desc())
)
_NUMBERED = _LINES.where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
_SHOWN = 200
_BOXED = (
    select(
        _KITS.c.number,
        _KITS.c.expiry,
        _LOTS.c.number.label("lot"),
        _PACKED.c.box,
        _BOXES.c.seal,
        _SHIPPED.c.outcome,
    )
    .join(_PACKED, _PACKED.c.kit_id == _KITS.c.id)
    .join(_BOXES, (_BOXES.c.shipment_id == _PACKED.c.shipment_id) & (_BOXES.c.box == _PACKED.c.box))
    .join(_SHIPPED, (_SHIPPED.c.shipment_id == _PACKED.c.shipment_id) & (_SHIPPED.c.kit_id == _KITS.c.id))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_PACKED.c.shipment_id == bindparam("shipment_id"))
    .order_by(_PACKED.c.box, _KITS.c.number)
)
_WAITS_ELSEWHERE = (
    select(_SHIPPED.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(_SHIPPED.c.kit_id == _KITS.c.id, _SHIPPED.c.outcome.is_(None), _SHIPMENTS.c.status.in_(sorted(OPEN)))
    .correlate(_KITS)
    .exists()
)
_READY = (
    select(_KITS.c.number, _KITS.c.expiry, _LOTS.c.number.label("lot"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(
        _KITS.c.custody == Custody.SITE,
        _KITS.c.place_id == bindparam("site_id"),
        _KITS.c.accountability.in_((Accountability.VERIFIED_BY_MONITOR, Accountability.RETURN_SHIPPED)),
        ~_WAITS_ELSEWHERE,
    )
    .order_by(_KITS.c.number)
)
_DEPOT_CODES = select(_DEPOTS.c.code, _DEPOTS.c.name).where(_DEPOTS.c.study_id == bindparam("study_id"))


def returns_from(connection: Connection, sites: Sequence[WorkSite]) -> tuple[ReturnLine, ...]:
    """Return shipments of these sites, the newest first."""
    here = [site.site_id for site in sites]
    return _lines(connection, _LINES.where(_RETURNS.c.site_id.in_(here)))


def returns_to(connection: Connection, study_id: int, depot_ids: Sequence[int] | None) -> tuple[ReturnLine, ...]:
    """Return shipments to these depots of a study (None: to any), the newest first; none before it left."""
    statement = _LINES.where(_SHIPMENTS.c.study_id == study_id, _SHIPMENTS.c.dispatched_at.is_not(None))
    if depot_ids is not None:
        statement = statement.where(_RETURNS.c.depot_id.in_(list(depot_ids)))
    return _lines(connection, statement)


def site_return(connection: Connection, sites: Sequence[WorkSite], study_id: int, number: str) -> ReturnRecord:
    """A return of one of these sites; NotFound for any other."""
    row = _row(connection, study_id, number)
    if row["from_site_id"] not in {site.site_id for site in sites}:
        raise not_found("return shipment")
    return _record(connection, row)


def depot_return(
    connection: Connection, study_id: int, number: str, depot_ids: Sequence[int] | None
) -> ReturnRecord:
    """A return that left for one of these depots (None: for any); NotFound for any other."""
    row = _row(connection, study_id, number)
    if row["dispatched_at"] is None or (depot_ids is not None and row["depot_id"] not in depot_ids):
        raise not_found("return shipment")
    return _record(connection, row)


def ready_to_return(connection: Connection, site: WorkSite) -> tuple[ReadyKit, ...]:
    """Kits of a site that both have verified and that are in no box yet, by number."""
    return tuple(ReadyKit(**row) for row in connection.execute(_READY, {"site_id": site.site_id}).mappings())


def depots_of(connection: Connection, study_id: int) -> tuple[tuple[str, str], ...]:
    """Where a study's kits may go back to: code and name."""
    rows = connection.execute(_DEPOT_CODES, {"study_id": study_id})
    return tuple(sorted((row.code, f"{row.code} · {row.name}") for row in rows))


def _row(connection: Connection, study_id: int, number: str) -> RowMapping:
    row = connection.execute(_NUMBERED, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise not_found("return shipment")
    return row


def _lines(connection: Connection, statement: Select[Any]) -> tuple[ReturnLine, ...]:
    return tuple(_line(row) for row in connection.execute(statement.limit(_SHOWN)).mappings())


def _line(row: RowMapping) -> ReturnLine:
    return ReturnLine(
        study_id=row["study_id"],
        study=row["study"],
        number=row["number"],
        status=ShipmentStatus(row["status"]),
        site=row["site"],
        site_name=row["site_name"],
        zone=row["zone"],
        depot=row["depot"],
        depot_name=row["depot_name"],
        kits=row["kits"],
        boxes=row["boxes"],
        packed_on=row["packed_on"],
        expected_on=row["expected_on"],
        received_at=row["received_at"],
    )


def _record(connection: Connection, row: RowMapping) -> ReturnRecord:
    seals: dict[int, str] = {}
    boxes: dict[int, list[BoxedKit]] = {}
    for kit in connection.execute(_BOXED, {"shipment_id": row["id"]}):
        seals[kit.box] = kit.seal
        boxed = BoxedKit(kit.number, kit.lot, kit.expiry, kit.box, kit.outcome or "")
        boxes.setdefault(kit.box, []).append(boxed)
    return ReturnRecord(
        line=_line(row),
        protocol=row["protocol"],
        waybill=row["waybill"] or "",
        boxes=tuple(Box(n, seals[n], tuple(kits)) for n, kits in boxes.items()),
        steps=shipment_steps(connection, row["id"]),
    )
