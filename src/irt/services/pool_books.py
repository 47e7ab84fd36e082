"""A study's own lines for kits that came from a pool: its lots, its kits and what is in them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, bindparam, func, select, update

from irt.errors import Refusal
from irt.services.load_kit_list import label_of
from irt.services.move_kits import lock_kits, move_kits
from irt.services.release_lot import release_kits
from irt.services.supply_study import SupplyStudy
from irt.services.work import Work
from irt.states.kit import Accountability, Assignment, Custody, KitEvent, Quality
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.pool import PooledKit
from irt.tables.secret import KitContent, ManufacturingLot


class NotFromThisPool(Refusal):
    """The study has a lot or a kit of that number which did not come from this pool."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The study's side of a transfer: its depot, the label group, and its names of the pool's kit types."""

    depot_id: int
    label_group: str | None
    types: Mapping[str, str]


_KITS, _LOTS, _BULK = table_of(Kit), table_of(BlindedLot), table_of(ManufacturingLot)
_CONTENTS, _POOLED = table_of(KitContent), table_of(PooledKit)
_AS_POOLED = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.blinded_lot_id,
        _LOTS.c.number.label("lot"),
        _LOTS.c.expiry.label("lot_expiry"),
        _CONTENTS.c.kit_type,
        _BULK.c.number.label("bulk"),
        _BULK.c.expiry.label("bulk_expiry"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_BULK, _BULK.c.id == _CONTENTS.c.manufacturing_lot_id)
    .where(_KITS.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_CONTENTS.c.sequence)
)
_KNOWN = select(_POOLED.c.pool_kit_id, _POOLED.c.kit_id).where(
    _POOLED.c.served_study_id == bindparam("study_id"), _POOLED.c.pool_kit_id.in_(bindparam("ids", expanding=True))
)
_SHORTEN = (
    update(_KITS)
    .where(_KITS.c.id.in_(bindparam("ids", expanding=True)), _KITS.c.expiry > bindparam("day"))
    .values(expiry=bindparam("day"))
)
_LOT = select(_LOTS.c.id, _LOTS.c.expiry, _LOTS.c.released_on).where(
    _LOTS.c.study_id == bindparam("study_id"), _LOTS.c.number == bindparam("number")
)
_HERE, _THERE = _KITS.alias("here"), _KITS.alias("there")
_FROM_POOL = (
    select(_POOLED.c.id)
    .join(_HERE, _HERE.c.id == _POOLED.c.kit_id)
    .join(_THERE, _THERE.c.id == _POOLED.c.pool_kit_id)
    .where(_HERE.c.blinded_lot_id == bindparam("lot_id"), _THERE.c.blinded_lot_id == bindparam("pool_lot_id"))
    .limit(1)
)
_BULK_LOT = select(_BULK.c.id).where(
    _BULK.c.study_id == bindparam("study_id"), _BULK.c.number == bindparam("number")
)
_TAKEN = select(_KITS.c.number).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_LAST = select(func.coalesce(func.max(_CONTENTS.c.sequence), 0)).where(
    _CONTENTS.c.study_id == bindparam("study_id")
)
_IDS = select(_KITS.c.id, _KITS.c.number).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)


@dataclass(frozen=True, slots=True)
class _Lot:
    id: int
    expiry: date
    released: bool


def enter_kits(work: Work, study: SupplyStudy, pool_id: int, ids: Sequence[int], taken: Taken) -> list[str]:
    """Writes the pool's kits into the study's books, again where they were there before; the numbers of their lots.

    Kits of a lot that the study has released already are usable at once.
    """
    kits = work.rows(_AS_POOLED, ids=sorted(ids))
    known = {row["pool_kit_id"]: row["kit_id"] for row in work.rows(_KNOWN, study_id=study.id, ids=sorted(ids))}
    back = lock_kits(work, known.values())
    if back:
        move_kits(work, back, KitEvent.TRANSFER_IN, place_id=taken.depot_id)
        _shorten(work, kits, known)
    new = [kit for kit in kits if kit["id"] not in known]
    one_of_each = {kit["blinded_lot_id"]: kit for kit in kits}
    lots = {lot_id: _lot(work, study, kit) for lot_id, kit in sorted(one_of_each.items())}
    _record(work, study, pool_id, new, lots, taken)
    for lot in lots.values():
        if lot.released:
            release_kits(work, lot.id)
    return sorted({kit["lot"] for kit in kits})


