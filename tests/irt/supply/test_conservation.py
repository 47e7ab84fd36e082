"""The books of a lot: nothing appears, nothing vanishes, and what a shelf's account says lies there does."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from irt.states.kit import Assignment, Custody, KitEvent, KitState, Quality, move_kit
from irt.states.table import TransitionRefused
from irt.supply.conservation import SHELVES, Fault, StockBooks, on_shelves
from irt.supply.reconciliation import Moved, Standing

LOADED = Standing(1, KitState(Custody.DEPOT, Quality.UNRELEASED, Assignment.FREE))
LOT_OF = {1: 10, 2: 10, 3: 10, 4: 20, 5: 20}
RECEIVED = {10: 3, 20: 2}
PLACES = {Custody.UNKNOWN: st.none(), Custody.VENDOR: st.none()}


@st.composite
def ledgers(draw: st.DrawFn) -> list[Moved]:
    """What five kits may live through, in any order that the law of kits allows."""
    standing = dict.fromkeys(LOT_OF, LOADED)
    ledger = []
    for kit_id, event in draw(
        st.lists(st.tuples(st.sampled_from(sorted(LOT_OF)), st.sampled_from(list(KitEvent))), max_size=60)
    ):
        before = standing[kit_id]
        try:
            state = move_kit(before.state, event)
        except TransitionRefused:
            continue
        place = before.place_id
        if state.custody != before.state.custody:
            place = draw(PLACES.get(state.custody, st.integers(1, 3)))
        standing[kit_id] = Standing(place, state)
        ledger.append(Moved(kit_id, event, standing[kit_id]))
    return ledger


def books_of(ledger: list[Moved]) -> StockBooks:
    """The books with these lines posted."""
    books = StockBooks.opened(LOT_OF, dict.fromkeys(LOT_OF, LOADED))
    books.post(ledger)
    return books


def faults(ledger: list[Moved], written: dict[int, Standing]) -> list[Fault]:
    """What the books tell at their close."""
    return list(books_of(ledger).close(RECEIVED, written))


@given(ledgers())
def test_lots_add_up_at_every_instant(ledger: list[Moved]) -> None:
    """After each line a lot sums to what was received, and no shelf holds less than nothing."""
    books = StockBooks.opened(LOT_OF, dict.fromkeys(LOT_OF, LOADED))
    for line in ledger:
        books.post([line])
        assert {lot: sum(there.values()) for lot, there in books.lots.items()} == RECEIVED
        assert all(account.balance >= 0 for account in books.accounts.values())
        shelves = on_shelves(books.standing, LOT_OF)
        assert +Counter({shelf: account.balance for shelf, account in books.accounts.items()}) == shelves
    assert faults(ledger, books.standing) == []


@given(ledgers(), st.data())
def test_a_line_struck_out_is_noticed(ledger: list[Moved], data: st.DataObject) -> None:
    """Whoever removes a movement that changed a kit leaves books that tell so."""
    written = books_of(ledger).standing
    standing = dict.fromkeys(LOT_OF, LOADED)
    changing = []
    for place, line in enumerate(ledger):
        if standing[line.kit_id] != line.after:
            changing.append(place)
        standing[line.kit_id] = line.after
    if changing:
        struck = data.draw(st.sampled_from(changing))
        left = ledger[:struck] + ledger[struck + 1 :]
        moves_of_it = [line.after for line in left if line.kit_id == ledger[struck].kit_id]
        if (moves_of_it or [LOADED])[-1] != written[ledger[struck].kit_id]:
            assert faults(left, written)


@given(ledgers(), st.sampled_from(sorted(LOT_OF)))
def test_a_kit_put_elsewhere_by_hand_is_noticed(ledger: list[Moved], kit_id: int) -> None:
    """The row of a kit does not say another place than its movements."""
    written = books_of(ledger).standing
    elsewhere = replace(written[kit_id], place_id=99)
    assert faults(ledger, {**written, kit_id: elsewhere}) == [
        Fault("it is not where its movements left it", kit_id)
    ]


def test_a_kit_too_many_and_a_kit_too_few() -> None:
    """The witness of what was received is held against what is somewhere."""
    found = books_of([]).close({10: 4, 20: 1}, dict.fromkeys(LOT_OF, LOADED))
    assert [fault.sentence for fault in found] == [
        "4 kits of lot 10 were received, 3 are somewhere",
        "1 kits of lot 20 were received, 2 are somewhere",
    ]


def test_a_kit_that_nobody_loaded() -> None:
    """It is named; the others' books are kept on."""
    stranger = Moved(9, KitEvent.RELEASE, LOADED)
    assert faults([stranger], dict.fromkeys(LOT_OF, LOADED)) == [Fault("it moved but was never loaded", 9)]


def test_a_kit_with_nobody() -> None:
    """A subject's kit names the subject."""
    given_away = Standing(None, KitState(Custody.SUBJECT, Quality.RELEASED, Assignment.DISPENSED))
    books = StockBooks.opened({1: 10}, {1: replace(given_away, place_id=4)})
    books.post(
        [
            Moved(
                1,
                KitEvent.QUARANTINE,
                replace(given_away, state=replace(given_away.state, quality=Quality.QUARANTINED)),
            )
        ]
    )
    assert [fault.sentence for fault in books.faults] == ["nobody is named as its subject"]
    assert all(place[0] in SHELVES for place, _ in books.accounts)
