"""A kit lives on four independent axes; what people read is derived from them.

An event touches an axis where the axis's table names it; a touched axis must allow it. A step that leaves
an axis as it is (SITE, ASSIGN -> SITE) is a condition: the kit must be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from irt.states.table import next_status


class Custody(StrEnum):
    """Who has the kit; `study`: it stands in the books of another study, a pool's or one that it serves."""

    DEPOT = "depot"
    SHIPMENT = "shipment"
    SITE = "site"
    SUBJECT = "subject"
    VENDOR = "vendor"
    STUDY = "study"
    UNKNOWN = "unknown"


class Quality(StrEnum):
    """Whether the kit may be used. Expired is computed from the date, never stored."""

    UNRELEASED = "unreleased"
    RELEASED = "released"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    RECALLED = "recalled"
    DAMAGED = "damaged"


class Assignment(StrEnum):
    """For whom the kit is meant."""

    FREE = "free"
    RESERVED = "reserved"
    PREALLOCATED = "preallocated"
    ASSIGNED = "assigned"
    DISPENSED = "dispensed"
    REVERSED = "reversed"


class Accountability(StrEnum):
    """What became of a dispensed or unusable kit."""

    NONE = "none"
    OUTSTANDING = "outstanding"
    RETURNED = "returned"
    LOST_BY_SUBJECT = "lost_by_subject"
    DAMAGED_BY_SUBJECT = "damaged_by_subject"
    VERIFIED_BY_SITE = "verified_by_site"
    VERIFIED_BY_MONITOR = "verified_by_monitor"
    RETURN_SHIPPED = "return_shipped"
    RECEIVED_FOR_DESTRUCTION = "received_for_destruction"
    DESTROYED = "destroyed"


class KitEvent(StrEnum):
    """What can happen to a kit."""

    RELEASE = "release"
    RESERVE = "reserve"
    UNRESERVE = "unreserve"
    PACK = "pack"
    SEND_ON = "send_on"
    UNPACK = "unpack"
    RECEIVE = "receive"
    RECEIVE_QUARANTINED = "receive_quarantined"
    RECEIVE_DAMAGED = "receive_damaged"
    RECEIVE_MISSING = "receive_missing"
    RECEIVE_AT_DEPOT = "receive_at_depot"
    RETURN_TO_DEPOT = "return_to_depot"
    QUARANTINE = "quarantine"
    ACCEPT = "accept"
    REJECT = "reject"
    RECALL = "recall"
    DAMAGE = "damage"
    GO_MISSING = "go_missing"
    FIND_AT_SITE = "find_at_site"
    FIND_AT_DEPOT = "find_at_depot"
    PREALLOCATE = "preallocate"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    HAND_OVER_WRONGLY = "hand_over_wrongly"
    DELIVER = "deliver"
    COLLECT = "collect"
    REVERSE = "reverse"
    TAKE_BACK = "take_back"
    LOSE = "lose"
    SPOIL = "spoil"
    VERIFY = "verify"
    MONITOR = "monitor"
    SHIP_RETURN = "ship_return"
    RECEIVE_FOR_DESTRUCTION = "receive_for_destruction"
    DESTROY = "destroy"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


_C, _Q, _A, _N, _E = Custody, Quality, Assignment, Accountability, KitEvent