def _shorten(work: Work, kits: Sequence[RowMapping], known: Mapping[int, int]) -> None:
    """A date that the pool shortened meanwhile holds for the old lines too; a later one does not."""
    dated: dict[date, list[int]] = defaultdict(list)
    for kit in kits:
        if kit["id"] in known:
            dated[kit["expiry"]].append(known[kit["id"]])
    for day, ids in sorted(dated.items()):
        work.run(_SHORTEN, {"ids": ids, "day": day})


def _lot(work: Work, study: SupplyStudy, kit: RowMapping) -> _Lot:
    """The study's own blinded lot of that number: with its own release, its own countries, its own date."""
    found = work.row(_LOT, study_id=study.id, number=kit["lot"])
    if found is None:
        lot_id = work.record(BlindedLot, **study.owner, number=kit["lot"], expiry=kit["lot_expiry"])
        return _Lot(lot_id, kit["lot_expiry"], False)
    if work.row(_FROM_POOL, lot_id=found["id"], pool_lot_id=kit["blinded_lot_id"]) is None:
        raise NotFromThisPool(f"The study has a lot {kit['lot']} of its own. Nothing was reserved.")
    return _Lot(found["id"], found["expiry"], found["released_on"] is not None)


def _record(
    work: Work,
    study: SupplyStudy,
    pool_id: int,
    kits: Sequence[RowMapping],
    lots: Mapping[int, _Lot],
    taken: Taken,
) -> None:
    numbers = sorted(kit["number"] for kit in kits)
    if own := work.row(_TAKEN, study_id=study.id, numbers=numbers):
        raise NotFromThisPool(f"The study has a kit {own['number']} of its own. Nothing was reserved.")
    rows = [_facts(study, kit, lots[kit["blinded_lot_id"]], taken) for kit in kits]
    # In order of the random number, as kit lists are, so that ids tell nothing.
    work.record_all(Kit, sorted(rows, key=lambda row: str(row["number"])))
    ids = {row["number"]: row["id"] for row in work.rows(_IDS, study_id=study.id, numbers=numbers)}
    last = int(work.connection.execute(_LAST, {"study_id": study.id}).scalar_one())
    made = {kit["bulk"]: kit for kit in kits}
    bulk = {number: _bulk_lot(work, study, kit, lots[kit["blinded_lot_id"]], taken) for number, kit in made.items()}
    work.record_all(
        KitContent,
        (
            {
                **study.owner,
                "kit_id": ids[kit["number"]],
                "kit_type": taken.types[kit["kit_type"]],
                "manufacturing_lot_id": bulk[kit["bulk"]],
                "sequence": last + place,
            }
            for place, kit in enumerate(kits, start=1)
        ),
    )
    owner = {"sponsor_id": study.sponsor_id, "study_id": pool_id, "served_study_id": study.id}
    owner["depot_id"] = taken.depot_id
    pairs = ({**owner, "pool_kit_id": kit["id"], "kit_id": ids[kit["number"]]} for kit in kits)
    work.record_all(PooledKit, sorted(pairs, key=lambda pair: pair["kit_id"]))


def _facts(study: SupplyStudy, kit: RowMapping, lot: _Lot, taken: Taken) -> dict[str, object]:
    kit_type = study.definition.kit_type(taken.types[kit["kit_type"]])
    shortened = lot.expiry < kit["lot_expiry"]
    return {
        **study.owner,
        "number": kit["number"],
        "blinded_lot_id": lot.id,
        "expiry": min(kit["expiry"], lot.expiry) if shortened else kit["expiry"],
        "blinding_group": kit_type.blinding_group,
        "label_group": label_of(kit["bulk"], taken.label_group, kit_type.label_groups),
        "custody": Custody.DEPOT,
        "place_id": taken.depot_id,
        "quality": Quality.UNRELEASED,
        "assignment": Assignment.FREE,
        "accountability": Accountability.NONE,
    }


def _bulk_lot(work: Work, study: SupplyStudy, kit: RowMapping, lot: _Lot, taken: Taken) -> int:
    if found := work.row(_BULK_LOT, study_id=study.id, number=kit["bulk"]):
        return int(found["id"])
    return work.record(
        ManufacturingLot,
        **study.owner,
        number=kit["bulk"],
        kit_type=taken.types[kit["kit_type"]],
        expiry=kit["bulk_expiry"],
        blinded_lot_id=lot.id,
    )
