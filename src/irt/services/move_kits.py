"""The one verb that changes a kit: consult the tables, append a movement, update the cached last line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, RowMapping, Select, bindparam, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from irt.errors import NotFound
from irt.services.holds import refuse_held
from irt.services.work import Work
from irt.states.hold import USES
from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality, move_kit
from irt.states.records import KitCheck
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Kit, Movement
from irt.tables.study import Study

_KITS, _STUDIES = table_of(Kit), table_of(Study)


@dataclass(frozen=True, slots=True)
class HeldKit:
    """A kit whose row this transaction has locked, and the state it was locked in."""

    id: int
    number: str
    state: KitState
    place_id: int | None
    sponsor_id: int
    study_id: int
    open_holds: int = 0


HELD_COLUMNS = (
    _KITS.c.id,
    _KITS.c.number,
    _KITS.c.custody,
    _KITS.c.place_id,
    _KITS.c.quality,
    _KITS.c.assignment,
    _KITS.c.accountability,
    _KITS.c.sponsor_id,
    _KITS.c.study_id,
    # Read along, so that without a hold nobody asks whether a kit is under one.
    select(_STUDIES.c.open_holds).where(_STUDIES.c.id == _KITS.c.study_id).scalar_subquery().label("open_holds"),
)


def held(row: RowMapping) -> HeldKit:
    """A locked row of HELD_COLUMNS as a value."""
    state = KitState(
        Custody(row["custody"]),
        Quality(row["quality"]),
        Assignment(row["assignment"]),
        Accountability(row["accountability"]),
    )
    return HeldKit(
        row["id"],
        row["number"],
        state,
        row["place_id"],
        row["sponsor_id"],
        row["study_id"],
        row["open_holds"],
    )


def locking(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The statement that locks kits, always in order of id, so that two transactions cannot wait for each other."""
    return select(*HELD_COLUMNS).where(*conditions).order_by(_KITS.c.id).with_for_update(key_share=True, of=_KITS)


_BY_ID = locking(_KITS.c.id.in_(bindparam("ids", expanding=True)))
_BY_NUMBER = locking(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)


AT_ONCE = 5000
"""Kits named in one statement; databases limit the values of a statement."""


def lock_kits(work: Work, ids: Iterable[int]) -> list[HeldKit]:
    """Locks kits by id."""
    return [held(row) for some in _some_at_once(sorted(ids)) for row in work.rows(_BY_ID, ids=some)]


