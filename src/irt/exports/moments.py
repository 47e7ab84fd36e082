"""Days and moments as ISO 8601 writes them: a moment with the offset that held at the site."""

from datetime import date, datetime, tzinfo


def moment(at: datetime | None, zone: tzinfo) -> str:
    """2026-06-16T09:41:00+02:00; empty where there is none."""
    return "" if at is None else at.astimezone(zone).isoformat(timespec="seconds")


def day(on: date | None) -> str:
    """2026-06-16; empty where there is none."""
    return "" if on is None else on.isoformat()


def when(on: date, at: datetime, zone: tzinfo) -> str:
    """The moment where it fell on that day at the site; the day alone where it was typed on another."""
    return moment(at, zone) if at.astimezone(zone).date() == on else day(on)
