"""A difference between a depot's stock and the ledger is taken, explained, corrected by an act, or accepted."""

from enum import StrEnum

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import NotAllowed, Refusal
from irt.reads.depot_shelves import kit_on_shelf
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import lock_kits_by_number, move_kits
from irt.services.site_kits import need_reason
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.stock_difference import DIFFERENCE, DifferenceEvent, DifferenceKind, DifferenceStatus
from irt.states.table import next_status
from irt.supply.stock_differences import act_against, agrees
from irt.tables.columns import table_of
from irt.tables.kit import Movement
from irt.tables.study import Depot
from irt.tables.vendor import StockDifference


class Settling(StrEnum):
    """How a difference is settled. The depot explains; supply does all three."""

    EXPLAIN = "explain"
    CORRECT = "correct"
    ACCEPT = "accept"


class TakeDifference(SQLModel):
    """A difference by its number; the person looks after it from now on."""

    study_id: int
    difference_id: int


class SettleDifference(TakeDifference):
    """How it is settled, and why."""

    how: Settling
    note: str = Field(min_length=1, max_length=500)


class DifferenceSettled(SQLModel):
    """The difference and its status now; `act` names what brought the ledger right, where it was corrected."""

    difference_id: int
    record: str
    status: DifferenceStatus
    act: str | None = None


class NothingToCorrect(Refusal):
    """No act of supply brings the ledger to what the depot says."""

    def __init__(self) -> None:
        super().__init__(
            "No act of supply brings the record to what the depot says. Nothing was booked. Where the depot is "
            "wrong, have it explain and send its stock again; where quality must decide, ask quality first."
        )


_ROWS, _DEPOTS, _MOVEMENTS = table_of(StockDifference), table_of(Depot), table_of(Movement)
_ROW = (
    select(_ROWS, _DEPOTS.c.code)
    .join(_DEPOTS, _DEPOTS.c.id == _ROWS.c.depot_id)
    .where(_ROWS.c.study_id == bindparam("study_id"), _ROWS.c.id == bindparam("row_id"))
    .with_for_update(key_share=True, of=_ROWS)
)
_SET = update(_ROWS).where(_ROWS.c.id == bindparam("row_id"))
_OWN = _SET.values(owner_id=bindparam("to_owner"))
_SETTLE = _SET.values(
    status=bindparam("to_status"),
    note=bindparam("to_note"),
    act=bindparam("to_act"),
    settled_at=bindparam("to_at"),
    settled_by_id=bindparam("to_by"),
)
_LAST = (
    select(_MOVEMENTS.c.event)
    .where(_MOVEMENTS.c.kit_id == bindparam("kit_id"))
    .order_by(_MOVEMENTS.c.id.desc())
    .limit(1)
)


def take_difference(work: Work, ask: TakeDifference) -> DifferenceSettled:
    """The person becomes its owner, also where somebody else was."""
    work.actor.require(Permission.APPROVE_SHIPMENT, ask.study_id)
    row = work.one("difference", _ROW, study_id=ask.study_id, row_id=ask.difference_id)
    work.run(_OWN, {"row_id": row["id"], "to_owner": work.actor.account_id})
    _audit(work, row, "difference_taken", {"depot": row["code"]})
    return DifferenceSettled(difference_id=row["id"], record=row["record"], status=row["status"])


def settle_difference(work: Work, ask: SettleDifference) -> DifferenceSettled:
    """Explained by the depot or by supply, accepted by supply, or corrected: supply's own act on the kit, named."""
    row = work.one("difference", _ROW, study_id=ask.study_id, row_id=ask.difference_id)
    _require_may(work, row, ask.how)
    note = need_reason(ask.note)
    status = next_status(DIFFERENCE, DifferenceStatus(row["status"]), DifferenceEvent(ask.how))
    act = _correct(work, row, note) if ask.how == Settling.CORRECT else None
    step = {"to_status": status, "to_note": note, "to_act": act, "to_at": work.at, "to_by": work.actor.account_id}
    work.run(_SETTLE, {"row_id": row["id"], **step})
    told = {"depot": row["code"], "kind": row["kind"], "here": row["here"], "there": row["there"]}
    _audit(work, row, f"difference_{status}", {**told, "act": act or ""}, note)
    return DifferenceSettled(difference_id=row["id"], record=row["record"], status=status, act=act)


def _require_may(work: Work, row: RowMapping, how: Settling) -> None:
    """Supply settles; a depot explains what concerns itself."""
    if work.actor.grant_for(Permission.APPROVE_SHIPMENT, row["study_id"], None) is not None:
        work.actor.require(Permission.APPROVE_SHIPMENT, row["study_id"])
        return
    work.actor.require(Permission.FULFIL_SHIPMENT, row["study_id"])
    here = work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, row["study_id"], row["depot_id"])
    if how != Settling.EXPLAIN or here is None:
        raise NotAllowed("A depot explains its own differences; supply ends them. Nothing was booked.")


def _correct(work: Work, row: RowMapping, note: str) -> str:
    """The act that brought, or now brings, the ledger to what the depot says."""
    kind = DifferenceKind(row["kind"])
    if kind == DifferenceKind.OTHER_COUNT:
        raise NothingToCorrect
    (kit,) = lock_kits_by_number(work, row["study_id"], [row["record"]])
    lying = kit_on_shelf(work.connection, row["study_id"], row["depot_id"], row["record"], work.at)
    if agrees(kind, row["there"], lying):
        return str(work.one("movement", _LAST, kit_id=kit.id)["event"])
    event = act_against(kind, row["there"], kit.state)
    # A kit that moved on since, as to another depot, is not brought back by what this depot said of it.
    if event is None or (lying is None) != (event == KitEvent.FIND_AT_DEPOT):
        raise NothingToCorrect
    place = None if event == KitEvent.GO_MISSING else row["depot_id"]
    move_kits(work, [kit], event, place_id=place, reason=note)
    return str(event)


def _audit(work: Work, row: RowMapping, act: str, new: dict[str, str], reason: str | None = None) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="stock_difference",
            record=row["record"],
            study_id=row["study_id"],
            new={"number": str(row["id"]), **new},
            reason=reason,
        )
    )