CUSTODY: dict[tuple[Custody, KitEvent], Custody] = {
    (_C.DEPOT, _E.RESERVE): _C.DEPOT,
    (_C.DEPOT, _E.UNRESERVE): _C.DEPOT,
    (_C.SITE, _E.UNRESERVE): _C.SITE,
    (_C.DEPOT, _E.PACK): _C.SHIPMENT,
    (_C.SITE, _E.PACK): _C.SHIPMENT,
    # From a main site to its satellite.
    (_C.SITE, _E.SEND_ON): _C.SHIPMENT,
    (_C.SHIPMENT, _E.UNPACK): _C.DEPOT,
    (_C.SHIPMENT, _E.RECEIVE): _C.SITE,
    (_C.SHIPMENT, _E.RECEIVE_QUARANTINED): _C.SITE,
    (_C.SHIPMENT, _E.RECEIVE_DAMAGED): _C.SITE,
    (_C.SHIPMENT, _E.RECEIVE_MISSING): _C.UNKNOWN,
    (_C.SHIPMENT, _E.RECEIVE_AT_DEPOT): _C.DEPOT,
    (_C.SHIPMENT, _E.RETURN_TO_DEPOT): _C.DEPOT,
    (_C.SHIPMENT, _E.DELIVER): _C.SUBJECT,
    (_C.SITE, _E.DAMAGE): _C.SITE,
    (_C.DEPOT, _E.DAMAGE): _C.DEPOT,
    (_C.SITE, _E.GO_MISSING): _C.UNKNOWN,
    (_C.DEPOT, _E.GO_MISSING): _C.UNKNOWN,
    (_C.SHIPMENT, _E.GO_MISSING): _C.UNKNOWN,
    (_C.VENDOR, _E.GO_MISSING): _C.UNKNOWN,
    (_C.UNKNOWN, _E.FIND_AT_SITE): _C.SITE,
    (_C.UNKNOWN, _E.FIND_AT_DEPOT): _C.DEPOT,
    (_C.SITE, _E.PREALLOCATE): _C.SITE,
    (_C.DEPOT, _E.PREALLOCATE): _C.DEPOT,
    (_C.SITE, _E.ASSIGN): _C.SITE,
    (_C.SITE, _E.REVERSE): _C.SITE,
    (_C.SITE, _E.HAND_OVER): _C.SUBJECT,
    (_C.SITE, _E.HAND_OVER_WRONGLY): _C.SUBJECT,
    (_C.SUBJECT, _E.COLLECT): _C.SHIPMENT,
    # Kits are counted where they come back: handed in by the subject, or brought by a carrier.
    **{(c, _E.TAKE_BACK): _C.SITE for c in (_C.SUBJECT, _C.SHIPMENT)},
    **{(c, _E.LOSE): _C.UNKNOWN for c in (_C.SUBJECT, _C.SHIPMENT)},
    **{(c, _E.SPOIL): _C.SITE for c in (_C.SUBJECT, _C.SHIPMENT)},
    **{(c, _E.VERIFY): c for c in (_C.SITE, _C.DEPOT)},
    **{(c, _E.MONITOR): c for c in (_C.SITE, _C.DEPOT, _C.UNKNOWN)},
    (_C.SITE, _E.SHIP_RETURN): _C.SHIPMENT,
    (_C.SHIPMENT, _E.RECEIVE_FOR_DESTRUCTION): _C.VENDOR,
    (_C.SITE, _E.RECEIVE_FOR_DESTRUCTION): _C.VENDOR,
    (_C.DEPOT, _E.RECEIVE_FOR_DESTRUCTION): _C.VENDOR,
    **{(c, _E.DESTROY): c for c in (_C.VENDOR, _C.SITE, _C.DEPOT)},
    # Between the books of a pool and of a study: the kit itself stays where it lies.
    (_C.DEPOT, _E.TRANSFER_OUT): _C.STUDY,
    (_C.STUDY, _E.TRANSFER_IN): _C.DEPOT,
}

_BARRED = (_Q.REJECTED, _Q.RECALLED, _Q.DAMAGED)

QUALITY: dict[tuple[Quality, KitEvent], Quality] = {
    (_Q.UNRELEASED, _E.RELEASE): _Q.RELEASED,
    (_Q.RELEASED, _E.RESERVE): _Q.RELEASED,
    (_Q.RELEASED, _E.PACK): _Q.RELEASED,
    (_Q.RELEASED, _E.SEND_ON): _Q.RELEASED,
    (_Q.RELEASED, _E.PREALLOCATE): _Q.RELEASED,
    (_Q.RELEASED, _E.ASSIGN): _Q.RELEASED,
    (_Q.RELEASED, _E.HAND_OVER): _Q.RELEASED,
    (_Q.RELEASED, _E.RECEIVE): _Q.RELEASED,
    # An unreleased kit stays unreleased whatever happens to it: quarantine and its end must not stand in for
    # the release of its lot.
    **{(q, _E.RECEIVE_QUARANTINED): _Q.QUARANTINED for q in (_Q.RELEASED, _Q.QUARANTINED)},
    **{(q, _E.RECEIVE_QUARANTINED): q for q in (_Q.REJECTED, _Q.RECALLED)},
    **{(q, _E.QUARANTINE): _Q.QUARANTINED for q in (_Q.RELEASED, _Q.QUARANTINED)},
    **{(q, _E.REVERSE): _Q.QUARANTINED for q in (_Q.RELEASED, _Q.QUARANTINED)},
    **{(q, _E.REVERSE): q for q in (_Q.REJECTED, _Q.RECALLED)},
    (_Q.QUARANTINED, _E.ACCEPT): _Q.RELEASED,
    **{(q, _E.REJECT): _Q.REJECTED for q in (_Q.UNRELEASED, _Q.QUARANTINED)},
    **{(q, _E.RECALL): _Q.RECALLED for q in Quality},
    **{(q, _E.DAMAGE): _Q.DAMAGED for q in Quality},
    **{(q, _E.RECEIVE_DAMAGED): _Q.DAMAGED for q in Quality},
    **{(q, e): _Q.QUARANTINED for q in (_Q.RELEASED, _Q.QUARANTINED) for e in (_E.FIND_AT_SITE, _E.FIND_AT_DEPOT)},
    **{(q, e): q for q in (_Q.UNRELEASED, *_BARRED) for e in (_E.FIND_AT_SITE, _E.FIND_AT_DEPOT)},
    **{(q, _E.TRANSFER_OUT): q for q in (_Q.UNRELEASED, _Q.RELEASED)},
    **{(q, _E.TRANSFER_IN): q for q in Quality},
}

