"""First expired, first out; orders up to a maximum; and books in which nothing is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.study.dispensing import NonSerializedItem
from irt.supply.item_books import ItemBooks, ItemEntry
from irt.supply.item_stock import LotOnHand, first_expired, may_ride, wanted_at

DAY = date(2026, 3, 2)
LOTS = st.lists(
    st.builds(
        LotOnHand,
        st.sampled_from(["A", "B", "C", "D"]),
        st.integers(-3, 3).map(lambda days: DAY + timedelta(days)),
        st.integers(0, 9),
    ),
    max_size=6,
    unique_by=lambda lot: lot.lot,
)


@settings(deadline=None)
@given(LOTS, st.integers(0, 30))
def test_the_soonest_date_goes_first_and_nothing_past_it(lots: list[LotOnHand], wanted: int) -> None:
    """As many as wanted or as there are; a later lot only where every earlier one is used up."""
    taken = first_expired(lots, wanted, DAY)
    usable = [lot for lot in lots if lot.expiry >= DAY and lot.quantity]
    assert sum(lot.quantity for lot in taken) == min(wanted, sum(lot.quantity for lot in usable))
    if taken:
        last = max((lot.expiry, lot.lot) for lot in taken)
        had = {lot.lot: lot.quantity for lot in taken}
        assert all(had.get(lot.lot, 0) == lot.quantity for lot in usable if (lot.expiry, lot.lot) < last)


@pytest.mark.parametrize(
    ("minimum", "maximum", "there", "wanted"),
    [(5, 20, 5, 0), (5, 20, 4, 16), (5, 20, 0, 20), (0, 20, 1, 0), (0, 20, 0, 20), (5, 0, 0, 0), (0, 0, 0, 0)],
)
def test_below_the_minimum_a_site_is_filled_up(minimum: int, maximum: int, there: int, wanted: int) -> None:
    """An item without a maximum is sent by hand only."""
    item = NonSerializedItem(code="BAG", name="Bag", minimum=minimum, maximum=maximum)
    assert wanted_at(item, there) == wanted


@pytest.mark.parametrize(
    ("item", "parcel", "rides"),
    [
        ("ambient", "2-8C", True),
        ("ambient", "frozen", False),
        ("2-8C", "2-8C", True),
        ("2-8C", "15-25C", False),
        ("frozen", "frozen", True),
    ],
)
def test_goods_ride_with_their_like(item: str, parcel: str, rides: bool) -> None:
    """What needs no cooling goes with anything that is not frozen."""
    assert may_ride(item, parcel) is rides


def entry(act: ItemAct, quantity: int, custody: Custody = Custody.SITE) -> ItemEntry:
    """A line of one lot."""
    return ItemEntry(custody, f"{custody} 1", "BAG", "B-1", act, ItemPile.USABLE, quantity)


def test_a_leg_that_is_missing_is_told() -> None:
    """What left the depot and reached no parcel."""
    books = ItemBooks()
    books.post(entry(ItemAct.RECEIVE, 10, Custody.DEPOT))
    books.post(entry(ItemAct.SEND, -4, Custody.DEPOT))
    (lot,) = books.lots()
    assert lot["adds_up"] is False
    books.post(entry(ItemAct.SEND, 4, Custody.SHIPMENT))
    (lot,) = books.lots()
    assert (lot["adds_up"], lot["there"]) == (True, {"depot": 6, "shipment": 4})


def test_piles_do_not_help_each_other_out() -> None:
    """Ten set aside are no stock to hand out."""
    books = ItemBooks()
    books.post(entry(ItemAct.TAKE_BACK, 10)._replace(pile=ItemPile.SET_ASIDE))
    books.post(entry(ItemAct.HAND_OUT, -1))
    assert books.below == {("site 1", "BAG", "B-1")}
