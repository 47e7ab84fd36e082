"""A kit on its four axes: what each event asks and does, and what is true of every kit there can ever be."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from irt.states.kit import (
    ACCOUNTABILITY,
    ASSIGNMENT,
    CUSTODY,
    QUALITY,
    Accountability,
    Assignment,
    Custody,
    KitEvent,
    KitState,
    Quality,
    move_kit,
)
from irt.states.table import TransitionRefused
from tests.irt.states.every_kit import KITS, NEW, after, ways_from
from tests.irt.states.lifecycle import grid_of

Axis = dict[str, str]

_ANY_QUALITY = "unreleased released quarantined rejected recalled damaged"
_UNDESTROYED = (
    "none outstanding returned lost_by_subject damaged_by_subject verified_by_site verified_by_monitor "
    "return_shipped received_for_destruction"
)
_KEPT_IN_QUARANTINE = "released quarantined -> quarantined"
_STAYS_BARRED = "unreleased | rejected | recalled | damaged"

# What each event asks of an axis, and what becomes of it: 'a b -> c' leads from a or b to c, 'a | b' stays as it
# is, and commas stand between such clauses. An axis that is not named is neither asked nor changed.
LAW: dict[KitEvent, Axis] = {
    KitEvent.RELEASE: {"quality": "unreleased -> released"},
    KitEvent.RESERVE: {
        "custody": "depot",
        "quality": "released",
        "assignment": "free -> reserved",
        "accountability": "none",
    },
    KitEvent.UNRESERVE: {"custody": "depot | site", "assignment": "reserved preallocated -> free"},
    KitEvent.PACK: {
        "custody": "depot site -> shipment",
        "quality": "released",
        "assignment": "reserved | preallocated | assigned",
        "accountability": "none",
    },
    KitEvent.SEND_ON: {
        "custody": "site -> shipment",
        "quality": "released",
        "assignment": "free -> reserved",
        "accountability": "none",
    },
    KitEvent.UNPACK: {"custody": "shipment -> depot", "assignment": "reserved -> free, preallocated"},
    KitEvent.RECEIVE: {
        "custody": "shipment -> site",
        "quality": "released",
        "assignment": "reserved -> free, preallocated",
    },
    KitEvent.RECEIVE_QUARANTINED: {
        "custody": "shipment -> site",
        "quality": f"{_KEPT_IN_QUARANTINE}, rejected | recalled",
        "assignment": "reserved preallocated -> free, assigned -> reversed",
    },
    KitEvent.RECEIVE_DAMAGED: {
        "custody": "shipment -> site",
        "quality": f"{_ANY_QUALITY} -> damaged",
        "assignment": "reserved preallocated -> free",
    },
    KitEvent.RECEIVE_MISSING: {"custody": "shipment -> unknown", "assignment": "reserved preallocated -> free"},
    KitEvent.RECEIVE_AT_DEPOT: {"custody": "shipment -> depot", "assignment": "reserved -> free"},
    KitEvent.RETURN_TO_DEPOT: {"custody": "shipment -> depot", "assignment": "reserved preallocated -> free"},
    KitEvent.QUARANTINE: {"quality": _KEPT_IN_QUARANTINE, "accountability": _UNDESTROYED.replace(" ", " | ")},
    KitEvent.ACCEPT: {
        "quality": "quarantined -> released",
        "assignment": "free | reserved | preallocated | assigned | dispensed, reversed -> free",
        "accountability": _UNDESTROYED.replace(" ", " | "),
    },
    KitEvent.REJECT: {
        "quality": "unreleased quarantined -> rejected",
        "accountability": _UNDESTROYED.replace(" ", " | "),
    },
    KitEvent.RECALL: {"quality": f"{_ANY_QUALITY} -> recalled"},
    KitEvent.DAMAGE: {
        "custody": "site | depot",
        "quality": f"{_ANY_QUALITY} -> damaged",
        "assignment": "free | reserved | preallocated | reversed, assigned -> reversed",
        "accountability": _UNDESTROYED.replace(" ", " | "),
    },
    KitEvent.GO_MISSING: {
        "custody": "depot shipment site vendor -> unknown",
        "assignment": "free reserved preallocated -> free, assigned reversed -> reversed, dispensed",
        "accountability": _UNDESTROYED.replace(" ", " | "),
    },
    KitEvent.FIND_AT_SITE: {
        "custody": "unknown -> site",
        "quality": f"{_KEPT_IN_QUARANTINE}, {_STAYS_BARRED}",
        "accountability": (
            "none | returned | damaged_by_subject | verified_by_site | verified_by_monitor | "
            "return_shipped | received_for_destruction, lost_by_subject outstanding -> returned"
        ),
    },
    KitEvent.FIND_AT_DEPOT: {
        "custody": "unknown -> depot",
        "quality": f"{_KEPT_IN_QUARANTINE}, {_STAYS_BARRED}",
        "accountability": (
            f"{_UNDESTROYED.replace(' outstanding', '').replace(' ', ' | ')}, outstanding -> returned"
        ),
    },
    KitEvent.PREALLOCATE: {
        "custody": "site | depot",
        "quality": "released",
        "assignment": "free -> preallocated",
        "accountability": "none",
    },
    KitEvent.ASSIGN: {
        "custody": "site",
        "quality": "released",
        "assignment": "free preallocated -> assigned",
        "accountability": "none",
    },
    KitEvent.HAND_OVER: {
        "custody": "site -> subject",
        "quality": "released",
        "assignment": "assigned -> dispensed",
        "accountability": "none -> outstanding",
    },
    KitEvent.HAND_OVER_WRONGLY: {
        "custody": "site -> subject",
        "assignment": "free preallocated assigned reversed -> dispensed",
        "accountability": "none -> outstanding",
    },
    KitEvent.DELIVER: {
        "custody": "shipment -> subject",
        "assignment": "reserved preallocated assigned -> dispensed",
        "accountability": "none -> outstanding",
    },
    KitEvent.REVERSE: {
        "custody": "site",
        "quality": f"{_KEPT_IN_QUARANTINE}, rejected | recalled",
        "assignment": "assigned -> reversed",
    },
    KitEvent.COLLECT: {
        "custody": "subject -> shipment",
        "assignment": "dispensed",
        "accountability": "outstanding",
    },
    KitEvent.TAKE_BACK: {
        "custody": "subject shipment -> site",
        "assignment": "dispensed",
        "accountability": "outstanding -> returned",
    },
    KitEvent.LOSE: {
        "custody": "subject shipment -> unknown",
        "assignment": "dispensed",
        "accountability": "outstanding -> lost_by_subject",
    },
    KitEvent.SPOIL: {
        "custody": "subject shipment -> site",
        "assignment": "dispensed",
        "accountability": "outstanding -> damaged_by_subject",
    },
    KitEvent.VERIFY: {
        "custody": "site | depot",
        "assignment": "free | reversed | dispensed",
        "accountability": "none returned damaged_by_subject -> verified_by_site",
    },
    KitEvent.MONITOR: {
        "custody": "site | depot | unknown",
        "accountability": "verified_by_site lost_by_subject -> verified_by_monitor",
    },
    KitEvent.SHIP_RETURN: {
        "custody": "site -> shipment",
        "accountability": "verified_by_monitor return_shipped -> return_shipped",
    },
    KitEvent.RECEIVE_FOR_DESTRUCTION: {
        "custody": "shipment site depot -> vendor",
        "accountability": "return_shipped verified_by_monitor -> received_for_destruction",
    },
    KitEvent.DESTROY: {
        "custody": "vendor | site | depot",
        "accountability": "received_for_destruction verified_by_monitor -> destroyed",
    },
    KitEvent.TRANSFER_OUT: {
        "custody": "depot -> study",
        "quality": "unreleased | released",
        "assignment": "free",
        "accountability": "none",
    },
    KitEvent.TRANSFER_IN: {
        "custody": "study -> depot",
        "quality": _ANY_QUALITY.replace(" ", " | "),
        "assignment": "free",
    },
}

AXES: dict[str, tuple[type[StrEnum], Mapping[tuple[Any, KitEvent], Any]]] = {
    "custody": (Custody, CUSTODY),
    "quality": (Quality, QUALITY),
    "assignment": (Assignment, ASSIGNMENT),
    "accountability": (Accountability, ACCOUNTABILITY),
}


def steps(clauses: str) -> dict[str, str]:
    """What the clauses of an axis lead to."""
    lead: dict[str, str] = {}
    for clause in clauses.split(", "):
        origins, arrow, target = clause.partition(" -> ")
        for origin in origins.split() if arrow else origins.split(" | "):
            lead[origin] = target or origin
    return lead


@pytest.mark.parametrize("axis", AXES)
def test_every_cell_of_an_axis_is_as_the_law_says(axis: str) -> None:
    """Every status with every event, allowed and refused."""
    statuses, table = AXES[axis]
    law = {
        (status, event): steps(asked[axis]).get(status) if axis in asked else None
        for status in statuses
        for event, asked in LAW.items()
    }
    assert grid_of(table, statuses, KitEvent) == law


def test_an_event_moves_all_its_axes_or_none() -> None:
    """Every kit there is on paper with every event: the law on each axis, and no axis changed by itself."""
    assert set(LAW) == set(KitEvent)
    cells = 0
    for state in map(KitState, *zip(*product(Custody, Quality, Assignment, Accountability), strict=True)):
        for event, asked in LAW.items():
            assert after(state, event) == _lawful(state, asked), (state, event)
            cells += 1
    assert cells == 7 * 6 * 6 * 10 * len(KitEvent)


def _lawful(state: KitState, asked: Axis) -> KitState | None:
    moved: dict[str, Any] = {}
    for axis, (statuses, _) in AXES.items():
        here = getattr(state, axis)
        there = steps_of(asked[axis]).get(here) if axis in asked else here
        if there is None:
            return None
        moved[axis] = statuses(there)
    return KitState(**moved)


_KNOWN_STEPS: dict[str, dict[str, str]] = {}


def steps_of(clauses: str) -> dict[str, str]:
    """`steps`, read once."""
    if clauses not in _KNOWN_STEPS:
        _KNOWN_STEPS[clauses] = steps(clauses)
    return _KNOWN_STEPS[clauses]


_C, _Q, _A, _N = Custody, Quality, Assignment, Accountability
TRUTHS: dict[str, Callable[[KitState], bool]] = {
    "a subject holds dispensed kits only, and every one is outstanding": lambda kit: (
        kit.custody != _C.SUBJECT or (kit.assignment, kit.accountability) == (_A.DISPENSED, _N.OUTSTANDING)
    ),
    "what is outstanding is with the subject, with the carrier who collected it, or lost on that way": lambda kit: (
        kit.accountability != _N.OUTSTANDING or kit.custody in (_C.SUBJECT, _C.SHIPMENT, _C.UNKNOWN)
    ),
    "a dispensed kit is accounted for": lambda kit: kit.assignment != _A.DISPENSED or kit.accountability != _N.NONE,
    "an assigned kit is at the site or on its way to the door, and nobody has accounted for it": lambda kit: (
        kit.assignment != _A.ASSIGNED or (kit.custody in (_C.SITE, _C.SHIPMENT) and kit.accountability == _N.NONE)
    ),
    "a reserved kit is at the depot or on its way": lambda kit: (
        kit.assignment != _A.RESERVED or kit.custody in (_C.DEPOT, _C.SHIPMENT)
    ),
    "a kit on its way is meant for somewhere, or going back": lambda kit: (
        kit.custody != _C.SHIPMENT
        or kit.assignment in (_A.RESERVED, _A.PREALLOCATED, _A.ASSIGNED)
        or kit.accountability in (_N.RETURN_SHIPPED, _N.OUTSTANDING)
    ),
    "a vendor has what is to be destroyed or is": lambda kit: (
        kit.custody != _C.VENDOR or kit.accountability in (_N.RECEIVED_FOR_DESTRUCTION, _N.DESTROYED)
    ),
    "a kit in other books is meant for nobody here": lambda kit: (
        kit.custody != _C.STUDY or (kit.assignment, kit.accountability) == (_A.FREE, _N.NONE)
    ),
    "a missing kit is meant for nobody": lambda kit: (
        kit.custody != _C.UNKNOWN or kit.assignment in (_A.FREE, _A.REVERSED, _A.DISPENSED)
    ),
}


@pytest.mark.parametrize("truth", TRUTHS)
def test_it_is_true_of_every_kit(truth: str) -> None:
    """Whatever happens to a kit, in whatever order."""
    assert [kit for kit in KITS if not TRUTHS[truth](kit)] == []


def test_every_status_of_every_axis_is_reached() -> None:
    """No status is there for nothing, and every event happens to some kit."""
    for axis, (statuses, _) in AXES.items():
        assert {getattr(kit, axis) for kit in KITS} == set(statuses)
    assert {event for kit in KITS for event, _ in ways_from(kit)} == set(KitEvent)


def test_only_what_is_destroyed_has_no_way_on() -> None:
    """Every other kit can still be destroyed or is missing: none is stuck on a shelf."""
    done = {kit for kit in KITS if kit.accountability == _N.DESTROYED or kit.custody == _C.UNKNOWN}
    left, before = KITS - done, None
    while left != before:
        before = left
        left = {kit for kit in left if not any(there in KITS - left for _, there in orderly_ways(kit))}
    assert left == set()
    ends = [kit for kit in KITS if all(there == kit for _, there in orderly_ways(kit))]
    assert {kit.accountability for kit in ends} == {_N.DESTROYED} | {
        kit.accountability for kit in ends if kit.custody == _C.UNKNOWN
    }


def orderly_ways(kit: KitState) -> list[tuple[KitEvent, KitState]]:
    """The ways on that need no misfortune and no recall."""
    misfortune = {KitEvent.GO_MISSING, KitEvent.LOSE, KitEvent.DAMAGE, KitEvent.SPOIL, KitEvent.RECALL}
    return [(event, there) for event, there in ways_from(kit) if event not in misfortune]


def test_only_a_released_kit_is_assigned_and_only_from_the_shelf() -> None:
    """Assignable is: at the site, released, meant for nobody or for this subject, not accounted for."""
    assignable = {kit for kit in KITS if after(kit, KitEvent.ASSIGN)}
    assert assignable == {
        KitState(_C.SITE, _Q.RELEASED, assignment, _N.NONE) for assignment in (_A.FREE, _A.PREALLOCATED)
    }


@pytest.mark.parametrize("bar", [_Q.QUARANTINED, _Q.REJECTED, _Q.RECALLED, _Q.DAMAGED, _Q.UNRELEASED])
def test_a_barred_kit_is_used_again_only_by_a_decision(bar: Quality) -> None:
    """Found, returned, reversed or received: out of a bar leads a release or an acceptance and nothing else."""
    ways_out = {
        event
        for kit in KITS
        if kit.quality == bar
        for event, there in ways_from(kit)
        if there.quality == _Q.RELEASED
    }
    expected = {_Q.QUARANTINED: {KitEvent.ACCEPT}, _Q.UNRELEASED: {KitEvent.RELEASE}}
    assert ways_out == expected.get(bar, set())


def test_release_is_not_bypassed() -> None:
    """A kit that was never released is never usable, whatever quarantine and finding do to it."""
    reached, waiting = {NEW}, [NEW]
    while waiting:
        for event, there in ways_from(waiting.pop()):
            if event != KitEvent.RELEASE and there not in reached:
                reached.add(there)
                waiting.append(there)
    assert _Q.RELEASED not in {kit.quality for kit in reached}


def test_a_dispensed_kit_is_never_free_again() -> None:
    """What left the pharmacy is returned, lost or destroyed, and given to nobody else."""
    for kit in KITS:
        if kit.assignment == _A.DISPENSED:
            assert {there.assignment for _, there in ways_from(kit)} <= {_A.DISPENSED}


def test_a_refusal_names_the_axis_that_refuses() -> None:
    """A quarantined kit: its quality is what the person reads."""
    with pytest.raises(TransitionRefused, match="the record is 'Quarantined'"):
        move_kit(KitState(_C.SITE, _Q.QUARANTINED, _A.FREE), KitEvent.ASSIGN)
