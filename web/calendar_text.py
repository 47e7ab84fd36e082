"""A calendar as programs subscribe to it (iCalendar, RFC 5545): whole days, each with a name that stays."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from irt.reads.blinded_calendar import CalendarEntry

MEDIA_TYPE = "text/calendar"
_EVERY = timedelta(hours=6)


def calendar_of(entries: Iterable[CalendarEntry], at: datetime, mark: str = "") -> bytes:
    """The feed; `mark` stands before every title outside production."""
    calendar = Calendar()
    calendar.add("prodid", "-//irt//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Clinical trials")
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@irt")
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", f"{mark}{entry.study}: {entry.words}")
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
