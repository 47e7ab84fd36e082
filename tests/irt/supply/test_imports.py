"""Import licences and the hold of shippers: which goods may leave on which day."""

from datetime import date, timedelta

import pytest

from irt.supply.calendar import DispatchCalendar
from irt.supply.imports import (
    ImportWindow,
    LicenceFacts,
    hold_exceeded,
    import_windows,
    kits_left,
    licence_missing,
    road_hours,
)

MONDAY = date(2026, 3, 2)
WEEKDAYS = DispatchCalendar(weekdays=frozenset(range(5)))


def a_licence(**changes: object) -> LicenceFacts:
    """A Brazilian licence for March with room for ninety pens."""
    facts = LicenceFacts("BR", "I-1", MONDAY, MONDAY + timedelta(days=30), {"PEN": 100}, {"PEN": 10})
    return facts._replace(**changes)


@pytest.mark.parametrize(("days", "missing"), [(-1, True), (0, False), (30, False), (31, True)])
def test_goods_leave_under_a_licence_that_covers_the_day(days: int, missing: bool) -> None:
    """Its first and its last day included; a country that never had a licence needs none."""
    day = MONDAY + timedelta(days=days)
    assert licence_missing([a_licence()], "BR", day) == (f"no import licence for BR on {day}" if missing else "")
    assert licence_missing([a_licence()], "GB", day) == ""


def test_what_licences_still_cover() -> None:
    """The sum of those valid on the day; no limit where one of them has none, never below nothing."""
    other = a_licence(number="I-2", kits={"PEN": 5}, used={"PEN": 7})
    assert kits_left([a_licence(), other], "BR", MONDAY, ["PEN", "VIAL"]) == {"PEN": 90}
    assert kits_left([a_licence(), a_licence(kits={})], "BR", MONDAY, ["PEN"]) == {}
    assert kits_left([a_licence()], "BR", MONDAY - timedelta(days=1), ["PEN"]) == {}


@pytest.mark.parametrize(
    ("dispatch_days", "lead_time_days", "hours"),
    [(0, 2, 48), (3, 1, 24), (3, 2, 96), (4, 1, 72), (4, 3, 72), (0, 4, 168)],
)
def test_a_consignment_is_on_the_road_over_weekends_and_holidays(
    dispatch_days: int, lead_time_days: int, hours: int
) -> None:
    """Goods that would arrive on a Saturday are taken in on Monday; the Friday of this week is a holiday."""
    calendar = DispatchCalendar(WEEKDAYS.weekdays, holidays=frozenset({MONDAY + timedelta(days=4)}))
    free = WEEKDAYS if (dispatch_days, lead_time_days) != (0, 4) else calendar
    assert road_hours(free, MONDAY + timedelta(days=dispatch_days), lead_time_days) == hours


def test_a_lane_that_works_weekends_delivers_on_them() -> None:
    """What leaves on Saturdays also arrives on them."""
    assert road_hours(DispatchCalendar(), MONDAY + timedelta(days=3), 2) == 48


def test_a_shipper_holds_long_enough_or_says_so() -> None:
    """As many hours as it is qualified for are enough; without a qualification it carries nothing of the class."""
    assert hold_exceeded("CB72", 72, 72, MONDAY) == ""
    assert hold_exceeded("CB72", 72, 96, MONDAY) == f"shipper CB72 holds 72 hours, the way takes 96 from {MONDAY}"
    assert hold_exceeded("CB72", None, 1, MONDAY) == "shipper CB72 is not qualified for this storage"


def test_the_days_that_licences_cover_one_after_the_other() -> None:
    """Two that touch are one window with both their kits; after a gap another begins; what is over is left out."""
    day = date(2026, 3, 2)

    def licence(first: int, last: int, **kits: int) -> LicenceFacts:
        days = (day + timedelta(days=first), day + timedelta(days=last))
        return LicenceFacts("GB", f"IL-{first}", *days, kits, {"PEN": 2})

    every = [licence(-90, -1, PEN=9), licence(40, 50), licence(5, 10, PEN=7), licence(11, 20, PEN=5, VIAL=1)]
    first, second = import_windows(every, day)
    assert first == ImportWindow(day + timedelta(days=5), day + timedelta(days=20), {"PEN": 8})
    assert second == ImportWindow(day + timedelta(days=40), day + timedelta(days=50), {})
    assert import_windows(every[:1], day) == ()
