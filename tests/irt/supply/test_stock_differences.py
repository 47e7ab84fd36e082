"""A warehouse's book and the ledger: what differs, in which kind, and which act of supply would bring it right."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality, move_kit
from irt.states.stock_difference import DifferenceKind, Lies
from irt.supply.stock_differences import (
    ShelfKit,
    act_against,
    agrees,
    count_differences,
    difference_of,
    kit_differences,
    lies_as,
)

DAY, NEXT = date(2027, 6, 30), date(2027, 7, 1)
KIT = ShelfKit("107342", "L1", DAY, Lies.AVAILABLE)
STATE = KitState(Custody.DEPOT, Quality.RELEASED, Assignment.FREE)
_KITS = st.builds(
    ShelfKit,
    number=st.sampled_from(["1", "2", "3", "4"]),
    lot=st.sampled_from(["L1", "L2"]),
    expiry=st.sampled_from([DAY, NEXT]),
    lies=st.sampled_from(list(Lies)),
)
_BOOKS = st.lists(_KITS, unique_by=lambda kit: kit.number)


@pytest.mark.parametrize(
    ("here", "there", "kind", "words"),
    [
        (None, KIT, DifferenceKind.MISSING_HERE, "not at this depot"),
        (KIT, None, DifferenceKind.MISSING_THERE, "available, lot L1, use by 2027-06-30"),
        (KIT, ShelfKit("107342", "L2", DAY, Lies.HELD), DifferenceKind.OTHER_LABEL, "lot L1, use by 2027-06-30"),
        (KIT, ShelfKit("107342", "L1", NEXT, KIT.lies), DifferenceKind.OTHER_LABEL, "lot L1, use by 2027-06-30"),
        (KIT, ShelfKit("107342", "L1", DAY, Lies.HELD), DifferenceKind.OTHER_STATUS, "available"),
    ],
)
def test_each_kind_of_difference(
    here: ShelfKit | None, there: ShelfKit | None, kind: DifferenceKind, words: str
) -> None:
    """One a kit, the gravest; what our book says of it in words."""
    found = difference_of("107342", here, there)
    assert found is not None
    assert (found.kind, found.here) == (kind, words)


@given(ours=_BOOKS, theirs=_BOOKS)
def test_books_differ_exactly_where_they_are_not_alike(ours: list[ShelfKit], theirs: list[ShelfKit]) -> None:
    """The theorem: a row for each kit that is not the same in both, none for another, in order of numbers."""
    told = [each.record for each in kit_differences(ours, theirs)]
    assert told == sorted({kit.number for kit in set(ours) ^ set(theirs)})


def test_a_warehouse_that_counts_is_compared_lot_by_lot() -> None:
    """By how the kits lie; nothing is told where the counts are the same."""
    here = [KIT, ShelfKit("2", "L1", DAY, Lies.AVAILABLE), ShelfKit("3", "L2", DAY, Lies.HELD)]
    there = {("L1", Lies.AVAILABLE): 1, ("L2", Lies.HELD): 1, ("L3", Lies.HELD): 4}
    told = [(each.record, each.here, each.there) for each in count_differences(here, there)]
    assert told == [("L1 available", "2", "1"), ("L3 held", "0", "4")]


@pytest.mark.parametrize(
    ("changes", "today", "on_hold", "lies"),
    [
        ({}, DAY, False, Lies.AVAILABLE),
        ({}, NEXT, False, Lies.HELD),
        ({}, DAY, True, Lies.HELD),
        ({"assignment": Assignment.RESERVED}, DAY, False, Lies.RESERVED),
        ({"quality": Quality.UNRELEASED}, DAY, False, Lies.HELD),
        ({"quality": Quality.RECALLED}, DAY, False, Lies.HELD),
        ({"quality": Quality.DAMAGED}, NEXT, True, Lies.DAMAGED),
        ({"accountability": Accountability.RETURNED}, DAY, False, Lies.HELD),
    ],
)
def test_how_a_kit_of_the_ledger_lies(
    changes: dict[str, Assignment | Quality | Accountability], today: date, on_hold: bool, lies: Lies
) -> None:
    """A kit may be used on its last day; the gravest fact speaks first."""
    facts = {"custody": STATE.custody, "quality": STATE.quality, "assignment": STATE.assignment, **changes}
    assert lies_as(KitState(**facts), DAY, today, on_hold) == lies  # type: ignore[arg-type]  # the grid names axes


def test_an_act_is_named_only_where_the_kit_allows_it() -> None:
    """No act takes a kit out of somebody's hands, and none makes one usable."""
    grid = product(DifferenceKind, Lies, Custody, Quality, (Assignment.FREE, Assignment.RESERVED))
    acts = set()
    for kind, there, custody, quality, assignment in grid:
        state = KitState(custody, quality, assignment)
        event = act_against(kind, there, state)
        if event is None:
            continue
        acts.add(event)
        assert custody == Custody.UNKNOWN or (custody, assignment) == (Custody.DEPOT, Assignment.FREE)
        if quality == Quality.RELEASED and assignment == Assignment.FREE:
            after = move_kit(state, event)
            assert after.custody == Custody.UNKNOWN or after.quality != Quality.RELEASED
    assert acts == {KitEvent.GO_MISSING, KitEvent.FIND_AT_DEPOT, KitEvent.DAMAGE, KitEvent.QUARANTINE}


@pytest.mark.parametrize(
    ("kind", "there", "lying", "right"),
    [
        (DifferenceKind.MISSING_THERE, "not at this depot", None, True),
        (DifferenceKind.MISSING_THERE, "not at this depot", KIT, False),
        (DifferenceKind.MISSING_HERE, "available", None, False),
        (DifferenceKind.MISSING_HERE, "available", KIT, True),
        (DifferenceKind.OTHER_STATUS, "held", KIT, False),
        (DifferenceKind.OTHER_STATUS, "available", KIT, True),
        (DifferenceKind.OTHER_STATUS, "available", None, False),
        (DifferenceKind.OTHER_LABEL, "lot L1, use by 2027-06-30", KIT, True),
        (DifferenceKind.OTHER_LABEL, "lot L2, use by 2027-06-30", KIT, False),
    ],
)
def test_whether_the_ledger_agrees_by_now(
    kind: DifferenceKind, there: str, lying: ShelfKit | None, right: bool
) -> None:
    """What another act has put right already needs none."""
    assert agrees(kind, there, lying) is right
