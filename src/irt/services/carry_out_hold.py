"""What follows a hold: its kits are found where they are and moved, some thousands in each transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, bindparam, exists, insert, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.holds import IN_FORCE, Cover
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import AT_ONCE, HeldKit, held, locking, move_kits
from irt.services.running_job import RunningJob
from irt.services.site_kits import can_move
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.hold import MOVED_BY, HoldKind
from irt.states.kit import Accountability, KitEvent, Quality
from irt.tables.columns import table_of
from irt.tables.hold import HoldFinding, KitHold
from irt.tables.kit import Kit


class CarryOutHold(SQLModel):
    """The next kits of a hold: those after this id."""

    study_id: int
    number: str
    after: int = 0


class HoldCarriedOut(SQLModel):
    """How many kits were found now, how many of them moved, and the last one's id; no kits: it is done."""

    found: int
    moved: int
    last: int


class HoldNotInForce(Refusal):
    """The hold was lifted."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Hold {number} is not in force. Nothing was moved.")


_HOLDS, _KITS, _FINDINGS = table_of(KitHold), table_of(Kit), table_of(HoldFinding)
_HOLD = select(_HOLDS).where(
    _HOLDS.c.study_id == bindparam("study_id"), _HOLDS.c.number == bindparam("number"), IN_FORCE
)
# Where a kit was is what its row says before it moves; found once, it is not found again.
_NOTE = (
    insert(_FINDINGS)
    .inline()
    .from_select(
        ["sponsor_id", "study_id", "hold_id", "kit_id", "custody", "place_id", "at"],
        select(
            _KITS.c.sponsor_id,
            _KITS.c.study_id,
            bindparam("hold_id", type_=_FINDINGS.c.hold_id.type),
            _KITS.c.id,
            _KITS.c.custody,
            _KITS.c.place_id,
            bindparam("at", type_=_FINDINGS.c.at.type),
        )
        .where(
            _KITS.c.id.in_(bindparam("kits", expanding=True)),
            ~exists().where(_FINDINGS.c.hold_id == bindparam("hold_id"), _FINDINGS.c.kit_id == _KITS.c.id),
        )
        .order_by(_KITS.c.id),
        include_defaults=False,
    )
)


def carry_out_hold(work: Work, ask: CarryOutHold) -> HoldCarriedOut:
    """Finds the next kits of a hold, notes where each was, and moves them unless it is a drill."""
    work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    hold = work.row(_HOLD, study_id=ask.study_id, number=ask.number)
    if hold is None:
        raise HoldNotInForce(ask.number)
    cover = cover_of(hold)
    kits = [held(row) for row in work.rows(locking(cover.kits, _KITS.c.id > ask.after).limit(AT_ONCE))]
    if kits:
        work.run(_NOTE, {"hold_id": hold["id"], "at": work.at, "kits": [kit.id for kit in kits]})
    moved = _move(work, hold, kits)
    work.audit(
        AuditDraft(
            act="hold_carried_out",
            record_kind="hold",
            record=ask.number,
            study_id=ask.study_id,
            new={"found": len(kits), "moved": moved},
        )
    )
    return HoldCarriedOut(found=len(kits), moved=moved, last=kits[-1].id if kits else ask.after)


def cover_of(hold: RowMapping) -> Cover:
    """What a hold's line says it is over."""
    return Cover(
        hold["study_id"],
        hold["blinded_lot_id"],
        hold["first_kit"],
        hold["last_kit"],
        hold["shipment_id"],
        hold["site_id"],
    )


def _move(work: Work, hold: RowMapping, kits: list[HeldKit]) -> int:
    """Moves what the hold's kind moves. The movement names the hold and no reason: sites read it."""
    event = MOVED_BY.get(HoldKind(hold["kind"]))
    if event is None:
        return 0
    there = [kit for kit in kits if _is_concerned(kit, event)]
    if there:
        move_kits(work, there, event, reason=f"Set apart by quality, {hold['number']}")
    return len(there)


def _is_concerned(kit: HeldKit, event: KitEvent) -> bool:
    """A destroyed kit is beyond recall, and what was recalled is not recalled again."""
    if kit.state.accountability == Accountability.DESTROYED:
        return False
    done = {KitEvent.RECALL: Quality.RECALLED, KitEvent.QUARANTINE: Quality.QUARANTINED}[event]
    return kit.state.quality != done and can_move(kit, event)


def work_on_hold(running: RunningJob) -> Mapping[str, Any]:
    """Carries out one hold to its end, telling how far it is; begun again, it finds what was done."""
    number = str(running.job.asked["hold"])
    with running.store.reading_past_wall() as connection:
        asked = {"study_id": running.study_id, "number": number}
        row = connection.execute(_HOLD, asked).mappings().first()
    if row is None:
        return {"hold": number, "found": 0, "moved": 0}
    found = moved = after = 0
    while True:
        running.step(found, max(row["kits"], found), "Finding the kits")
        ask = CarryOutHold(study_id=running.study_id, number=number, after=after)
        key = f"{running.key}:{after}"
        done = perform(running.store, running.starter(), running.clock(), carry_out_hold, ask, key)
        found, moved, after = found + done.found, moved + done.moved, done.last
        if done.found < AT_ONCE:
            return {"hold": number, "found": found, "moved": moved}
