"""Customs: one kind of goods for each blinding group and item, in words and weights that tell no arm."""

import re
from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.customs import Commodity, Goods
from irt.study.draft import Draft
from irt.study.problems import Finding

_TELLING = ("placebo", "comparator", "active", "verum", "dummy", "sham")
_SHORTEST = 4
"""Names shorter than this are codes that occur in any words."""


def commodities_of_groups(draft: Draft) -> Iterator[Finding]:
    """Every blinding group is one kind of goods: two values for it would tell the arms apart."""
    seen: set[str] = set()
    groups = draft.codes("blinding_groups")
    for index, commodity in _commodities(draft):
        if commodity.blinding_group not in groups:
            sentence = f"`{commodity.blinding_group}` is no blinding group of this study"
            yield Finding("UnknownBlindingGroup", ("customs", "commodities", index, "blinding_group"), sentence)
        if commodity.blinding_group in seen:
            sentence = f"`{commodity.blinding_group}` is given twice: one group has one value and one description"
            yield Finding("TwoCommodities", ("customs", "commodities", index, "blinding_group"), sentence)
        seen.add(commodity.blinding_group)
    missing = sorted(groups - seen) if draft.study.customs else []
    if missing:
        sentence = f"no commodity for {', '.join(missing)}: a parcel of them would have no invoice"
        yield Finding("GroupWithoutCommodity", ("customs", "commodities"), sentence, "warning")


def goods_of_items(draft: Draft) -> Iterator[Finding]:
    """Every item that the study sends is one kind of goods."""
    customs = draft.study.customs
    if customs is None:
        return
    seen: set[str] = set()
    items = draft.codes("items")
    for index, goods in enumerate(customs.item_goods):
        where = ("customs", "item_goods", index, "item")
        if goods.item not in items:
            yield Finding("UnknownItem", where, f"`{goods.item}` is no item of this study")
        if goods.item in seen:
            yield Finding("TwoCommodities", where, f"`{goods.item}` is given twice: one item has one value")
        seen.add(goods.item)
    if missing := sorted(items - seen):
        sentence = f"no goods for {', '.join(missing)}: a parcel with them would have no invoice"
        yield Finding("ItemWithoutGoods", ("customs",), sentence, "warning")


def telling_commodities(draft: Draft) -> Iterator[Finding]:
    """The words on an invoice name neither product nor placebo."""
    study = draft.study
    if not study.blinded:
        return
    names = {arm.name for arm in study.arms} | {kit.name for kit in study.kit_types}
    names |= {kit.contents for kit in study.kit_types} | {kit.code for kit in study.kit_types} | set(_TELLING)
    for where, goods in _goods(draft):
        told = sorted(name for name in names if _named(name, goods.words))
        if told:
            sentence = (
                f"the words name `{told[0]}`, which tells what is inside. Write what every kit of the group is"
            )
            yield Finding("TellingCommodity", (*where, "words"), sentence)


def weights_in_order(draft: Draft) -> Iterator[Finding]:
    """A kit with its packing is not lighter than what is in it."""
    for where, goods in _goods(draft):
        if goods.gross_grams < goods.net_grams:
            sentence = "is less than the weight of what is inside"
            yield Finding("GrossBelowNet", (*where, "gross_grams"), sentence)


def _commodities(draft: Draft) -> Iterator[tuple[int, Commodity]]:
    return iter(enumerate(draft.study.customs.commodities if draft.study.customs else ()))


def _goods(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Goods]]:
    """Every kind of goods with its place in the file."""
    for index, commodity in _commodities(draft):
        yield ("customs", "commodities", index), commodity
    for index, goods in enumerate(draft.study.customs.item_goods if draft.study.customs else ()):
        yield ("customs", "item_goods", index), goods


def _named(name: str, words: str) -> bool:
    return (
        len(name) >= _SHORTEST and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE) is not None
    )


CHECKS = (
    check(commodities_of_groups, "blinding_groups", "customs"),
    check(goods_of_items, "items", "customs"),
    check(telling_commodities, "study", "arms", "kit_types", "customs"),
    check(weights_in_order, "customs"),
)