ASSIGNMENT: dict[tuple[Assignment, KitEvent], Assignment] = {
    (_A.FREE, _E.RESERVE): _A.RESERVED,
    (_A.RESERVED, _E.UNRESERVE): _A.FREE,
    (_A.RESERVED, _E.PACK): _A.RESERVED,
    (_A.FREE, _E.SEND_ON): _A.RESERVED,
    (_A.RESERVED, _E.UNPACK): _A.FREE,
    (_A.RESERVED, _E.RECEIVE): _A.FREE,
    (_A.RESERVED, _E.RECEIVE_QUARANTINED): _A.FREE,
    (_A.RESERVED, _E.RECEIVE_DAMAGED): _A.FREE,
    (_A.RESERVED, _E.RECEIVE_MISSING): _A.FREE,
    (_A.RESERVED, _E.RECEIVE_AT_DEPOT): _A.FREE,
    (_A.RESERVED, _E.RETURN_TO_DEPOT): _A.FREE,
    (_A.RESERVED, _E.DELIVER): _A.DISPENSED,
    # Just in time: a kit meant for one subject travels as such, and is free again where it arrives unusable.
    **{(_A.PREALLOCATED, e): _A.PREALLOCATED for e in (_E.PACK, _E.UNPACK, _E.RECEIVE)},
    **{
        (_A.PREALLOCATED, e): _A.FREE
        for e in (_E.UNRESERVE, _E.RECEIVE_QUARANTINED, _E.RECEIVE_DAMAGED, _E.RECEIVE_MISSING, _E.RETURN_TO_DEPOT)
    },
    (_A.PREALLOCATED, _E.DELIVER): _A.DISPENSED,
    # A site's own kit goes to the door as its subject's, and comes back as one that was not given.
    (_A.ASSIGNED, _E.PACK): _A.ASSIGNED,
    (_A.ASSIGNED, _E.DELIVER): _A.DISPENSED,
    (_A.ASSIGNED, _E.RECEIVE_QUARANTINED): _A.REVERSED,
    **{(_A.FREE, e): _A.FREE for e in (_E.TRANSFER_OUT, _E.TRANSFER_IN)},
    (_A.FREE, _E.PREALLOCATE): _A.PREALLOCATED,
    (_A.FREE, _E.ASSIGN): _A.ASSIGNED,
    (_A.PREALLOCATED, _E.ASSIGN): _A.ASSIGNED,
    (_A.ASSIGNED, _E.HAND_OVER): _A.DISPENSED,
    **{(a, _E.HAND_OVER_WRONGLY): _A.DISPENSED for a in (_A.FREE, _A.PREALLOCATED, _A.ASSIGNED, _A.REVERSED)},
    (_A.ASSIGNED, _E.REVERSE): _A.REVERSED,
    **{(a, _E.DAMAGE): a for a in (_A.FREE, _A.RESERVED, _A.PREALLOCATED, _A.REVERSED)},
    (_A.ASSIGNED, _E.DAMAGE): _A.REVERSED,
    **{(a, _E.GO_MISSING): _A.FREE for a in (_A.FREE, _A.RESERVED, _A.PREALLOCATED)},
    (_A.ASSIGNED, _E.GO_MISSING): _A.REVERSED,
    **{(a, _E.GO_MISSING): a for a in (_A.REVERSED, _A.DISPENSED)},
    (_A.DISPENSED, _E.COLLECT): _A.DISPENSED,
    (_A.DISPENSED, _E.TAKE_BACK): _A.DISPENSED,
    (_A.DISPENSED, _E.LOSE): _A.DISPENSED,
    (_A.DISPENSED, _E.SPOIL): _A.DISPENSED,
    # A reversed kit is free again only after a new quality decision.
    **{(a, _E.ACCEPT): a for a in (_A.FREE, _A.RESERVED, _A.PREALLOCATED, _A.ASSIGNED, _A.DISPENSED)},
    (_A.REVERSED, _E.ACCEPT): _A.FREE,
    # Nobody's kit and a finished one are verified; one that is meant for somebody is given up first.
    **{(a, _E.VERIFY): a for a in (_A.FREE, _A.REVERSED, _A.DISPENSED)},
}

