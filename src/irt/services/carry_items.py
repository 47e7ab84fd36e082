"""What becomes of stock without numbers when its shipment leaves, is lost, comes back or arrives."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.item_places import ItemLine, lock_item_depot, lock_item_site, lot_at, write_lines
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, step_shipments
from irt.services.site_kits import need_reason
from irt.services.work import Work
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.shipment import ShipmentItem
from irt.tables.study import Depot


class ArrivedLot(SQLModel):
    """How one line of the packing list arrived; the three add up to what was sent."""

    item: str
    lot: str
    arrived: int = Field(ge=0)
    damaged: int = Field(default=0, ge=0)
    missing: int = Field(default=0, ge=0)


class ReceiveItems(SQLModel):
    """The items of a shipment as counted at the site, every line at once; a difference needs a reason."""

    study_id: int
    number: str
    lots: list[ArrivedLot] = Field(min_length=1)
    reason: str = ""


class ItemsReceived(SQLModel):
    """The shipment, its status now, and how many came whole, damaged or not at all."""

    number: str
    status: ShipmentStatus
    arrived: int
    damaged: int
    missing: int


class NothingToReceive(Refusal):
    """The shipment holds no items, has not left, or its items were received before."""

    def __init__(self, number: str) -> None:
        super().__init__(f"No items of shipment {number} wait for receipt. Nothing was booked. Check its number.")


class LinesDoNotAddUp(Refusal):
    """What arrived, whole, damaged or missing, is not what the packing list says."""

    def __init__(self, item: str, lot: str, sent: int) -> None:
        super().__init__(
            f"Of {item}, lot {lot}, {sent} were sent. Nothing was booked. "
            "Say of each whether it arrived whole, damaged or not at all."
        )


_LINES, _DEPOTS = table_of(ShipmentItem), table_of(Depot)
_OF = (
    select(_LINES)
    .where(_LINES.c.shipment_id.in_(bindparam("shipments", expanding=True)), _LINES.c.arrived.is_(None))
    .order_by(_LINES.c.id)
)
_CODE = select(_DEPOTS.c.code).where(_DEPOTS.c.id == bindparam("id"))
_NOTE_SENT = update(_LINES).where(_LINES.c.id == bindparam("of_id")).values(sent=bindparam("how_many"))
_NOTE_END = (
    update(_LINES)
    .where(_LINES.c.id == bindparam("of_id"))
    .values(arrived=bindparam("whole"), damaged=bindparam("broken"), missing=bindparam("lost"))
)
_RECEIVABLE = (
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.DELIVERED,
    ShipmentStatus.RECEIVED_PARTLY,
    ShipmentStatus.RECEIVED,
    ShipmentStatus.RECEIVED_WITH_DISCREPANCY,
)


def items_leave(work: Work, shipments: Iterable[HeldShipment]) -> None:
    """Items go into the parcels that leave: what the depot still has of each lot, and nothing past its date."""
    for shipment in shipments:
        if not shipment.item_lines or shipment.depot_id is None:
            continue
        code = str(work.one("depot", _CODE, id=shipment.depot_id)["code"])
        shelf = lock_item_depot(work, shipment.study_id, code)
        lines: list[ItemLine] = []
        for row in _waiting(work, shipment):
            there = lot_at(work, shelf, row["item"], row["lot"])
            in_date = there is not None and there.expiry >= shelf.today(work)
            sent = min(row["quantity"], there.usable) if there is not None and in_date else 0
            work.run(_NOTE_SENT, {"of_id": row["id"], "how_many": sent})
            if not sent:
                work.run(_NOTE_END, {"of_id": row["id"], "whole": 0, "broken": 0, "lost": 0})
            lines += [
                _line(shipment, row, Custody.DEPOT, shelf.id, ItemAct.SEND, -sent),
                _line(shipment, row, Custody.SHIPMENT, shipment.id, ItemAct.SEND, sent),
            ]
        write_lines(work, shipment.owner, [line for line in lines if line.quantity])


def items_lost(work: Work, shipment: HeldShipment) -> None:
    """Nobody finds the parcel: its items are gone."""
    for row in _left(work, shipment):
        work.run(_NOTE_END, {"of_id": row["id"], "whole": 0, "broken": 0, "lost": row["sent"]})
        lost = _line(shipment, row, Custody.SHIPMENT, shipment.id, ItemAct.LOSE, -row["sent"])
        write_lines(work, shipment.owner, [lost])


def items_come_back(work: Work, shipment: HeldShipment) -> None:
    """The parcel is at its depot again: its items are set aside there."""
    for row in _left(work, shipment):
        if shipment.depot_id is None:
            continue
        work.run(_NOTE_END, {"of_id": row["id"], "whole": 0, "broken": 0, "lost": 0})
        back = [
            _line(shipment, row, Custody.SHIPMENT, shipment.id, ItemAct.BRING_BACK, -row["sent"]),
            _line(
                shipment,
                row,
                Custody.DEPOT,
                shipment.depot_id,
                ItemAct.BRING_BACK,
                row["sent"],
                ItemPile.SET_ASIDE,
            ),
        ]
        write_lines(work, shipment.owner, back)


def items_arrive(work: Work, shipments: Iterable[HeldShipment]) -> None:
    """Every item of these parcels arrives whole, as carriers of a demonstration bring them."""
    for shipment in shipments:
        if shipment.item_lines and shipment.site_number:
            rows = _left(work, shipment)
            _arrive(work, shipment, [(row, row["sent"], 0, 0) for row in rows], None)


def receive_items(work: Work, ask: ReceiveItems) -> ItemsReceived:
    """The site counts the items of a parcel; damaged ones are set aside, missing ones are gone from the books.

    A parcel of items alone is received with them.
    """
    shipment = lock_shipment(work, ask.study_id, ask.number)
    if shipment.site_id is None or shipment.site_number is None:
        raise NotFound("This shipment does not go to a site. Nothing was booked.")
    work.actor.require(Permission.RECEIVE_SHIPMENT, ask.study_id, shipment.site_id)
    rows = {(row["item"], row["lot"]): row for row in _left(work, shipment)}
    if not rows or shipment.status not in _RECEIVABLE:
        raise NothingToReceive(ask.number)
    told = {(lot.item, lot.lot): lot for lot in ask.lots}
    if set(told) != set(rows) or len(told) != len(ask.lots):
        raise BadInput("Count every line of the packing list, each once. Nothing was booked.")
    for key, lot in told.items():
        if lot.arrived + lot.damaged + lot.missing != rows[key]["sent"]:
            raise LinesDoNotAddUp(lot.item, lot.lot, rows[key]["sent"])
    differs = any(lot.damaged or lot.missing for lot in ask.lots)
    reason = need_reason(ask.reason) if differs else ask.reason.strip() or None
    ends = [(row, told[key].arrived, told[key].damaged, told[key].missing) for key, row in rows.items()]
    _arrive(work, shipment, ends, reason)
    status = _received(work, shipment, differs)
    _audit(work, shipment, ask, reason)
    return ItemsReceived(
        number=ask.number,
        status=status,
        arrived=sum(lot.arrived for lot in ask.lots),
        damaged=sum(lot.damaged for lot in ask.lots),
        missing=sum(lot.missing for lot in ask.lots),
    )


def _received(work: Work, shipment: HeldShipment, differs: bool) -> ShipmentStatus:
    """A parcel that holds kits is received with them; one of items alone is received now."""
    if shipment.status not in (ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED):
        return shipment.status
    if kits_underway(work, [shipment]):
        return shipment.status
    event = ShipmentEvent.RECEIVE_WITH_DISCREPANCY if differs else ShipmentEvent.RECEIVE
    (after,) = step_shipments(work, [shipment], [event], facts={"received_at": work.at})
    return after.status


def _arrive(
    work: Work,
    shipment: HeldShipment,
    ends: Sequence[tuple[RowMapping, int, int, int]],
    reason: str | None,
) -> None:
    """(Line, whole, damaged, missing) of a shipment to a site, booked there."""
    shelf = lock_item_site(work, shipment.study_id, shipment.site_number or "")
    lines: list[ItemLine] = []
    for row, whole, damaged, missing in ends:
        work.run(_NOTE_END, {"of_id": row["id"], "whole": whole, "broken": damaged, "lost": missing})
        lines += [
            _line(shipment, row, Custody.SHIPMENT, shipment.id, ItemAct.ARRIVE, -(whole + damaged)),
            _line(shipment, row, Custody.SITE, shelf.id, ItemAct.ARRIVE, whole),
            _line(shipment, row, Custody.SITE, shelf.id, ItemAct.ARRIVE, damaged, ItemPile.SET_ASIDE, reason),
            _line(shipment, row, Custody.SHIPMENT, shipment.id, ItemAct.LOSE, -missing, reason=reason),
        ]
    write_lines(work, shipment.owner, [line for line in lines if line.quantity])


def _waiting(work: Work, shipment: HeldShipment) -> Sequence[RowMapping]:
    return work.rows(_OF, shipments=[shipment.id]) if shipment.item_lines else ()


def _left(work: Work, shipment: HeldShipment) -> list[RowMapping]:
    """Lines that left their depot and have not ended."""
    return [row for row in _waiting(work, shipment) if row["sent"] is not None]


def _line(
    shipment: HeldShipment,
    row: RowMapping,
    custody: Custody,
    place_id: int,
    act: ItemAct,
    quantity: int,
    pile: ItemPile = ItemPile.USABLE,
    reason: str | None = None,
) -> ItemLine:
    facts: dict[str, Any] = {"item": row["item"], "lot": row["lot"], "expiry": row["expiry"], "reason": reason}
    return ItemLine(custody, place_id, act=act, quantity=quantity, pile=pile, shipment_id=shipment.id, **facts)


def _audit(work: Work, shipment: HeldShipment, ask: ReceiveItems, reason: str | None) -> None:
    work.audit(
        AuditDraft(
            act="items_arrived",
            record_kind="shipment",
            record=shipment.number,
            study_id=shipment.study_id,
            site_id=shipment.site_id,
            zone=shipment.zone,
            new={
                "items": [f"{lot.arrived} {lot.item}, lot {lot.lot}" for lot in ask.lots],
                "damaged": sum(lot.damaged for lot in ask.lots),
                "missing": sum(lot.missing for lot in ask.lots),
            },
            reason=reason,
        )
    )
