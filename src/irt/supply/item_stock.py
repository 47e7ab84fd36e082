"""Stock without numbers as figures: what is used first, what a site is sent, and which acts a pile allows."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from irt.study.dispensing import NonSerializedItem


class LotOnHand(NamedTuple):
    """So many of one lot, which may be used on its last day too."""

    lot: str
    expiry: date
    quantity: int


def first_expired(lots: Iterable[LotOnHand], wanted: int, usable_on: date) -> list[LotOnHand]:
    """What is taken for `wanted`: first expired, first out, and nothing past its date on `usable_on`.

    Less than wanted where there is no more.
    """
    taken: list[LotOnHand] = []
    for each in sorted(lots, key=lambda lot: (lot.expiry, lot.lot)):
        if wanted < 1:
            break
        some = min(each.quantity, wanted)
        if each.expiry >= usable_on and some > 0:
            taken.append(each._replace(quantity=some))
            wanted -= some
    return taken


def wanted_at(item: NonSerializedItem, there_or_coming: int) -> int:
    """How many more a site is sent: up to the maximum, once it has fewer than the minimum; else nothing."""
    if item.maximum == 0 or there_or_coming >= max(item.minimum, 1):
        return 0
    return max(item.maximum - there_or_coming, 0)


def may_ride(item_storage: str, parcel_storage: str) -> bool:
    """Whether goods go into a parcel: with their like or, where they need no cooling, with all but frozen goods."""
    return item_storage == parcel_storage or (item_storage == "ambient" and parcel_storage != "frozen")
