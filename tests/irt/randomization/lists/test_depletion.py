"""How long a list lasts."""

from datetime import date

import pytest

from irt.randomization.lists.depletion import depletion_of

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("positions", "used", "lately", "ends", "short"),
    [
        (100, 10, 9, date(2028, 8, 17), False),
        (100, 94, 9, date(2026, 4, 30), True),
        (100, 93, 9, date(2026, 5, 10), False),
        (100, 100, 9, TODAY, True),
        (100, 100, 0, TODAY, True),
        (100, 10, 0, None, False),
    ],
)
def test_the_day_a_list_ends(positions, used, lately, ends, short):
    """Positions left at the pace of the last ninety days; sixty days or fewer ask for an extension."""
    found = depletion_of("x", positions, used, lately, TODAY, 90)
    assert (found.ends_on, found.short, found.left) == (ends, short, positions - used)
