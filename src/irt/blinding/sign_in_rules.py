"""When signing in is paused, and when a session is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TRIES_MAX = 5
PAUSE = timedelta(minutes=15)
IDLE_MAX = timedelta(minutes=15)
SESSION_MAX = timedelta(hours=12)
HALF_OPEN_MAX = timedelta(minutes=5)
"""How long a session whose six-digit code is still missing may wait for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a user name stands: the tries left, and the end of its pause, if any."""

    tries_left: int
    paused_until: datetime | None

    @property
    def sentence(self) -> str:
        """The one message for every failure, whether or not such a user name exists."""
        if self.paused_until is not None:
            return "These details do not match. Signing in with this user name is paused for 15 minutes."
        tries = "1 try" if self.tries_left == 1 else f"{self.tries_left} tries"
        return f"These details do not match. {tries} left before a 15-minute pause."


def standing(attempts: Iterable[tuple[datetime, bool]], now: datetime) -> Standing:
    """Judges the attempts (moment, whether it succeeded), oldest first.

    Five failures within 15 minutes start a pause of 15 minutes; a success forgets earlier failures.
    """
    failures: list[datetime] = []
    paused_until: datetime | None = None
    for at, succeeded in attempts:
        if paused_until is not None and at < paused_until:
            continue  # a try during the pause does not lengthen it
        failures = [] if succeeded else [*_recent(failures, at), at]
        if len(failures) == TRIES_MAX:
            paused_until, failures = at + PAUSE, []
    if paused_until is not None and now < paused_until:
        return Standing(0, paused_until)
    return Standing(TRIES_MAX - len(_recent(failures, now)), None)


def _recent(failures: list[datetime], now: datetime) -> list[datetime]:
    return [at for at in failures if now - at < PAUSE]


def session_is_over(started_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session ended by itself: 15 minutes without a request, or 12 hours in all."""
    return now - last_seen_at >= IDLE_MAX or now - started_at >= SESSION_MAX


def half_open_is_over(started_at: datetime, now: datetime) -> bool:
    """Whether a session that waits for its six-digit code has waited too long."""
    return now - started_at >= HALF_OPEN_MAX
