"""After an outage: each kit on paper is booked somehow, and what does not add up is said."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from irt.states.kit import Assignment, Custody
from irt.states.outage import SealFate
from irt.supply.continuity import Booking, Found, PackKit, PackSeal, PaperKit, find_kit, judge_kit, reconcile_pack

DAY = date(2026, 3, 2)
RIGHT = PaperKit("48213", Custody.SITE, at_site=True, assignment=Assignment.PREALLOCATED, meant=True, expiry=DAY)


@pytest.mark.parametrize(
    ("kit", "booking", "said"),
    [
        (RIGHT, Booking.AS_ASSIGNED, ""),
        (replace(RIGHT, assignment=Assignment.ASSIGNED), Booking.AS_ASSIGNED, ""),
        (replace(RIGHT, expiry=date(2026, 3, 1)), Booking.AS_ASSIGNED, "after its expiry date"),
        (replace(RIGHT, usable=False), Booking.MISALLOCATED, "by quality"),
        (replace(RIGHT, meant=False), Booking.MISALLOCATED, "not set apart for this visit"),
        (replace(RIGHT, assignment=Assignment.REVERSED), Booking.MISALLOCATED, "not set apart for this visit"),
        (replace(RIGHT, at_site=False), Booking.CONFLICT, "elsewhere"),
        (replace(RIGHT, assignment=Assignment.DISPENSED), Booking.CONFLICT, "elsewhere"),
        (PaperKit("48213"), Booking.CONFLICT, "no kit of this study"),
        # The gravest fault is the one that is told.
        (replace(RIGHT, at_site=False, meant=False, usable=False), Booking.CONFLICT, "elsewhere"),
        (replace(RIGHT, meant=False, usable=False), Booking.MISALLOCATED, "not set apart for this visit"),
    ],
)
def test_how_a_kit_on_paper_is_booked(kit: PaperKit, booking: Booking, said: str) -> None:
    """A kit may be given on its last day; only one that is all right departs from nothing."""
    judged = judge_kit(kit, DAY)
    assert judged.booking is booking
    assert said in judged.departure
    assert bool(judged.departure) == bool(said)


def test_every_kit_of_a_pack_is_somewhere() -> None:
    """Whatever became of the kits, the places sum to those that were set apart."""
    flags = (False, True)
    every = [PackKit("1", *of) for of in product(Custody, Assignment, flags, flags, flags)]
    told = reconcile_pack(every, (), (), (), closed=False)
    assert sum(told.found.values()) == told.set_apart == len(every)
    assert set(told.found) == set(Found)


@pytest.mark.parametrize(
    ("kit", "found"),
    [
        (PackKit("1", Custody.SUBJECT, Assignment.DISPENSED, on_paper=True, of_subject=True), Found.ON_PAPER),
        (PackKit("1", Custody.SUBJECT, Assignment.DISPENSED, of_subject=True), Found.IN_SYSTEM),
        (PackKit("1", Custody.SITE, Assignment.ASSIGNED, of_subject=True), Found.IN_SYSTEM),
        (PackKit("1", Custody.SITE, Assignment.PREALLOCATED), Found.SET_APART),
        (PackKit("1", Custody.SITE, Assignment.PREALLOCATED, barred=True), Found.BARRED),
        (PackKit("1", Custody.SITE, Assignment.FREE), Found.FREE),
        (PackKit("1", Custody.SUBJECT, Assignment.DISPENSED), Found.ELSEWHERE),
        (PackKit("1", Custody.UNKNOWN, Assignment.FREE), Found.ELSEWHERE),
        (PackKit("1", Custody.SITE, Assignment.PREALLOCATED, on_paper=True), Found.SET_APART),
    ],
)
def test_where_a_kit_of_a_pack_is(kit: PackKit, found: Found) -> None:
    """A kit that went to another subject than its own is elsewhere, and so is a missing one."""
    assert find_kit(kit) is found


def test_what_does_not_add_up_is_said() -> None:
    """Kits, entries, seals: each in its own sentence; and nothing where all is well."""
    kits = [PackKit("1", Custody.UNKNOWN, Assignment.FREE), PackKit("2", Custody.SITE, Assignment.PREALLOCATED)]
    seals = [
        PackSeal(1, SealFate.UNOPENED),
        PackSeal(2, SealFate.OPENED),
        PackSeal(3, SealFate.UNOPENED, code_break=True),
        PackSeal(4, SealFate.MISSING),
        PackSeal(5),
        PackSeal(6, SealFate.OPENED, code_break=True),
    ]
    told = reconcile_pack(kits, seals, (3,), ("Kit 9 is a conflict.",), closed=True)
    assert told.differences == (
        "Kit 1 is neither given nor at the site.",
        "Entry 3 was not compared with the paper by a second person.",
        "Kit 9 is a conflict.",
        "Seal 2 was opened, and no code break is entered for it.",
        "Seal 3 is unopened, and a code break is entered for it.",
        "Seal 4 is missing.",
        "Seal 5 is not accounted for.",
        "Kit 2 is still set apart.",
    )
    assert not told.adds_up
    assert reconcile_pack(kits[1:], seals[4:], (), (), closed=False).adds_up
