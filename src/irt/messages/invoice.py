"""A pro-forma invoice: what customs are told of a shipment. One line and value for each blinding group and item."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from irt.errors import Refusal
from irt.messages.shipment_story import Place, PlaceKind, Story, StoryItem
from irt.study.customs import Commodity, Customs, Goods, ItemGoods


class NoInvoice(Refusal):
    """There is nothing that customs would have to be told."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """Kits that look alike, or pieces of an item: goods in neutral words, how many, their value and weight."""

    words: str
    hs_code: str
    origin: str
    pieces: int
    value: Decimal
    net_grams: int
    gross_grams: int

    @property
    def total(self) -> Decimal:
        """The value of all these pieces."""
        return self.value * self.pieces


@dataclass(frozen=True, slots=True)
class Invoice:
    """What stands on the paper."""

    study: str
    mark: str
    shipment: str
    consignor: tuple[str, ...]
    consignee: tuple[str, ...]
    origin: Place
    destination: Place
    incoterm: str
    currency: str
    waybill: str
    keep_at: str
    lines: tuple[InvoiceLine, ...]
    made_at: datetime

    @property
    def total(self) -> Decimal:
        """The value of the whole parcel."""
        return sum((line.total for line in self.lines), Decimal(0))


def invoice_of(story: Story, groups: Mapping[str, int], customs: Customs | None, at: datetime) -> Invoice:
    """The invoice of a shipment whose kits are so many of each blinding group; NoInvoice where none is needed."""
    if customs is None:
        raise NoInvoice(
            "The study sets no values for customs, so there is no invoice. Set customs in the study file."
        )
    if story.origin is None or story.origin.kind is not PlaceKind.DEPOT or story.destination.kind is PlaceKind.HOME:
        raise NoInvoice("This shipment goes to a home or from no depot. It has no invoice.")
    if story.origin.country == story.destination.country:
        raise NoInvoice(f"Shipment {story.number} crosses no border. It has no invoice.")
    return Invoice(
        study=story.protocol,
        mark="" if story.mode == "production" else f"{story.mode.upper()}, not for patients",
        shipment=story.number,
        consignor=customs.consignor or (story.origin.name,),
        consignee=story.ship_to or (story.destination.name,),
        origin=story.origin,
        destination=story.destination,
        incoterm=customs.incoterm,
        currency=customs.currency,
        waybill=story.waybill,
        keep_at=story.storage,
        lines=(*_lines_of_kits(groups, customs.commodities), *_lines_of_items(story.items, customs.item_goods)),
        made_at=at,
    )


def _lines_of_kits(groups: Mapping[str, int], commodities: Sequence[Commodity]) -> Iterator[InvoiceLine]:
    known = {each.blinding_group: each for each in commodities}
    if set(groups) - set(known):
        raise NoInvoice("A kind of kit of this shipment has no value for customs. Set it in the study file.")
    for group, kits in sorted(groups.items()):
        yield _line(known[group], kits)


def _lines_of_items(items: Sequence[StoryItem], goods: Sequence[ItemGoods]) -> Iterator[InvoiceLine]:
    known = {each.item: each for each in goods}
    pieces: Counter[str] = Counter()
    for item in items:
        pieces[item.code] += item.quantity
    if missing := sorted(set(pieces) - set(known)):
        raise NoInvoice(
            f"{', '.join(missing)} of this shipment has no value for customs. Set it in the study file."
        )
    for code, quantity in sorted(pieces.items()):
        if quantity:
            yield _line(known[code], quantity)


def _line(goods: Goods, pieces: int) -> InvoiceLine:
    return InvoiceLine(
        words=goods.words,
        hs_code=goods.hs_code,
        origin=goods.origin,
        pieces=pieces,
        value=goods.value,
        net_grams=goods.net_grams * pieces,
        gross_grams=goods.gross_grams * pieces,
    )
