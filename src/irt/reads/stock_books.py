"""The books of a study's stock as stored: every lot, shelf and item, and every place where they do not add up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, bindparam, func, literal, or_, select, union_all

from irt.reads.ledger import as_loaded, moved, standing_of
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.states.records import KitCheck
from irt.states.shipment import OPEN, ShipmentStatus
from irt.supply.conservation import Place, StockBooks, on_shelves
from irt.supply.item_books import ItemBooks, ItemEntry
from irt.supply.reconciliation import Standing
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, ItemMovement, Kit, Movement
from irt.tables.pool import PooledKit
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site, Study

_KITS, _MOVEMENTS, _LOTS = table_of(Kit), table_of(Movement), table_of(BlindedLot)
_CONTENTS, _BULK, _ITEMS = table_of(KitContent), table_of(ManufacturingLot), table_of(ItemMovement)
_SHIPPED, _SHIPMENTS, _GIVEN, _SITES, _DEPOTS = (
    table_of(ShipmentKit),
    table_of(Shipment),
    table_of(DispensedKit),
    table_of(Site),
    table_of(Depot),
)
_POOLED, _OTHER = table_of(PooledKit), table_of(Kit).alias("other")
_STUDY: BindParameter[int] = bindparam("study_id")
_WRITTEN = select(_KITS).where(_KITS.c.study_id == _STUDY)
_OF_STUDY = _MOVEMENTS.c.kit_id.in_(select(_KITS.c.id).where(_KITS.c.study_id == _STUDY))
_AT_ONCE = 10_000
"""Movements read at once: a long study's do not fit into memory."""
_LEDGER = select(_MOVEMENTS).where(_OF_STUDY).order_by(_MOVEMENTS.c.id).execution_options(yield_per=_AT_ONCE)
_FIRST = select(_MOVEMENTS).where(
    _MOVEMENTS.c.id.in_(select(func.min(_MOVEMENTS.c.id)).where(_OF_STUDY).group_by(_MOVEMENTS.c.kit_id))
)
# What is in a kit is written once, at its loading, and never changed: the witness of what was received.
_RECEIVED = (
    select(_BULK.c.blinded_lot_id, func.count().label("kits"))
    .join(_CONTENTS, _CONTENTS.c.manufacturing_lot_id == _BULK.c.id)
    .where(_BULK.c.study_id == _STUDY)
    .group_by(_BULK.c.blinded_lot_id)
)
_NUMBERS = {
    "lot": select(_LOTS.c.id, _LOTS.c.number).where(_LOTS.c.study_id == _STUDY),
    Custody.DEPOT: select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == _STUDY),
    Custody.SITE: select(_SITES.c.id, _SITES.c.number).where(_SITES.c.study_id == _STUDY),
    Custody.SHIPMENT: select(_SHIPMENTS.c.id, _SHIPMENTS.c.number).where(_SHIPMENTS.c.study_id == _STUDY),
}
_UNDERWAY = sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY})
_GIVEN_OR_PROMISED = (KitCheck.WAITING, KitCheck.CHECKED, KitCheck.HANDED_OVER, KitCheck.MISALLOCATED)
_TWICE: dict[str, Executable] = {
    "it is under way in two shipments": select(_SHIPPED.c.kit_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(_SHIPPED.c.study_id == _STUDY, _SHIPPED.c.outcome.is_(None), _SHIPMENTS.c.status.in_(_UNDERWAY))
    .group_by(_SHIPPED.c.kit_id)
    .having(func.count() > 1),
    "it is promised to two subjects": select(_GIVEN.c.kit_id)
    .where(_GIVEN.c.study_id == _STUDY, _GIVEN.c.status.in_(_GIVEN_OR_PROMISED))
    .group_by(_GIVEN.c.kit_id)
    .having(func.count() > 1),
    "it belongs to two studies": union_all(
        *(
            select(table.c.kit_id)
            .join(_KITS, _KITS.c.id == table.c.kit_id)
            .where(_KITS.c.study_id == _STUDY, table.c.study_id != _KITS.c.study_id)
            for table in (_MOVEMENTS, _SHIPPED, _GIVEN)
        )
    ),
    "its pool has it in its own books or in those of a third study": select(_POOLED.c.kit_id)
    .join(_KITS, _KITS.c.id == _POOLED.c.kit_id)
    .join(_OTHER, _OTHER.c.id == _POOLED.c.pool_kit_id)
    .where(
        _KITS.c.study_id == _STUDY,
        _KITS.c.custody != Custody.STUDY,
        or_(_OTHER.c.custody != Custody.STUDY, _OTHER.c.place_id != _STUDY),
    ),
    "it stands in the books of no study": select(_KITS.c.id.label("kit_id")).where(
        _KITS.c.study_id == _STUDY,
        _KITS.c.custody == Custody.STUDY,
        # Of a pool: reserved for a study that does not have it.
        ~select(literal(1))
        .join(_OTHER, _OTHER.c.id == _POOLED.c.kit_id)
        .where(
            _POOLED.c.pool_kit_id == _KITS.c.id,
            _OTHER.c.study_id == _KITS.c.place_id,
            _OTHER.c.custody != Custody.STUDY,
        )
        .exists(),
        # Of a study: given back to its pool, which has it or has reserved it for another one.
        ~select(literal(1)).where(_POOLED.c.kit_id == _KITS.c.id, _POOLED.c.study_id == _KITS.c.place_id).exists(),
    ),
    "it travels in no shipment that is under way": select(_KITS.c.id.label("kit_id")).where(
        _KITS.c.study_id == _STUDY,
        _KITS.c.custody == Custody.SHIPMENT,
        ~select(literal(1))
        .where(
            _SHIPPED.c.kit_id == _KITS.c.id,
            _SHIPPED.c.shipment_id == _KITS.c.place_id,
            _SHIPPED.c.outcome.is_(None),
        )
        .exists(),
    ),
}
_ENTERED = select(_POOLED.c.kit_id, _POOLED.c.depot_id).where(_POOLED.c.served_study_id == _STUDY)
_STUDIES = table_of(Study)
# How many kits of each of a pool's lots each study has: as the pool says, and as the studies say.
_RESERVED = (
    select(_KITS.c.blinded_lot_id, _STUDIES.c.protocol, func.count().label("kits"))
    .join(_STUDIES, _STUDIES.c.id == _KITS.c.place_id)
    .where(_KITS.c.study_id == _STUDY, _KITS.c.custody == Custody.STUDY)
    .where(select(literal(1)).where(_POOLED.c.pool_kit_id == _KITS.c.id).exists())
    .group_by(_KITS.c.blinded_lot_id, _STUDIES.c.protocol)
)
_ENTERED_THERE = (
    select(_KITS.c.blinded_lot_id, _STUDIES.c.protocol, func.count().label("kits"))
    .join(_POOLED, _POOLED.c.pool_kit_id == _KITS.c.id)
    .join(_OTHER, _OTHER.c.id == _POOLED.c.kit_id)
    .join(_STUDIES, _STUDIES.c.id == _OTHER.c.study_id)
    .where(_KITS.c.study_id == _STUDY, _OTHER.c.custody != Custody.STUDY)
    .group_by(_KITS.c.blinded_lot_id, _STUDIES.c.protocol)
)
_ITEM_LINES = (
    select(
        _ITEMS.c.item,
        _ITEMS.c.lot,
        _ITEMS.c.custody,
        _ITEMS.c.place_id,
        _ITEMS.c.act,
        _ITEMS.c.pile,
        _ITEMS.c.quantity,
    )
    .where(_ITEMS.c.study_id == _STUDY)
    .order_by(_ITEMS.c.id)
)


@dataclass
class Reconciliation:
    """What a study's stock adds up to, as plain values, and in sentences what does not."""

    kits: int
    movements: int
    lots: list[dict[str, Any]] = field(default_factory=list)
    shelves: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    item_lots: list[dict[str, Any]] = field(default_factory=list)
    pools: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def reconcile_stock(connection: Connection, study_id: int) -> Reconciliation:
    """Every movement of a study followed from the loading of its kits, and held against what is written now.

    Blinded readers may have it: it counts whole blinded lots and names kits by number.
    """
    of = {"study_id": study_id}
    kits = {row["id"]: row for row in connection.execute(_WRITTEN, of).mappings()}
    written = {kit_id: standing_of(row) for kit_id, row in kits.items()}
    lot_of = {kit_id: row["blinded_lot_id"] for kit_id, row in kits.items()}
    firsts = [moved(row) for row in connection.execute(_FIRST, of).mappings()]
    entered = {row.kit_id: row.depot_id for row in connection.execute(_ENTERED, of)}
    books = StockBooks.opened(lot_of, as_loaded(written, firsts, entered))
    books.post(moved(row) for row in connection.execute(_LEDGER, of).mappings())
    received = {row.blinded_lot_id: row.kits for row in connection.execute(_RECEIVED, of)}
    names: dict[str, dict[int, str]] = {
        kind: {row[0]: row[1] for row in connection.execute(statement, of)} for kind, statement in _NUMBERS.items()
    }
    done = Reconciliation(len(kits), books.lines)
    done.lots.extend(_lots(books, received, names["lot"]))
    done.shelves.extend(_shelves(books, written, names))
    numbers = {kit_id: str(row["number"]) for kit_id, row in kits.items()}
    for fault in books.close(received, written):
        done.faults.append(
            fault.sentence if fault.kit_id is None else _of_kit(numbers, fault.kit_id, fault.sentence)
        )
    for wrong, statement in _TWICE.items():
        twice = sorted({row[0] for row in connection.execute(statement, of)})
        done.faults.extend(_of_kit(numbers, kit_id, wrong) for kit_id in twice)
    _add_items(connection, of, names, done)
    done.pools.extend(_pooled_lots(connection, of, received, names["lot"]))
    for line in (*done.lots, *done.pools, *done.shelves, *done.items, *done.item_lots):
        if not line["adds_up"]:
            done.faults.append(_words(line))
    return done


def _of_kit(numbers: Mapping[int, str], kit_id: int, wrong: str) -> str:
    return f"kit {numbers.get(kit_id, kit_id)}: {wrong}"


def _words(line: Mapping[str, Any]) -> str:
    where = f" at {line['place']}" if "place" in line else ""
    item = f" of {line['item']}" if "item" in line else ""
    return f"lot {line['lot']}{item}{where} does not add up"


def _lots(books: StockBooks, received: Mapping[int, int], names: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for lot_id in sorted(received.keys() | books.lots.keys(), key=lambda lot: names.get(lot, "")):
        there = {str(custody): books.lots[lot_id][custody] for custody in Custody}
        kits = received.get(lot_id, 0)
        adds_up = sum(there.values()) == kits
        yield {"lot": names.get(lot_id, str(lot_id)), "received": kits, **there, "adds_up": adds_up}


def _pooled_lots(
    connection: Connection, of: Mapping[str, int], received: Mapping[int, int], names: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """A pool's lots over its own books and those of the studies it serves; nothing for a study that is no pool."""
    reserved: dict[int, dict[str, int]] = defaultdict(dict)
    there: dict[int, dict[str, int]] = defaultdict(dict)
    for found, statement in ((reserved, _RESERVED), (there, _ENTERED_THERE)):
        for lot_id, protocol, kits in connection.execute(statement, of):
            found[lot_id][protocol] = kits
    for lot_id in sorted(reserved.keys() | there.keys(), key=lambda lot: names.get(lot, "")):
        kits, out = received.get(lot_id, 0), sum(reserved[lot_id].values())
        told = {"lot": names.get(lot_id, str(lot_id)), "received": kits, "in_pool": kits - out}
        yield {
            **told,
            "reserved": dict(sorted(reserved[lot_id].items())),
            "in_their_books": dict(sorted(there[lot_id].items())),
            "adds_up": reserved[lot_id] == there[lot_id],
        }


def _shelves(
    books: StockBooks, written: Mapping[int, Standing], names: Mapping[str, Mapping[int, str]]
) -> Iterator[dict[str, Any]]:
    here = on_shelves(written, books.lot_of)
    told = []
    for place, lot_id in {*books.accounts, *here}:
        account = books.accounts[place, lot_id]
        told.append(
            {
                "place": _name(names, place),
                "lot": names["lot"].get(lot_id, str(lot_id)),
                "came_from": dict(sorted(account.came.items())),
                "went_to": dict(sorted(account.went.items())),
                "should_lie_there": account.balance,
                "written_there": here[place, lot_id],
                "adds_up": account.balance == here[place, lot_id],
            }
        )
    yield from sorted(told, key=lambda line: (str(line["place"]), str(line["lot"])))


def _name(names: Mapping[str, Mapping[int, str]], place: Place) -> str:
    custody, place_id = place
    return f"{custody} {names[custody].get(place_id or 0, place_id or 'unknown')}"


def _add_items(
    connection: Connection, of: Mapping[str, int], names: Mapping[str, Mapping[int, str]], done: Reconciliation
) -> None:
    """Stock without numbers: never below nothing anywhere, and what entered the study is somewhere."""
    books = ItemBooks()
    for item, lot, custody, place_id, act, pile, quantity in connection.execute(_ITEM_LINES, of):
        place = _name(names, (Custody(custody), place_id))
        books.post(ItemEntry(Custody(custody), place, item, lot, ItemAct(act), ItemPile(pile), quantity))
    for key in sorted(books.came.keys() | books.went.keys()):
        place, item, lot = key
        came, went = books.came[key], books.went[key]
        told = {"came": came, "went": went, "should_lie_there": came - went}
        done.items.append({"place": place, "item": item, "lot": lot, **told, "adds_up": key not in books.below})
    done.item_lots.extend(books.lots())
