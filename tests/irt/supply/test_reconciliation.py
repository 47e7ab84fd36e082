"""The ledger of kits and what is written on them."""

from dataclasses import replace

from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality
from irt.supply.reconciliation import Moved, Standing, discrepancies, fold

LOADED = Standing(1, KitState(Custody.DEPOT, Quality.UNRELEASED, Assignment.FREE))
RELEASED = Standing(1, KitState(Custody.DEPOT, Quality.RELEASED, Assignment.FREE))
RESERVED = Standing(1, KitState(Custody.DEPOT, Quality.RELEASED, Assignment.RESERVED))
LEDGER = [
    Moved(7, KitEvent.RELEASE, RELEASED),
    Moved(8, KitEvent.RELEASE, RELEASED),
    Moved(7, KitEvent.RESERVE, RESERVED),
]


def sentences(written: dict[int, Standing], ledger: list[Moved] = LEDGER) -> list[tuple[int, str]]:
    """What does not agree."""
    found = discrepancies({7: LOADED, 8: LOADED, 9: LOADED}, ledger, written)
    return [(fault.kit_id, fault.sentence) for fault in found]


def test_the_last_movement_tells_where_a_kit_is() -> None:
    """Kits without a movement are as loaded."""
    standings = fold({7: LOADED, 8: LOADED, 9: LOADED}, LEDGER)
    assert standings == {7: RESERVED, 8: RELEASED, 9: LOADED}


def test_agreement() -> None:
    """Nothing to tell where ledger and kits agree."""
    assert sentences({7: RESERVED, 8: RELEASED, 9: LOADED}) == []


def test_a_kit_elsewhere_than_its_ledger() -> None:
    """Another place or another state than the last movement left it in."""
    written = {7: RESERVED, 8: replace(RELEASED, place_id=2), 9: RELEASED}
    assert sentences(written) == [
        (8, "the kit is not where its movements left it"),
        (9, "the kit is not where its movements left it"),
    ]


def test_a_step_that_cannot_be() -> None:
    """An unreleased kit is not reserved, a release does not assign, and nobody moves what was never loaded."""
    leap = [Moved(9, KitEvent.RESERVE, RESERVED)]
    assert sentences({7: LOADED, 8: LOADED, 9: RESERVED}, leap) == [(9, "no transition from unreleased by reserve")]
    wrong = [Moved(9, KitEvent.RELEASE, RESERVED)]
    told = [(9, "release does not lead to the state that was written")]
    assert sentences({7: LOADED, 8: LOADED, 9: RESERVED}, wrong) == told
    stranger = [Moved(5, KitEvent.RELEASE, RELEASED)]
    told = [(5, "moved but never loaded"), (5, "the kit is not where its movements left it")]
    assert sentences({7: LOADED, 8: LOADED, 9: LOADED}, stranger)[:1] == told[:1]


def test_accountability_is_part_of_a_standing() -> None:
    """A kit verified by the site is not a kit like the others."""
    verified = replace(RELEASED, state=replace(RELEASED.state, accountability=Accountability.VERIFIED_BY_SITE))
    assert sentences({7: RESERVED, 8: verified, 9: LOADED}) == [(8, "the kit is not where its movements left it")]
