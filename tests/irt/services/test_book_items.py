"""Stock without numbers: a sum of bookings that never falls below nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.reads.stock_books import reconcile_stock
from irt.services.book_items import (
    BookDepotItems,
    BookItems,
    ItemExpired,
    NotGivenToSubject,
    book_depot_items,
    book_items,
)
from irt.services.item_places import NotEnoughItems
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.store import Store
from irt.states.item import ItemAct, ItemPile
from irt.tables.kit import ItemMovement
from irt.tables.record import AuditEntry
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, the_study

EXPIRY = date(2027, 6, 30)


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """The escalation study with one site open."""
    return opened(store)


def opened(store: Store) -> SupplyHouse:
    """The study that keeps bags and filters."""
    house = SupplyHouse.of(store, the_study("escalation"))
    house.sites(1)
    return house


def booking(house: SupplyHouse, act: ItemAct, quantity: int, **changes: Any) -> BookItems:
    """Something that happens to a lot of bags."""
    site = house.active_sites()[0]["number"]
    facts: dict[str, Any] = {"item": "BAG", "lot": "B-77", "study_id": house.study_id, "site": site}
    if act is ItemAct.RECEIVE:
        facts["expiry"] = EXPIRY
    return BookItems(act=act, quantity=quantity, **{**facts, **changes})


def books(house: SupplyHouse, act: ItemAct, quantity: int, **changes: Any) -> int:
    """What lies there afterwards."""
    left: int = house.do(Role.PHARMACIST, book_items, booking(house, act, quantity, **changes)).in_stock
    return left


def test_items_come_go_and_are_counted(house: SupplyHouse) -> None:
    """Stock is the sum of the lines; a count that differs has a reason."""
    subject = house.do(
        Role.COORDINATOR,
        screen_subject,
        ScreenSubject(study_id=house.study_id, site=house.active_sites()[0]["number"], on_day=house.day),
    ).subject
    assert books(house, ItemAct.RECEIVE, 20) == 20
    assert books(house, ItemAct.HAND_OUT, 2, subject=subject) == 18
    assert books(house, ItemAct.COUNT, 18) == 18
    assert books(house, ItemAct.COUNT, 17, reason="One was torn") == 17
    assert books(house, ItemAct.RECEIVE, 3, expiry=None) == 20
    rows = house.rows(ItemMovement)
    assert [row["quantity"] for row in rows] == [20, -2, 0, -1, 3]
    assert rows[1]["subject_id"] is not None
    last = house.rows(AuditEntry)[-1]
    assert (last["act"], last["old"], last["new"]["in_stock"]) == ("items_received", {"in_stock": 17}, 20)


@pytest.mark.parametrize(
    ("act", "quantity", "changes", "refusal"),
    [
        (ItemAct.HAND_OUT, 21, {}, NotEnoughItems),
        (ItemAct.HAND_OUT, 0, {}, BadInput),
        (ItemAct.HAND_OUT, 1, {"lot": "B-78"}, BadInput),
        (ItemAct.HAND_OUT, 1, {"item": "SPOON"}, NotFound),
        (ItemAct.HAND_OUT, 1, {"subject": "9999-0001"}, NotFound),
        (ItemAct.HAND_OUT, 1, {"site": "9999"}, NotFound),
        (ItemAct.RECEIVE, 1, {"expiry": EXPIRY + timedelta(days=1)}, BadInput),
        (ItemAct.RECEIVE, 1, {"lot": "B-78", "expiry": None}, BadInput),
        (ItemAct.RECEIVE, 1, {"subject": "9999-0001"}, BadInput),
        (ItemAct.COUNT, 19, {}, Refusal),
        (ItemAct.SEND, 1, {}, BadInput),
        (ItemAct.SET_ASIDE, 1, {}, BadInput),
    ],
)
def test_what_cannot_be_is_refused(
    house: SupplyHouse, act: ItemAct, quantity: int, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    """And nothing is booked."""
    books(house, ItemAct.RECEIVE, 20)
    with pytest.raises(refusal):
        books(house, act, quantity, **changes)
    assert len(house.rows(ItemMovement)) == 1


def test_what_comes_back_is_set_aside_and_destroyed(house: SupplyHouse) -> None:
    """Nobody gets it again; no more comes back than was given, no more is destroyed than is set aside."""
    subject = house.do(
        Role.COORDINATOR,
        screen_subject,
        ScreenSubject(study_id=house.study_id, site=house.active_sites()[0]["number"], on_day=house.day),
    ).subject
    books(house, ItemAct.RECEIVE, 10)
    books(house, ItemAct.HAND_OUT, 4, subject=subject)
    assert books(house, ItemAct.TAKE_BACK, 3, subject=subject) == 6
    with pytest.raises(NotGivenToSubject, match="still has 1 of lot B-77"):
        books(house, ItemAct.TAKE_BACK, 2, subject=subject)
    with pytest.raises(BadInput):
        books(house, ItemAct.TAKE_BACK, 1)
    assert books(house, ItemAct.SET_ASIDE, 1, reason="The bag leaks") == 5
    with pytest.raises(NotEnoughItems):
        books(house, ItemAct.DESTROY, 5, reason="C-7")
    with pytest.raises(BadInput):
        books(house, ItemAct.DESTROY, 4)
    booked = house.do(Role.PHARMACIST, book_items, booking(house, ItemAct.DESTROY, 4, reason="C-7"))
    assert (booked.in_stock, booked.set_aside) == (5, 0)
    with house.store.reading() as connection:
        told = reconcile_stock(connection, house.study_id)
    assert told.faults == []
    assert told.item_lots == [
        {
            "item": "BAG",
            "lot": "B-77",
            "by_act": {"receive": 10, "hand_out": 4, "take_back": 3, "destroy": 4},
            "there": {"site": 5},
            "adds_up": True,
        }
    ]


def test_rescue_needs_its_subject_and_a_reason(store: Store) -> None:
    """At any time, also before randomization."""
    study = the_study("escalation")
    rescue = study.items[0].model_copy(update={"kind": "rescue"})
    house = SupplyHouse.of(store, study.model_copy(update={"items": (rescue, *study.items[1:])}))
    house.sites(1)
    subject = house.do(
        Role.COORDINATOR,
        screen_subject,
        ScreenSubject(study_id=house.study_id, site=house.active_sites()[0]["number"], on_day=house.day),
    ).subject
    books(house, ItemAct.RECEIVE, 3)
    with pytest.raises(BadInput, match="handed out to a subject"):
        books(house, ItemAct.HAND_OUT, 1, reason="Headache")
    with pytest.raises(BadInput, match="Give a reason"):
        books(house, ItemAct.HAND_OUT, 1, subject=subject)
    assert books(house, ItemAct.HAND_OUT, 1, subject=subject, reason="Headache") == 2


def test_a_depot_books_its_own_shelf(store: Store) -> None:
    """And no act of a site, and not at another depot."""
    house = SupplyHouse.of(store, the_study("escalation"))
    (depot, *_) = house.rows(Depot)
    asked = {"study_id": house.study_id, "depot": depot["code"], "item": "BAG", "lot": "B-1", "expiry": EXPIRY}
    ask = BookDepotItems(**asked, act=ItemAct.RECEIVE, quantity=50)
    assert house.do(Role.DEPOT, book_depot_items, ask).in_stock == 50
    with pytest.raises(BadInput):
        house.do(Role.DEPOT, book_depot_items, ask.model_copy(update={"act": ItemAct.HAND_OUT}))
    with pytest.raises(NotAllowed):
        house.do(house.actor(Role.DEPOT, depot_id=depot["id"] + 99), book_depot_items, ask)
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, book_depot_items, ask)


def test_an_expired_lot_is_not_handed_out(house: SupplyHouse) -> None:
    """On its last day it still is."""
    books(house, ItemAct.RECEIVE, 2, expiry=house.day)
    assert books(house, ItemAct.HAND_OUT, 1) == 1
    house.later(1)
    with pytest.raises(ItemExpired):
        books(house, ItemAct.HAND_OUT, 1)


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SUPPLY_MANAGER, Role.INSPECTOR])
def test_who_does_not_work_at_the_site_books_nothing(house: SupplyHouse, role: Role) -> None:
    """They may look."""
    with pytest.raises(NotAllowed):
        house.do(role, book_items, booking(house, ItemAct.RECEIVE, 1))


def test_two_at_once_never_hand_out_the_same_bag(house: SupplyHouse) -> None:
    """A real race for the last five."""
    books(house, ItemAct.RECEIVE, 5)
    asks = [booking(house, ItemAct.HAND_OUT, 1) for _ in range(12)]

    def one(ask: BookItems) -> int:
        try:
            house.do(Role.PHARMACIST, book_items, ask)
        except NotEnoughItems:
            return 0
        return 1

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(one, asks)) == 5
    assert sum(row["quantity"] for row in house.rows(ItemMovement)) == 0


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(ItemAct)), st.integers(0, 9)), max_size=8))
def test_stock_is_the_sum_and_never_below_nothing(
    item_house: SupplyHouse, steps: list[tuple[ItemAct, int]]
) -> None:
    """Whatever is tried."""
    lot = f"B-{len(item_house.rows(ItemMovement))}"
    left = 0
    for act, quantity in steps:
        try:
            left = books(item_house, act, quantity, lot=lot, reason="tried")
        except Refusal:
            continue
        piles = dict.fromkeys(ItemPile, 0)
        for row in item_house.rows(ItemMovement, lot=lot):
            piles[row["pile"]] += row["quantity"]
        assert piles[ItemPile.USABLE] == left
        assert min(piles.values()) >= 0


@pytest.fixture
def item_house(sqlite_store: Store) -> SupplyHouse:
    """The study on one database, for many small stories."""
    house = opened(sqlite_store)
    books(house, ItemAct.RECEIVE, 1, lot="first")
    return house
