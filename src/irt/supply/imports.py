"""What keeps goods off a lane on a day: no import licence, one that is used up, a shipper that holds too short."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from irt.supply.calendar import DispatchCalendar

HOURS_IN_DAY = 24
USED_UP = "import licence used up"
NO_LICENCE = "no import licence"


class LicenceFacts(NamedTuple):
    """An import licence as it stands: from and until when, and how many kits of a blinding group it covers.

    A group that `kits` does not name is not limited. `used`: kits sent under it so far, by blinding group.
    """

    country: str
    number: str
    valid_from: date
    valid_until: date
    kits: Mapping[str, int]
    used: Mapping[str, int]

    def covers(self, day: date) -> bool:
        """Whether goods that leave on that day may be imported under it."""
        return self.valid_from <= day <= self.valid_until


class ImportWindow(NamedTuple):
    """From when until when goods may leave for a country; kits of blinding groups that are limited meanwhile."""

    first: date
    last: date
    kits: Mapping[str, int]


def import_windows(licences: Iterable[LicenceFacts], day: date) -> tuple[ImportWindow, ...]:
    """The days from `day` on that licences of a country cover, a window for those that follow without a gap."""
    coming = sorted((one for one in licences if one.valid_until >= day), key=lambda one: one.valid_from)
    windows: list[list[LicenceFacts]] = []
    for one in coming:
        if windows and one.valid_from <= max(other.valid_until for other in windows[-1]) + timedelta(days=1):
            windows[-1].append(one)
        else:
            windows.append([one])
    return tuple(map(_joined, windows))


def _joined(joined: Sequence[LicenceFacts]) -> ImportWindow:
    limited = set.intersection(*(set(one.kits) for one in joined))
    kits = {group: sum(max(one.kits[group] - one.used.get(group, 0), 0) for one in joined) for group in limited}
    return ImportWindow(joined[0].valid_from, max(one.valid_until for one in joined), kits)


def licence_missing(licences: Iterable[LicenceFacts], country: str, dispatch_on: date) -> str:
    """Why nothing may be sent to the country on that day; empty where it may, or where it needs no licence."""
    known = [licence for licence in licences if licence.country == country]
    if not known or any(licence.covers(dispatch_on) for licence in known):
        return ""
    return f"{NO_LICENCE} for {country} on {dispatch_on}"


def kits_left(
    licences: Iterable[LicenceFacts], country: str, dispatch_on: date, groups: Iterable[str]
) -> dict[str, int]:
    """Kits of each blinding group that may still be imported that day; groups without a limit are left out."""
    valid = [licence for licence in licences if licence.country == country and licence.covers(dispatch_on)]
    left = {}
    for group in groups:
        if valid and all(group in licence.kits for licence in valid):
            left[group] = sum(max(one.kits[group] - one.used.get(group, 0), 0) for one in valid)
    return left


def road_hours(calendar: DispatchCalendar, dispatch_on: date, lead_time_days: int) -> int:
    """Hours from dispatch until goods are taken in: not on a holiday, nor a weekend the lane does not work."""
    taken_in = calendar.taken_in_on(dispatch_on + timedelta(days=lead_time_days))
    return (taken_in - dispatch_on).days * HOURS_IN_DAY


def hold_exceeded(shipper: str, hold_hours: int | None, hours: int, dispatch_on: date) -> str:
    """Why goods of a storage class may not travel so; empty where the shipper holds long enough.

    A shipper without a qualified hold for the class may not carry it at all.
    """
    if hold_hours is None:
        return f"shipper {shipper} is not qualified for this storage"
    if hours <= hold_hours:
        return ""
    return f"shipper {shipper} holds {hold_hours} hours, the way takes {hours} from {dispatch_on}"
