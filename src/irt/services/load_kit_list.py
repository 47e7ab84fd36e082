"""Loading a kit list: numbered kits of known content come into being at a depot, not yet released.

Two people: one asks for approval of exactly this list, another grants it. Rows are stored in order of the random
kit number, so that neither number nor row order tells the content or the warehouse's sequence.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from sqlalchemy import bindparam, func, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.numbers import OpaqueNumbers
from irt.services.approvals import salted
from irt.services.audit_draft import AuditDraft
from irt.services.kit_list import (
    APPROVAL_KIND,
    KitNumberTaken,
    ListedLot,
    check_list,
    kit_list_hash,
    lots_of_size,
)
from irt.services.kit_list_mode import refuse_known_elsewhere
from irt.services.kit_sequence import warehouse_order
from irt.services.studies import seed_of
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study
from irt.services.work import Work
from irt.states.kit import Accountability, Assignment, Custody, Quality
from irt.supply.expiry import blinded_expiry
from irt.supply.kit_selection import ANY_LABEL
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.pool import PooledKit
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter, KitContent, ManufacturingLot

DIGITS_MIN = 5


class LoadKitList(SQLModel):
    """The lots of the study file's size, or the lots listed here, and the approval of another person."""

    study_id: int
    size: Literal["full", "small"] | None = None
    lots: list[ListedLot] = []
    approval_id: int


class KitListLoaded(SQLModel):
    """What was loaded, in numbers a blinded reader may know."""

    kits: int
    blinded_lots: list[str]


class KitListNotApproved(Refusal):
    """The list has no grant of a second person, or it is another list than the one granted."""


class LotAlreadyLoaded(Refusal):
    """A lot is loaded once, whole."""


def load_kit_list(work: Work, ask: LoadKitList) -> KitListLoaded:
    """Creates blinded lots, manufacturing lots and unreleased kits with random numbers over all kit types."""
    work.actor.require(Permission.LOAD_KITS, ask.study_id)
    study = lock_study(work, ask.study_id)
    lots = ask.lots or lots_of_size(study.definition, ask.size)
    check_list(study.definition, lots)
    digest = kit_list_hash(lots)
    _require_approval(work, ask, digest)
    refuse_known_elsewhere(work, study.id, lots)
    _refuse_loaded(work, study, lots)
    kits = sum(lot.kits for lot in lots)
    blinded = _record_lots(work, study, lots)
    _record_kits(work, study, lots, blinded)
    numbers = sorted({lot.blinded_lot for lot in lots})
    work.audit(
        AuditDraft(
            act="kit_list_loaded",
            record_kind="kit_list",
            record=f"{kits} kits",
            study_id=study.id,
            new={"kits": kits, "blinded_lots": numbers, "approval": ask.approval_id},
            secret={"list_sha256": digest, "lots": {lot.lot: lot.kits for lot in lots}},
        )
    )
    return KitListLoaded(kits=kits, blinded_lots=numbers)


_APPROVALS, _MATTERS = table_of(Approval), table_of(ApprovalMatter)
_APPROVAL = (
    select(_APPROVALS, _MATTERS.c.salt)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .where(_APPROVALS.c.id == bindparam("approval_id"))
)


def _require_approval(work: Work, ask: LoadKitList, digest: str) -> None:
    found = work.row(_APPROVAL, approval_id=ask.approval_id)
    if (
        found is None
        or (found["kind"], found["study_id"]) != (APPROVAL_KIND, ask.study_id)
        or not found["granted"]
        or found["decided_by_id"] in (None, found["asked_by_id"])
    ):
        raise KitListNotApproved(
            "This kit list is not approved by a second person. Nothing was loaded. Ask for its approval first."
        )
    if found["record_hash"] != salted(digest, bytes.fromhex(found["salt"])):
        raise KitListNotApproved(
            "The list is not the one that was approved. Nothing was loaded. Ask for approval of this list."
        )


_LOTS, _BULK, _KITS, _CONTENTS = (
    table_of(BlindedLot),
    table_of(ManufacturingLot),
    table_of(Kit),
    table_of(KitContent),
)
_KNOWN = {
    table.name: select(table.c.number).where(
        table.c.study_id == bindparam("study_id"), table.c.number.in_(bindparam("numbers", expanding=True))
    )
    for table in (_LOTS, _BULK, _KITS)
}
_AT_ONCE = 5000


def _refuse_loaded(work: Work, study: SupplyStudy, lots: Sequence[ListedLot]) -> None:
    for table, numbers in ((_LOTS, {lot.blinded_lot for lot in lots}), (_BULK, {lot.lot for lot in lots})):
        if known := work.row(_KNOWN[table.name], study_id=study.id, numbers=sorted(numbers)):
            raise LotAlreadyLoaded(f"Lot {known['number']} was loaded before. Nothing was loaded now.")
    listed = [number for lot in lots for number in lot.numbers]
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        if known := work.row(_KNOWN[_KITS.name], study_id=study.id, numbers=some):
            raise KitNumberTaken(
                f"Kit number {known['number']} was loaded before. Nothing was loaded now. Correct the list."
            )


