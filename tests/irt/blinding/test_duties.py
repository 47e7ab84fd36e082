"""What has to be done at regular times: when it is shown, and when a letter goes."""

from datetime import date, timedelta

from irt.blinding.duties import DUTIES, DutyKind, letter_goes, stands_on_pages
from irt.blinding.roles import PERMISSIONS, SITE_ROLES, Role

DAY = date(2026, 3, 17)


def test_it_is_shown_two_weeks_ahead_until_it_is_done() -> None:
    """From fourteen days before on, for ever."""
    shown = [days for days in range(-20, 400) if stands_on_pages(DAY, DAY + timedelta(days=days))]
    assert shown == list(range(-14, 400))


def test_a_letter_goes_on_the_day_and_each_week_after() -> None:
    """Not before, and not every day."""
    assert [days for days in range(-20, 30) if letter_goes(DAY, DAY + timedelta(days=days))] == [0, 7, 14, 21, 28]


def test_every_kind_has_somebody_who_does_it() -> None:
    """Those of a site belong to people of a site, the others to nobody there."""
    assert set(DUTIES) == set(DutyKind)
    for words in DUTIES.values():
        holders = {role for role in Role if words.permission in PERMISSIONS[role]}
        assert holders
        assert (holders <= SITE_ROLES) == words.of_site
