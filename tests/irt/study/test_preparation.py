"""Times of thawing and preparing at their limits, and vials that add up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from irt.errors import BadInput, Refusal
from irt.study.preparation import (
    Preparation,
    PreparedTimes,
    TimesImpossible,
    VialDoesNotAddUp,
    check_vial,
    use_before,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULE = Preparation.model_validate({"contents": 5, "thaw_hours_min": 1, "thaw_hours_max": 4, "in_use_hours": "2.5"})
PLAIN = Preparation.model_validate({"contents": 5, "in_use_hours": 6})


def at(hours: float | None) -> datetime | None:
    """So many hours before noon."""
    return None if hours is None else NOON - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("began", "ended", "prepared", "allowed"),
    [
        (4, 3, 0, True),
        (4.01, 3, 0, False),
        (3, 2, 0, True),
        (3, 2.01, 0, False),
        (2, 3, 0, False),
        (2, 0, 1, False),
        (None, None, 0, False),
        (2, None, 0, False),
        (4, 3, -0.01, False),
    ],
)
def test_thawing_has_its_limits(began: float | None, ended: float | None, prepared: float, allowed: bool) -> None:
    """On the limit it is allowed, a moment past it is not."""
    ready = at(prepared)
    assert ready is not None
    times = PreparedTimes(at(began), at(ended), ready)
    if allowed:
        assert use_before(RULE, times, NOON) == NOON + timedelta(hours=2.5)
    else:
        with pytest.raises(TimesImpossible):
            use_before(RULE, times, NOON)


def test_what_is_not_frozen_is_not_thawed() -> None:
    """Times of thawing are refused then."""
    assert use_before(PLAIN, PreparedTimes(None, None, NOON), NOON) == NOON + timedelta(hours=6)
    with pytest.raises(TimesImpossible):
        use_before(PLAIN, PreparedTimes(at(2), at(1), NOON), NOON)


@pytest.mark.parametrize(
    ("used", "wasted", "refusal"),
    [
        ("5", "0", None),
        ("3.50", "1.5", None),
        ("0", "5", None),
        ("3.5", "1.4", VialDoesNotAddUp),
        ("5", "0.1", VialDoesNotAddUp),
        ("6", "-1", BadInput),
    ],
)
def test_a_vial_adds_up(used: str, wasted: str, refusal: type[Refusal] | None) -> None:
    """To the last drop."""
    if refusal is None:
        check_vial(PLAIN, "482917", Decimal(used), Decimal(wasted))
    else:
        with pytest.raises(refusal):
            check_vial(PLAIN, "482917", Decimal(used), Decimal(wasted))