_NOT_DESTROYED = tuple(n for n in Accountability if n != _N.DESTROYED)

ACCOUNTABILITY: dict[tuple[Accountability, KitEvent], Accountability] = {
    # A kit that is already accounted for is nobody's supply any more.
    **{
        (_N.NONE, e): _N.NONE for e in (_E.RESERVE, _E.PREALLOCATE, _E.PACK, _E.SEND_ON, _E.ASSIGN, _E.TRANSFER_OUT)
    },
    **{
        (n, e): n
        for n in _NOT_DESTROYED
        for e in (_E.QUARANTINE, _E.ACCEPT, _E.REJECT, _E.DAMAGE, _E.GO_MISSING, _E.FIND_AT_SITE, _E.FIND_AT_DEPOT)
    },
    (_N.LOST_BY_SUBJECT, _E.FIND_AT_SITE): _N.RETURNED,
    **{(_N.OUTSTANDING, e): _N.RETURNED for e in (_E.FIND_AT_SITE, _E.FIND_AT_DEPOT)},
    (_N.NONE, _E.HAND_OVER): _N.OUTSTANDING,
    (_N.NONE, _E.HAND_OVER_WRONGLY): _N.OUTSTANDING,
    (_N.NONE, _E.DELIVER): _N.OUTSTANDING,
    (_N.OUTSTANDING, _E.COLLECT): _N.OUTSTANDING,
    (_N.OUTSTANDING, _E.TAKE_BACK): _N.RETURNED,
    (_N.OUTSTANDING, _E.LOSE): _N.LOST_BY_SUBJECT,
    (_N.OUTSTANDING, _E.SPOIL): _N.DAMAGED_BY_SUBJECT,
    (_N.NONE, _E.VERIFY): _N.VERIFIED_BY_SITE,
    (_N.RETURNED, _E.VERIFY): _N.VERIFIED_BY_SITE,
    (_N.DAMAGED_BY_SUBJECT, _E.VERIFY): _N.VERIFIED_BY_SITE,
    (_N.VERIFIED_BY_SITE, _E.MONITOR): _N.VERIFIED_BY_MONITOR,
    (_N.LOST_BY_SUBJECT, _E.MONITOR): _N.VERIFIED_BY_MONITOR,
    # One that was lost on its way and found at the site is sent again.
    **{(n, _E.SHIP_RETURN): _N.RETURN_SHIPPED for n in (_N.VERIFIED_BY_MONITOR, _N.RETURN_SHIPPED)},
    (_N.RETURN_SHIPPED, _E.RECEIVE_FOR_DESTRUCTION): _N.RECEIVED_FOR_DESTRUCTION,
    (_N.VERIFIED_BY_MONITOR, _E.RECEIVE_FOR_DESTRUCTION): _N.RECEIVED_FOR_DESTRUCTION,
    (_N.RECEIVED_FOR_DESTRUCTION, _E.DESTROY): _N.DESTROYED,
    (_N.VERIFIED_BY_MONITOR, _E.DESTROY): _N.DESTROYED,
}


_Axis = TypeVar("_Axis", Custody, Quality, Assignment, Accountability)


@dataclass(frozen=True, slots=True)
class KitState:
    """A kit on its four axes."""

    custody: Custody
    quality: Quality
    assignment: Assignment
    accountability: Accountability = Accountability.NONE


def _touched(table: Mapping[tuple[_Axis, KitEvent], _Axis]) -> frozenset[KitEvent]:
    return frozenset(event for _, event in table)


_TOUCHES_CUSTODY, _TOUCHES_QUALITY = _touched(CUSTODY), _touched(QUALITY)
_TOUCHES_ASSIGNMENT, _TOUCHES_ACCOUNTABILITY = _touched(ASSIGNMENT), _touched(ACCOUNTABILITY)


