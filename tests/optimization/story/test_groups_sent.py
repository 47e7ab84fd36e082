"""Plans by blinding group: what they come to, and what one changes against another."""

from datetime import date, timedelta

from optimization.story.groups_sent import GroupsSent, kits_by_week, lanes_sent, sent_changes, sent_figures
from optimization.story.plan_changes import ChangeKind

DAY = date(2026, 3, 16)


def leg(place: str, ahead: int, pens: int, *, to_depot: bool = False) -> GroupsSent:
    """So many pens for a place, leaving so many days from the Monday."""
    leaves = DAY + timedelta(days=ahead)
    kits = (("PEN", pens),)
    return GroupsSent(f"NLD>{place}", "2-8C", "NLD", place, to_depot, leaves, leaves + timedelta(days=5), kits)


def test_kits_for_depots_are_not_counted_twice() -> None:
    """They go on to sites; only those are counted, and only sites are places."""
    told = sent_figures([leg("DEU", 0, 40, to_depot=True), leg("1001", 1, 4), leg("1001", 8, 6), leg("1002", 1, 2)])
    assert (told.consignments, told.to_sites, told.to_depots, told.places) == (4, 3, 1, 2)
    assert (told.kits, told.all_kits, told.kits_each) == ({"PEN": 12}, 12, 4.0)
    assert (told.first, told.last) == (DAY, DAY + timedelta(days=8))


def test_a_plan_that_sends_nothing_has_figures_too() -> None:
    """No day and no mean."""
    told = sent_figures([])
    assert (told.consignments, told.kits_each, told.first, told.last) == (0, 0.0, None, None)


def test_changes_are_paired_by_lane_and_told_by_day() -> None:
    """One moved, one with other kits, one new, one gone; what stays is not told."""
    same = leg("1001", 3, 4)
    before = [same, leg("1001", 10, 4), leg("1002", 1, 4), leg("1003", 2, 4)]
    after = [same, leg("1001", 11, 4), leg("1002", 1, 6), leg("1004", 4, 2)]
    told = sent_changes(before, after)
    assert [(one.kind, one.shown.place) for one in told] == [
        (ChangeKind.OTHER_KITS, "1002"),
        (ChangeKind.DROPPED, "1003"),
        (ChangeKind.NEW, "1004"),
        (ChangeKind.OTHER_DAY, "1001"),
    ]
    assert sent_changes(before, before) == ()


def test_kits_are_added_up_week_by_week() -> None:
    """A Sunday belongs to the week before; what goes to depots is left out."""
    sent = [leg("1001", 6, 4), leg("1001", 7, 2), leg("DEU", 0, 40, to_depot=True)]
    assert kits_by_week(sent, DAY, 3) == [4, 6, 6]


def test_each_lane_is_told_once() -> None:
    """With its first day."""
    (first, second) = lanes_sent([leg("1001", 8, 6), leg("1001", 1, 4), leg("1002", 1, 2)])
    assert (first.lane, first.consignments, first.kits, first.first) == ("NLD>1001", 2, 10, DAY + timedelta(days=1))
    assert (second.place, second.kits) == ("1002", 2)
