"""Requests that stand otherwise now than their depot was last told: other kits, another day, another address."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select

from irt.messages.formats import Format, read
from irt.messages.manifest import amendment_of
from irt.messages.orders import ShipmentAmendment, ShipmentRequest
from irt.reads.blinded_manifest import story_of
from irt.states.shipment import ShipmentStatus
from irt.states.vendor_message import Direction
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, OperationalChange, SiteContact
from irt.tables.vendor import VendorMessage


@dataclass(frozen=True, slots=True)
class ChangedRequest:
    """A request that its depot is to be told of again."""

    depot_id: int
    depot: str
    number: str


_SAID = ("ship_to", "dispatch_on", "expected_on", "kits", "items")
ORDERS = ("shipment_request", "shipment_amendment")
_SHIPMENTS, _DEPOTS, _MESSAGES, _SHIPPED = (
    table_of(Shipment),
    table_of(Depot),
    table_of(VendorMessage),
    table_of(ShipmentKit),
)
_CONTACTS, _CHANGES, _APPROVALS = table_of(SiteContact), table_of(OperationalChange), table_of(Approval)
_STUDY: BindParameter[int] = bindparam("study_id")
_OF_SHIPMENT = (
    _MESSAGES.c.study_id == _SHIPMENTS.c.study_id,
    _MESSAGES.c.shipment == _SHIPMENTS.c.number,
    _MESSAGES.c.direction == Direction.OUT,
    _MESSAGES.c.kind.in_(ORDERS),
)
_LAST = select(func.max(_MESSAGES.c.id)).where(*_OF_SHIPMENT).correlate(_SHIPMENTS).scalar_subquery()
_TOLD_AT = select(func.max(_MESSAGES.c.at)).where(*_OF_SHIPMENT).correlate(_SHIPMENTS).scalar_subquery()
# Few requests are touched before they leave; those alone are read word by word.
_TOUCHED = or_(
    select(_SHIPPED.c.id)
    .where(_SHIPPED.c.shipment_id == _SHIPMENTS.c.id, _SHIPPED.c.outcome.is_not(None))
    .exists(),
    select(_CONTACTS.c.id)
    .join(_CHANGES, _CHANGES.c.id == _CONTACTS.c.change_id)
    .join(_APPROVALS, _APPROVALS.c.id == _CHANGES.c.approval_id)
    .where(_CONTACTS.c.site_id == _SHIPMENTS.c.site_id, _APPROVALS.c.decided_at >= _TOLD_AT)
    .exists(),
)
_BEFORE_DISPATCH = (
    ShipmentStatus.REQUESTED,
    ShipmentStatus.ACKNOWLEDGED,
    ShipmentStatus.PICKED,
    ShipmentStatus.PACKED,
)
_CANDIDATES = (
    select(_SHIPMENTS.c.number, _DEPOTS.c.id, _DEPOTS.c.code, _MESSAGES.c.body)
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .join(_MESSAGES, _MESSAGES.c.id == _LAST)
    .where(_SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.status.in_(_BEFORE_DISPATCH), _TOUCHED)
    .order_by(_DEPOTS.c.id, _SHIPMENTS.c.id)
)


def changed_requests(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None
) -> tuple[ChangedRequest, ...]:
    """Requests of these depots (None: of any) whose last message does not say what stands now."""
    statement = _CANDIDATES if depot_ids is None else _CANDIDATES.where(_DEPOTS.c.id.in_(list(depot_ids)))
    return tuple(
        ChangedRequest(row.id, row.code, row.number)
        for row in connection.execute(statement, {"study_id": study_id}).all()
        if _says_otherwise(connection, study_id, row.number, bytes(row.body))
    )


def _says_otherwise(connection: Connection, study_id: int, number: str, body: bytes) -> bool:
    told = read(body, Format.JSON)
    if not isinstance(told, ShipmentRequest | ShipmentAmendment):
        return False
    envelope = told.model_dump(include={"message_id", "sender", "study", "environment", "sequence", "made_at"})
    now = amendment_of(story_of(connection, number, study_id=study_id), envelope)
    return any(getattr(told, field) != getattr(now, field) for field in _SAID)