def move_kit(state: KitState, event: KitEvent) -> KitState:
    """The kit's state after the event; TransitionRefused where any touched axis does not allow it."""
    custody, quality = state.custody, state.quality
    assignment, accountability = state.assignment, state.accountability
    if event in _TOUCHES_CUSTODY:
        custody = next_status(CUSTODY, custody, event)
    if event in _TOUCHES_QUALITY:
        quality = next_status(QUALITY, quality, event)
    if event in _TOUCHES_ASSIGNMENT:
        assignment = next_status(ASSIGNMENT, assignment, event)
    if event in _TOUCHES_ACCOUNTABILITY:
        accountability = next_status(ACCOUNTABILITY, accountability, event)
    return KitState(custody, quality, assignment, accountability)


class DisplayStatus(StrEnum):
    """What people read; each maps to one of the industry's flat statuses."""

    NEW = "new"
    AVAILABLE = "available"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    PREALLOCATED = "preallocated"
    ASSIGNED = "assigned"
    DISPENSED = "dispensed"
    NOT_DISPENSED = "not_dispensed_to_subject"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    RECALLED = "recalled"
    DAMAGED = "damaged"
    MISSING = "missing"
    IN_OTHER_BOOKS = "in_other_books"
    EXPIRED = "expired"
    RETURNED = "returned_to_site"
    LOST_BY_SUBJECT = "lost_by_subject"
    DAMAGED_BY_SUBJECT = "damaged_by_subject"
    VERIFIED = "verified"
    PENDING_DESTRUCTION = "pending_destruction"
    RECEIVED_FOR_DESTRUCTION = "received_for_destruction"
    DESTROYED = "destroyed"


_D = DisplayStatus
_BY_ACCOUNTABILITY = {
    _N.DESTROYED: _D.DESTROYED,
    _N.RECEIVED_FOR_DESTRUCTION: _D.RECEIVED_FOR_DESTRUCTION,
    _N.RETURN_SHIPPED: _D.PENDING_DESTRUCTION,
    _N.VERIFIED_BY_SITE: _D.VERIFIED,
    _N.VERIFIED_BY_MONITOR: _D.VERIFIED,
    _N.RETURNED: _D.RETURNED,
    _N.LOST_BY_SUBJECT: _D.LOST_BY_SUBJECT,
    _N.DAMAGED_BY_SUBJECT: _D.DAMAGED_BY_SUBJECT,
    _N.OUTSTANDING: _D.DISPENSED,
}
_BY_CUSTODY = {Custody.UNKNOWN: _D.MISSING, Custody.STUDY: _D.IN_OTHER_BOOKS}
_BY_QUALITY = {
    _Q.RECALLED: _D.RECALLED,
    _Q.REJECTED: _D.REJECTED,
    _Q.DAMAGED: _D.DAMAGED,
    _Q.QUARANTINED: _D.QUARANTINED,
    _Q.UNRELEASED: _D.NEW,
}
_BY_ASSIGNMENT = {
    _A.RESERVED: _D.RESERVED,
    _A.PREALLOCATED: _D.PREALLOCATED,
    _A.ASSIGNED: _D.ASSIGNED,
    _A.DISPENSED: _D.DISPENSED,
    _A.REVERSED: _D.NOT_DISPENSED,
    _A.FREE: _D.AVAILABLE,
}


_COLLECTED = {Custody.SHIPMENT: DisplayStatus.IN_TRANSIT, Custody.UNKNOWN: DisplayStatus.MISSING}
"""A kit that is outstanding, and neither with its subject any more nor counted."""


def _accounted(state: KitState) -> DisplayStatus | None:
    if state.accountability == Accountability.OUTSTANDING and state.custody in _COLLECTED:
        return _COLLECTED[state.custody]
    return _BY_ACCOUNTABILITY.get(state.accountability)


def display_status(state: KitState, expiry: date, today: date) -> DisplayStatus:
    """One word for four axes; the gravest fact speaks first. A kit may be used on its expiry date."""
    if accounted := _accounted(state):
        return accounted
    if state.custody in _BY_CUSTODY:
        return _BY_CUSTODY[state.custody]
    if state.assignment == Assignment.REVERSED and state.quality == Quality.QUARANTINED:
        return _D.NOT_DISPENSED
    if state.quality in _BY_QUALITY:
        return _BY_QUALITY[state.quality]
    if today > expiry:
        return _D.EXPIRED
    return _D.IN_TRANSIT if state.custody == Custody.SHIPMENT else _BY_ASSIGNMENT[state.assignment]
