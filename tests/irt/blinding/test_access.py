"""What a review of access looks at: a table, and the days on which each begins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from irt.blinding.access import REVIEW_EVERY, WORDS, AccessFinding, HeldAccess, findings, review_is_due
from irt.blinding.roles import Role

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
IN_ORDER = HeldAccess(
    role=Role.PHARMACIST,
    since=NOW - 200 * DAY,
    ends_at=None,
    in_one_study=True,
    trained=True,
    locked=False,
    last_sign_in=NOW - 89 * DAY,
)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, ()),
        ({"locked": True}, (AccessFinding.LOCKED,)),
        ({"trained": False}, (AccessFinding.UNTRAINED,)),
        ({"last_sign_in": NOW - 90 * DAY}, (AccessFinding.UNUSED,)),
        ({"last_sign_in": None}, (AccessFinding.NEVER_USED,)),
        ({"last_sign_in": None, "since": NOW - 89 * DAY}, ()),
        ({"role": Role.INSPECTOR}, (AccessFinding.NO_END,)),
        ({"role": Role.INSPECTOR, "ends_at": NOW + DAY}, ()),
        ({"role": Role.SUPPLY_MANAGER, "in_one_study": False}, (AccessFinding.UNBLINDED_EVERYWHERE,)),
        ({"role": Role.ADMINISTRATOR, "in_one_study": False}, ()),
        ({"locked": True, "trained": False}, (AccessFinding.LOCKED, AccessFinding.UNTRAINED)),
    ],
)
def test_what_is_looked_at(changed: dict[str, object], found: tuple[AccessFinding, ...]) -> None:
    """Each by itself, the day before it begins, and two together in a fixed order."""
    assert findings(replace(IN_ORDER, **changed), NOW) == found  # type: ignore[arg-type]


def test_each_has_its_words() -> None:
    """A page shows a sentence, never a code."""
    assert set(WORDS) == set(AccessFinding)


def test_a_review_is_due_after_a_quarter() -> None:
    """After the last review; after the study was opened where there was none."""
    opened = NOW - 400 * DAY
    assert review_is_due(None, opened, NOW)
    assert not review_is_due(NOW - REVIEW_EVERY + DAY, opened, NOW)
    assert review_is_due(NOW - REVIEW_EVERY, opened, NOW)
