"""A site's accountability: everything that came is somewhere, and a record that disagrees is named."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.states.kit import Accountability, Assignment, Custody, KitState, Quality
from irt.supply.accountability import CameBy, Fate, KitOfSite, fate_of, site_account
from tests.irt.states.every_kit import KITS

_C, _Q, _A, _N = Custody, Quality, Assignment, Accountability
SHELF = KitOfSite("1", "L1", CameBy.SHIPMENT, True, False, False, KitState(_C.SITE, _Q.RELEASED, _A.FREE))
_STATES = st.sampled_from(sorted(KITS, key=str))


@st.composite
def honest(draw: st.DrawFn) -> KitOfSite:
    """A kit in any state there is, of which every record tells the truth."""
    state = draw(_STATES)
    out = state.accountability in (_N.NONE, _N.OUTSTANDING)
    given_out = state.assignment == _A.DISPENSED
    return KitOfSite(
        str(draw(st.integers(1, 999))),
        draw(st.sampled_from(["L1", "L2"])),
        draw(st.sampled_from(CameBy)),
        draw(st.booleans()),
        given_out,
        given_out and not out,
        state,
        draw(st.booleans()),
    )


@given(st.lists(honest(), max_size=20))
def test_what_came_is_somewhere(kits: list[KitOfSite]) -> None:
    """Whatever happened to the kits, in lots that are told apart."""
    accounts = site_account(kits)
    assert {one.lot: one.received for one in accounts} == Counter(kit.lot for kit in kits)
    assert all(one.adds_up for one in accounts)
    assert all(sum(one.fates.values()) == one.received for one in accounts)


@pytest.mark.parametrize(
    ("kit", "fate"),
    [
        (SHELF, Fate.ON_HAND),
        (replace(SHELF, here=False), Fate.ELSEWHERE),
        (replace(SHELF, here=False, sent_on=True), Fate.SENT_ON),
        (replace(SHELF, sent_on=True), Fate.ON_HAND),
        (replace(SHELF, state=KitState(_C.SITE, _Q.QUARANTINED, _A.FREE)), Fate.HELD),
        (replace(SHELF, state=KitState(_C.SITE, _Q.DAMAGED, _A.FREE)), Fate.DAMAGED),
        (replace(SHELF, state=KitState(_C.SHIPMENT, _Q.RELEASED, _A.ASSIGNED)), Fate.TO_HOME),
        (replace(SHELF, state=KitState(_C.SUBJECT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING)), Fate.WITH_SUBJECT),
        (replace(SHELF, state=KitState(_C.SHIPMENT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING)), Fate.COLLECTED),
        (replace(SHELF, state=KitState(_C.SITE, _Q.RELEASED, _A.DISPENSED, _N.VERIFIED_BY_SITE)), Fate.RETURNED),
        (replace(SHELF, state=KitState(_C.UNKNOWN, _Q.RELEASED, _A.FREE)), Fate.MISSING),
        (
            replace(SHELF, state=KitState(_C.UNKNOWN, _Q.RELEASED, _A.DISPENSED, _N.LOST_BY_SUBJECT)),
            Fate.LOST_BY_SUBJECT,
        ),
        (replace(SHELF, state=KitState(_C.SHIPMENT, _Q.REJECTED, _A.FREE, _N.RETURN_SHIPPED)), Fate.RETURN_SHIPPED),
        (
            replace(SHELF, state=KitState(_C.VENDOR, _Q.REJECTED, _A.FREE, _N.RECEIVED_FOR_DESTRUCTION)),
            Fate.RECEIVED_FOR_DESTRUCTION,
        ),
        (replace(SHELF, state=KitState(_C.VENDOR, _Q.REJECTED, _A.FREE, _N.DESTROYED)), Fate.DESTROYED),
    ],
)
def test_every_kit_has_one_place(kit: KitOfSite, fate: Fate) -> None:
    """The word for each."""
    assert fate_of(kit) == fate


_GIVEN = KitState(_C.SUBJECT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING)
_BACK = KitState(_C.SITE, _Q.RELEASED, _A.DISPENSED, _N.RETURNED)


@pytest.mark.parametrize(
    ("kit", "words"),
    [
        (replace(SHELF, state=_GIVEN), "no visit says to whom"),
        (replace(SHELF, dispensed=True), "it does not count as given"),
        (replace(SHELF, dispensed=True, state=_BACK), "nobody counted it"),
        (replace(SHELF, dispensed=True, counted=True, state=_GIVEN), "it is still out"),
    ],
)
def test_records_that_disagree_are_named(kit: KitOfSite, words: str) -> None:
    """By the kit's number, and its lot alone does not add up."""
    sound = replace(SHELF, number="2", lot="L2")
    first, second = site_account([kit, sound])
    assert (first.adds_up, second.adds_up) == (False, True)
    (fault,) = first.faults
    assert fault.startswith("kit 1: ")
    assert words in fault
