"""The calendar over the API: what the token's owner has to expect, and the end of the owner's calendar address."""

from dataclasses import dataclass

from irt.reads.blinded_calendar import CalendarEntry, calendar_entries
from irt.services.calendar_feeds import stop_feed
from web.api.operations import Caller, Now, Records, command, question


@dataclass(frozen=True)
class CalendarDays:
    """Days to come, in order."""

    items: tuple[CalendarEntry, ...]


@question("/calendar", None, "Deliveries, visits, last days and counts to come")
def list_calendar(caller: Caller, store: Records, now: Now) -> CalendarDays:
    """What the scopes and roles let the token know: subjects by number, kits by lot, nothing of treatment."""
    with store.reading() as connection:
        return CalendarDays(calendar_entries(connection, caller, now))


OPERATIONS = (
    list_calendar,
    command("/calendar/stop", stop_feed, None, "Stop the calendar address of the token's owner", {}),
)
