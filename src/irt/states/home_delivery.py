"""A delivery's way to the subject's door: from the kits assigned at the depot to the patient's own word."""

from enum import StrEnum


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    AWAITING_RELEASE = "awaiting_release"
    RELEASED = "released"
    UNDERWAY = "underway"
    ATTEMPTED = "attempted"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


class DeliveryEvent(StrEnum):
    """What can happen to a delivery."""

    RELEASE = "release"
    DISPATCH = "dispatch"
    FAIL_ATTEMPT = "fail_attempt"
    RESCHEDULE = "reschedule"
    DELIVER = "deliver"
    RETURN = "return"
    LOSE = "lose"
    CANCEL = "cancel"


_S, _E = DeliveryStatus, DeliveryEvent
_ON_THE_WAY = (_S.UNDERWAY, _S.ATTEMPTED)

DELIVERY: dict[tuple[DeliveryStatus, DeliveryEvent], DeliveryStatus] = {
    (_S.AWAITING_RELEASE, _E.RELEASE): _S.RELEASED,
    (_S.RELEASED, _E.DISPATCH): _S.UNDERWAY,
    (_S.UNDERWAY, _E.FAIL_ATTEMPT): _S.ATTEMPTED,
    (_S.ATTEMPTED, _E.RESCHEDULE): _S.UNDERWAY,
    # The carrier may find somebody at home later on the day of a failed attempt.
    **{(s, _E.DELIVER): _S.DELIVERED for s in _ON_THE_WAY},
    **{(s, _E.RETURN): _S.RETURNED for s in _ON_THE_WAY},
    **{(s, _E.LOSE): _S.LOST for s in _ON_THE_WAY},
    **{(s, _E.CANCEL): _S.CANCELLED for s in (_S.AWAITING_RELEASE, _S.RELEASED)},
}

ENDED_IN_VAIN = frozenset({_S.RETURNED, _S.LOST, _S.CANCELLED})
"""The kits are not with the subject; others may be assigned for the visit."""
