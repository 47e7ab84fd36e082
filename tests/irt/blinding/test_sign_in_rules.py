"""When signing in is paused and when a session is over, minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.blinding.sign_in_rules import PAUSE, TRIES_MAX, half_open_is_over, session_is_over, standing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def minutes(n: float) -> timedelta:
    """A span."""
    return timedelta(minutes=n)


@pytest.mark.parametrize(
    ("age", "idle", "over"),
    [
        (0, 0, False),
        (14.99, 14.99, False),
        (15, 15, True),
        (60, 14.99, False),
        (60, 15, True),
        (719.99, 1, False),
        (720, 0, True),
        (720, 15, True),
    ],
)
def test_a_session_ends_by_idleness_or_age(age: float, idle: float, over: bool) -> None:
    """The grid of minutes since the start against minutes since the last request."""
    assert session_is_over(NOON - minutes(age), NOON - minutes(idle), NOON) is over


@pytest.mark.parametrize(("age", "over"), [(0, False), (4.99, False), (5, True)])
def test_a_half_open_session_ends_after_five_minutes(age: float, over: bool) -> None:
    """The six-digit code must come soon."""
    assert half_open_is_over(NOON - minutes(age), NOON) is over


@pytest.mark.parametrize(
    ("story", "tries_left", "paused"),
    [
        ("", 5, False),
        ("F", 4, False),
        ("FFFF", 1, False),
        ("FFFFF", 0, True),
        ("FFFFS", 5, False),
        ("FFFFSF", 4, False),
        ("FFFFFF", 0, True),
        ("FFFFFS", 0, True),
    ],
)
def test_attempts_in_one_minute(story: str, tries_left: int, paused: bool) -> None:
    """F failed, S succeeded, all within one minute."""
    attempts = [(NOON + timedelta(seconds=i), letter == "S") for i, letter in enumerate(story)]
    stands = standing(attempts, NOON + minutes(1))
    assert (stands.tries_left, stands.paused_until is not None) == (tries_left, paused)


def test_failures_are_forgotten_after_fifteen_minutes() -> None:
    """Four today and four tomorrow are not eight."""
    assert standing([(NOON, False)] * 4, NOON + minutes(14)).tries_left == 1
    assert standing([(NOON, False)] * 4, NOON + minutes(15)).tries_left == 5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3600), st.booleans()), max_size=40))
def test_nobody_gets_more_than_five_guesses_between_pauses(seconds: list[tuple[int, bool]]) -> None:
    """Whatever the pattern: tries left stay between 0 and 5, and are 0 exactly during a pause of 15 minutes."""
    attempts = [(NOON + timedelta(seconds=s), good) for s, good in sorted(seconds)]
    now = NOON + timedelta(seconds=3600)
    stands = standing(attempts, now)
    assert 0 <= stands.tries_left <= TRIES_MAX
    assert (stands.tries_left == 0) is (stands.paused_until is not None)
    if stands.paused_until is not None:
        assert now < stands.paused_until <= now + PAUSE
