"""One word for a kit's four axes."""

from datetime import date, timedelta

import pytest

from irt.states.kit import Accountability, Assignment, Custody, DisplayStatus, KitState, Quality, display_status
from tests.irt.states.every_kit import KITS, NEW

_C, _Q, _A, _N = Custody, Quality, Assignment, Accountability
TODAY = date(2026, 3, 2)

DISPLAYED = [
    (NEW, "new"),
    (KitState(_C.DEPOT, _Q.RELEASED, _A.FREE), "available"),
    (KitState(_C.DEPOT, _Q.RELEASED, _A.RESERVED), "reserved"),
    (KitState(_C.SHIPMENT, _Q.RELEASED, _A.RESERVED), "in_transit"),
    (KitState(_C.SHIPMENT, _Q.QUARANTINED, _A.RESERVED), "quarantined"),
    (KitState(_C.SITE, _Q.RELEASED, _A.FREE), "available"),
    (KitState(_C.SITE, _Q.RELEASED, _A.PREALLOCATED), "preallocated"),
    (KitState(_C.SITE, _Q.RELEASED, _A.ASSIGNED), "assigned"),
    (KitState(_C.SITE, _Q.QUARANTINED, _A.FREE), "quarantined"),
    (KitState(_C.SITE, _Q.REJECTED, _A.FREE), "rejected"),
    (KitState(_C.SITE, _Q.RECALLED, _A.ASSIGNED), "recalled"),
    (KitState(_C.SITE, _Q.DAMAGED, _A.FREE), "damaged"),
    (KitState(_C.SITE, _Q.QUARANTINED, _A.REVERSED), "not_dispensed_to_subject"),
    (KitState(_C.SITE, _Q.RECALLED, _A.REVERSED), "recalled"),
    (KitState(_C.UNKNOWN, _Q.RELEASED, _A.FREE), "missing"),
    (KitState(_C.UNKNOWN, _Q.RECALLED, _A.FREE), "missing"),
    (KitState(_C.STUDY, _Q.RELEASED, _A.FREE), "in_other_books"),
    (KitState(_C.SUBJECT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING), "dispensed"),
    (KitState(_C.SHIPMENT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING), "in_transit"),
    (KitState(_C.UNKNOWN, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING), "missing"),
    (KitState(_C.SITE, _Q.RELEASED, _A.DISPENSED, _N.RETURNED), "returned_to_site"),
    (KitState(_C.UNKNOWN, _Q.RELEASED, _A.DISPENSED, _N.LOST_BY_SUBJECT), "lost_by_subject"),
    (KitState(_C.SITE, _Q.RELEASED, _A.DISPENSED, _N.DAMAGED_BY_SUBJECT), "damaged_by_subject"),
    (KitState(_C.SITE, _Q.RELEASED, _A.DISPENSED, _N.VERIFIED_BY_SITE), "verified"),
    (KitState(_C.SITE, _Q.RELEASED, _A.FREE, _N.VERIFIED_BY_MONITOR), "verified"),
    (KitState(_C.SHIPMENT, _Q.RELEASED, _A.DISPENSED, _N.RETURN_SHIPPED), "pending_destruction"),
    (KitState(_C.VENDOR, _Q.RELEASED, _A.DISPENSED, _N.RECEIVED_FOR_DESTRUCTION), "received_for_destruction"),
    (KitState(_C.VENDOR, _Q.RECALLED, _A.DISPENSED, _N.DESTROYED), "destroyed"),
]


@pytest.mark.parametrize(("kit", "word"), DISPLAYED)
def test_one_word_for_four_axes(kit: KitState, word: str) -> None:
    """The gravest fact speaks first."""
    assert kit in KITS
    assert display_status(kit, TODAY, TODAY) == word


def test_a_kit_may_be_used_on_its_expiry_date() -> None:
    """And is expired from the day after; what cannot be used anyway says why instead."""
    shelf = KitState(_C.SITE, _Q.RELEASED, _A.FREE)
    tomorrow = TODAY + timedelta(days=1)
    assert display_status(shelf, TODAY, TODAY) == DisplayStatus.AVAILABLE
    assert display_status(shelf, TODAY, tomorrow) == DisplayStatus.EXPIRED
    assert display_status(KitState(_C.SITE, _Q.RECALLED, _A.FREE), TODAY, tomorrow) == DisplayStatus.RECALLED
    given = KitState(_C.SUBJECT, _Q.RELEASED, _A.DISPENSED, _N.OUTSTANDING)
    assert display_status(given, TODAY, tomorrow) == DisplayStatus.DISPENSED


def test_every_kit_has_a_word_and_every_word_a_kit() -> None:
    """The display is total, before and after expiry."""
    spoken = {display_status(kit, TODAY, TODAY + timedelta(days=days)) for kit in KITS for days in (0, 1)}
    assert spoken == set(DisplayStatus)


def test_no_word_hides_that_a_kit_is_unusable() -> None:
    """Only a released kit within its date is called available."""
    for kit in KITS:
        if display_status(kit, TODAY, TODAY) == DisplayStatus.AVAILABLE:
            assert (kit.quality, kit.assignment, kit.accountability) == (_Q.RELEASED, _A.FREE, _N.NONE)
            assert kit.custody in (_C.DEPOT, _C.SITE)