def _some_at_once(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def lock_kits_by_number(work: Work, study_id: int, numbers: Iterable[str]) -> list[HeldKit]:
    """Locks kits by number; NotFound, naming the number, where the study has no such kit."""
    wanted = sorted(set(numbers))
    found = [held(row) for row in work.rows(_BY_NUMBER, study_id=study_id, numbers=wanted)]
    if missing := sorted(set(wanted) - {kit.number for kit in found}):
        raise NotFound(f"{missing[0]} is not a kit of this study. Scan the code on the kit, or type its digits.")
    return found


_MOVE = (
    update(_KITS)
    .where(_KITS.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        custody=bindparam("to_custody"),
        place_id=bindparam("to_place"),
        quality=bindparam("to_quality"),
        assignment=bindparam("to_assignment"),
        accountability=bindparam("to_accountability"),
    )
)

_MOVEMENTS = table_of(Movement)


def _told(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=_MOVEMENTS.c[name].type)


_FACTS = ("event", "subject_id", "shipment_id", "reason", "occurred_at", "recorded_at", "account_id")
_NOTED = {
    "sponsor_id": _KITS.c.sponsor_id,
    "study_id": _KITS.c.study_id,
    "kit_id": _KITS.c.id,
    **{axis: _KITS.c[axis] for axis in ("custody", "place_id", "quality", "assignment", "accountability")},
    **{fact: _told(fact) for fact in _FACTS},
}
# The movement is the kit's row as it now stands, so that the two cannot say different things.
_NOTE = (
    insert(_MOVEMENTS)
    .inline()
    .from_select(
        list(_NOTED),
        select(*_NOTED.values()).where(_KITS.c.id.in_(bindparam("ids", expanding=True))).order_by(_KITS.c.id),
        include_defaults=False,
    )
)

STAY = -1
"""The kit stays where it is."""


class Move(NamedTuple):
    """Where one kit goes: the depot, shipment, site or subject it is with afterwards, and in which shipment."""

    kit: HeldKit
    place_id: int | None
    shipment_id: int | None = None


def move_kits(
    work: Work,
    kits: Sequence[HeldKit],
    event: KitEvent,
    *,
    place_id: int | None = STAY,
    subject_id: int | None = None,
    shipment_id: int | None = None,
    reason: str | None = None,
    occurred_at: datetime | None = None,
) -> list[HeldKit]:
    """Moves locked kits by one event; TransitionRefused, and nothing moved, where one of them cannot.

    `place_id` is the depot, shipment, site or subject the kit is with afterwards, STAY by default.
    """
    moves = [Move(kit, kit.place_id if place_id == STAY else place_id, shipment_id) for kit in kits]
    return move_each(work, moves, event, subject_id=subject_id, reason=reason, occurred_at=occurred_at)


def move_each(
    work: Work,
    moves: Sequence[Move],
    event: KitEvent,
    *,
    subject_id: int | None = None,
    reason: str | None = None,
    occurred_at: datetime | None = None,
) -> list[HeldKit]:
    """Moves locked kits by one event, each to a place of its own; KitsOnHold where a hold forbids it."""
    if event in USES and any(move.kit.open_holds for move in moves):
        refuse_held(work, moves[0].kit.study_id, {move.kit.id: move.kit.number for move in moves})
    moved = [
        HeldKit(
            kit.id, kit.number, move_kit(kit.state, event), place_id, kit.sponsor_id, kit.study_id, kit.open_holds
        )
        for kit, place_id, _ in moves
    ]
    facts = {
        "event": event,
        "subject_id": subject_id,
        "reason": reason,
        "occurred_at": occurred_at or work.at,
        "recorded_at": work.at,
        "account_id": work.actor.account_id,
    }
    alike: dict[tuple[KitState, int | None, int | None], list[int]] = defaultdict(list)
    for kit, move in zip(moved, moves, strict=True):
        alike[(kit.state, kit.place_id, move.shipment_id)].append(kit.id)
    for (state, place, shipment_id), ids in alike.items():
        for some in _some_at_once(ids):
            work.run(_MOVE, {"ids": some, "to_place": place, **_axes(state)})
            work.run(_NOTE, {"ids": some, "shipment_id": shipment_id, **facts})
    _leave_open_dispensings(work, moves, event)
    return moved


_LINES = table_of(DispensedKit)
_LEAVE = (
    update(_LINES)
    .where(
        _LINES.c.kit_id.in_(bindparam("kits", expanding=True)),
        _LINES.c.status.in_((KitCheck.WAITING, KitCheck.CHECKED)),
    )
    .values(status=KitCheck.NOT_GIVEN)
)
_STAYS_PROMISED = (
    KitEvent.HAND_OVER,
    KitEvent.PACK,
    KitEvent.DELIVER,
    KitEvent.QUARANTINE,
    KitEvent.ACCEPT,
    KitEvent.REJECT,
    KitEvent.RECALL,
)


def _leave_open_dispensings(work: Work, moves: Sequence[Move], event: KitEvent) -> None:
    """An assigned kit that goes another way than its hand-over waits for its subject no more.

    Else it could be found, accepted and assigned to somebody else while the first subject still has a claim on it.
    """
    if event in _STAYS_PROMISED:
        return
    if left := [move.kit.id for move in moves if move.kit.state.assignment == Assignment.ASSIGNED]:
        work.run(_LEAVE, {"kits": left})


def _axes(state: KitState) -> dict[str, str]:
    return {
        "to_custody": state.custody,
        "to_quality": state.quality,
        "to_assignment": state.assignment,
        "to_accountability": state.accountability,
    }