def _record_lots(work: Work, study: SupplyStudy, lots: Sequence[ListedLot]) -> dict[str, tuple[int, date]]:
    """Blinded lots with the earliest expiry of their parts; number -> id and expiry."""
    expiries: dict[str, list[date]] = defaultdict(list)
    for lot in lots:
        expiries[lot.blinded_lot].append(lot.expiry)
    return {
        number: (
            work.record(BlindedLot, **study.owner, number=number, expiry=blinded_expiry(dates)),
            blinded_expiry(dates),
        )
        for number, dates in sorted(expiries.items())
    }


_SO_FAR = select(func.count(_CONTENTS.c.id).label("kits"), func.max(_CONTENTS.c.sequence).label("sequence")).where(
    _CONTENTS.c.study_id == bindparam("study_id")
)
_IDS = select(_KITS.c.id, _KITS.c.number).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.id > bindparam("after")
)
_POOLED = (
    select(table_of(PooledKit).c.id).where(table_of(PooledKit).c.served_study_id == bindparam("study_id")).limit(1)
)
_ALL_NUMBERS = select(_KITS.c.number).where(_KITS.c.study_id == bindparam("study_id"))
_LAST_ID = select(func.coalesce(func.max(_KITS.c.id), 0))


def _record_kits(
    work: Work, study: SupplyStudy, lots: Sequence[ListedLot], blinded: Mapping[str, tuple[int, date]]
) -> None:
    so_far = work.one("kit list", _SO_FAR, study_id=study.id)
    numbers = _numbers(work, study, so_far["kits"], sum(lot.kits for lot in lots))
    contents: dict[str, dict[str, object]] = {}
    rows: list[dict[str, object]] = []
    given: dict[str, list[str]] = {}
    depots = depot_ids(work, study.id)
    for lot in lots:
        depot_id = depots.get(lot.depot)
        if depot_id is None:
            raise BadInput(f"Lot {lot.lot} lies at the depot {lot.depot}, which the study does not have.")
        bulk_id = _record_bulk(work, study, lot, blinded[lot.blinded_lot][0])
        facts = _facts(study, lot, blinded[lot.blinded_lot], depot_id)
        content = {**study.owner, "kit_type": lot.kit_type, "manufacturing_lot_id": bulk_id}
        given[lot.lot] = lot.numbers or [next(numbers) for _ in range(lot.kits)]
        for number in given[lot.lot]:
            rows.append({**facts, "number": number})
            contents[number] = content
    order = warehouse_order(seed_of(work, study.id, "kit_numbers"), lots, given)
    places = {number: place for place, number in enumerate(order, start=(so_far["sequence"] or 0) + 1)}
    _store(work, study, rows, {n: {**content, "sequence": places[n]} for n, content in contents.items()})


def _store(
    work: Work,
    study: SupplyStudy,
    rows: list[dict[str, object]],
    contents: Mapping[str, dict[str, object]],
) -> None:
    if len(contents) != len(rows):
        raise KitNumberTaken("A listed kit number is one the system gave. Nothing was loaded. Load it again.")
    after = work.connection.execute(_LAST_ID).scalar()
    work.record_all(Kit, sorted(rows, key=lambda row: str(row["number"])))
    ids = work.rows(_IDS, study_id=study.id, after=after)
    work.record_all(KitContent, ({**contents[row["number"]], "kit_id": row["id"]} for row in ids))


def _numbers(work: Work, study: SupplyStudy, so_far: int, new: int) -> Iterator[str]:
    """Random-looking numbers, a tenth of those of their length at most, so that few guesses hit a kit."""
    digits = max(DIGITS_MIN, len(str(so_far + new)) + 1)
    opaque = OpaqueNumbers(seed_of(work, study.id, "kit_numbers"), digits, "kit_numbers")
    if work.row(_POOLED, study_id=study.id) is None:
        return opaque.numbers(range(so_far, so_far + new))
    # Kits from a pool brought numbers along: theirs, and our own that lie beyond the count, are passed over.
    taken = {row["number"] for row in work.rows(_ALL_NUMBERS, study_id=study.id)}
    return (number for number in opaque.numbers(range(so_far, opaque.count)) if number not in taken)


def _record_bulk(work: Work, study: SupplyStudy, lot: ListedLot, blinded_lot_id: int) -> int:
    return work.record(
        ManufacturingLot,
        **study.owner,
        number=lot.lot,
        kit_type=lot.kit_type,
        expiry=lot.expiry,
        blinded_lot_id=blinded_lot_id,
    )


def _facts(study: SupplyStudy, lot: ListedLot, blinded: tuple[int, date], depot_id: int) -> dict[str, object]:
    kit_type = study.definition.kit_type(lot.kit_type)
    return {
        **study.owner,
        "blinded_lot_id": blinded[0],
        "expiry": blinded[1],
        "blinding_group": kit_type.blinding_group,
        "label_group": label_of(lot.lot, lot.label_group, kit_type.label_groups),
        "custody": Custody.DEPOT,
        "place_id": depot_id,
        "quality": Quality.UNRELEASED,
        "assignment": Assignment.FREE,
        "accountability": Accountability.NONE,
    }


def label_of(lot: str, said: str | None, of_type: Sequence[str]) -> str:
    """The label group of a lot's kits: as said, else the only one of their type; BadInput where there are more."""
    if said:
        return said
    if len(of_type) > 1:
        raise BadInput(f"Say which label lot {lot} carries: {', '.join(of_type)}.")
    return of_type[0] if of_type else ANY_LABEL
