"""A shipment's way from proposal to closure."""

from enum import StrEnum


class ShipmentStatus(StrEnum):
    """Where a shipment stands."""

    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting_approval"
    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    PICKED = "picked"
    PACKED = "packed"
    IN_TRANSIT = "in_transit"
    CUSTOMS_HOLD = "customs_hold"
    DELIVERED = "delivered"
    RECEIVED = "received"
    RECEIVED_PARTLY = "received_partly"
    RECEIVED_WITH_DISCREPANCY = "received_with_discrepancy"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected_by_depot"
    LOST = "lost"
    RETURNED = "returned_to_depot"


class ShipmentEvent(StrEnum):
    """What can happen to a shipment."""

    SEND_FOR_APPROVAL = "send_for_approval"
    REQUEST = "request"
    ACKNOWLEDGE = "acknowledge"
    REJECT = "reject"
    PICK = "pick"
    PACK = "pack"
    DISPATCH = "dispatch"
    HOLD_AT_CUSTOMS = "hold_at_customs"
    CLEAR_CUSTOMS = "clear_customs"
    DELIVER = "deliver"
    RECEIVE = "receive"
    RECEIVE_PARTLY = "receive_partly"
    RECEIVE_WITH_DISCREPANCY = "receive_with_discrepancy"
    CLOSE = "close"
    CANCEL = "cancel"
    LOSE = "lose"
    RETURN = "return"


_S, _E = ShipmentStatus, ShipmentEvent
_BEFORE_DISPATCH = (_S.PROPOSED, _S.AWAITING_APPROVAL, _S.REQUESTED, _S.ACKNOWLEDGED, _S.PICKED, _S.PACKED)
_ON_THE_WAY = (_S.IN_TRANSIT, _S.DELIVERED)
_RECEIPTS = (
    (_E.RECEIVE, _S.RECEIVED),
    (_E.RECEIVE_PARTLY, _S.RECEIVED_PARTLY),
    (_E.RECEIVE_WITH_DISCREPANCY, _S.RECEIVED_WITH_DISCREPANCY),
)

SHIPMENT: dict[tuple[ShipmentStatus, ShipmentEvent], ShipmentStatus] = {
    (_S.PROPOSED, _E.SEND_FOR_APPROVAL): _S.AWAITING_APPROVAL,
    (_S.PROPOSED, _E.REQUEST): _S.REQUESTED,
    (_S.AWAITING_APPROVAL, _E.REQUEST): _S.REQUESTED,
    (_S.REQUESTED, _E.ACKNOWLEDGE): _S.ACKNOWLEDGED,
    (_S.REQUESTED, _E.REJECT): _S.REJECTED,
    (_S.ACKNOWLEDGED, _E.PICK): _S.PICKED,
    (_S.PICKED, _E.PACK): _S.PACKED,
    (_S.PACKED, _E.DISPATCH): _S.IN_TRANSIT,
    (_S.IN_TRANSIT, _E.HOLD_AT_CUSTOMS): _S.CUSTOMS_HOLD,
    (_S.CUSTOMS_HOLD, _E.CLEAR_CUSTOMS): _S.IN_TRANSIT,
    (_S.IN_TRANSIT, _E.DELIVER): _S.DELIVERED,
    (_S.CUSTOMS_HOLD, _E.RETURN): _S.RETURNED,
    **{(s, e): t for s in _ON_THE_WAY for e, t in _RECEIPTS},
    (_S.RECEIVED_PARTLY, _E.RECEIVE): _S.RECEIVED,
    (_S.RECEIVED_PARTLY, _E.RECEIVE_WITH_DISCREPANCY): _S.RECEIVED_WITH_DISCREPANCY,
    **{
        (s, _E.CLOSE): _S.CLOSED
        for s in (_S.RECEIVED, _S.RECEIVED_PARTLY, _S.RECEIVED_WITH_DISCREPANCY, _S.LOST, _S.RETURNED)
    },
    **{(s, _E.CANCEL): _S.CANCELLED for s in _BEFORE_DISPATCH},
    (_S.IN_TRANSIT, _E.LOSE): _S.LOST,
    (_S.CUSTOMS_HOLD, _E.LOSE): _S.LOST,
    # A carrier that says it was brought may be wrong: what nobody ever books is lost.
    (_S.DELIVERED, _E.LOSE): _S.LOST,
    **{(s, _E.RETURN): _S.RETURNED for s in _ON_THE_WAY},
}

OPEN = frozenset({*_BEFORE_DISPATCH, *_ON_THE_WAY, _S.CUSTOMS_HOLD})
"""Shipments whose kits still count as on their way."""
