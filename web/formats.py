"""How dates, times, numbers and counts are written: months in letters, 24 hours, always the zone's name."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUS = "\N{MINUS SIGN}"
_EN_DASH = "\N{EN DASH}"


def day(value: date) -> str:
    """16 Jun 2026."""
    return f"{short_day(value)} {value.year}"


def short_day(value: date) -> str:
    """16 Jun, where the year is plain from the surroundings."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def month(value: date) -> str:
    """Jun 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """Tue 16 Jun."""
    return f"{_WEEKDAYS[value.weekday()]} {short_day(value)}"


def day_range(first: date, last: date) -> str:
    """13–19 Jun 2026, repeating month and year only where they differ."""
    if first == last:
        return day(last)
    if first.year != last.year:
        return f"{day(first)} {_EN_DASH} {day(last)}"
    if first.month != last.month:
        return f"{short_day(first)} {_EN_DASH} {day(last)}"
    return f"{first.day}{_EN_DASH}{day(last)}"


def zone_name(value: datetime) -> str:
    """CEST; where a zone has only a number for a name, UTC−3."""
    name = value.tzname() or ""
    return name if name.isalpha() else offset(value)


def offset(value: datetime) -> str:
    """UTC+2, UTC+5:30, UTC."""
    shift = value.utcoffset()
    minutes = int(shift.total_seconds() // 60) if shift is not None else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else _MINUS}{hours}{f':{rest:02}' if rest else ''}"


def in_zone(value: datetime, zone: str) -> datetime:
    """The same instant on the wall clock of `zone`; refuses a time that does not say its own zone."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return value.astimezone(ZoneInfo(zone))


def clock(value: datetime, zone: str, seconds: bool = False) -> str:
    """09:41 CEST, or 09:41:20 CEST."""
    local = in_zone(value, zone)
    return f"{local:{'%H:%M:%S' if seconds else '%H:%M'}} {zone_name(local)}"


def stamp(value: datetime, zone: str, seconds: bool = False) -> str:
    """16 Jun 2026 09:41 CEST, or with seconds."""
    return f"{day(in_zone(value, zone))} {clock(value, zone, seconds)}"


def stamp_with_offset(value: datetime, zone: str) -> str:
    """16 Jun 2026 09:41 CEST (UTC+2)."""
    local = in_zone(value, zone)
    written, shift = stamp(value, zone), offset(local)
    return written if written.endswith(shift) else f"{written} ({shift})"


def stamp_in_both_zones(value: datetime, zone: str) -> str:
    """16 Jun 2026 11:41:07 CEST (09:41:07 UTC), as on a signature."""
    here, there = stamp(value, zone, seconds=True), clock(value, "UTC", seconds=True)
    return here if here.endswith(there) else f"{here} ({there})"


def number(value: float, places: int = 0) -> str:
    """1,322 or −2.5; kit numbers are never written with this."""
    return f"{value:,.{places}f}".replace("-", _MINUS)


def count_words(value: int, one: str, many: str = "") -> str:
    """1 kit, 3 kits, 1,322 subjects, 2 deliveries (`many` where an s is not enough)."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def sentence(words: str) -> str:
    """The words as a sentence begins: the first letter large, codes within left as they are."""
    return words[:1].upper() + words[1:]


def or_dash(value: object) -> object:
    """An empty cell shows a dash; zero is not empty."""
    return _EN_DASH if value is None or value == "" else value


def _zone(context: Context, zone: str) -> str:
    return zone or str(context["frame"].zone)


@pass_context
def day_filter(context: Context, value: date | None, zone: str = "") -> str:
    """A date, or the date of an instant on the page's wall clock; a dash for none."""
    if value is None:
        return _EN_DASH
    return day(in_zone(value, _zone(context, zone)) if isinstance(value, datetime) else value)


@pass_context
def clock_filter(context: Context, value: datetime, seconds: bool = False, zone: str = "") -> str:
    """The time of an instant on the page's wall clock."""
    return clock(value, _zone(context, zone), seconds)


@pass_context
def stamp_filter(context: Context, value: datetime | None, seconds: bool = False, zone: str = "") -> str:
    """Date and time of an instant on the page's wall clock; a dash for none."""
    return _EN_DASH if value is None else stamp(value, _zone(context, zone), seconds)


@pass_context
def stamp_with_offset_filter(context: Context, value: datetime) -> str:
    """Date, time and offset on the page's wall clock."""
    return stamp_with_offset(value, _zone(context, ""))


@pass_context
def stamp_in_both_zones_filter(context: Context, value: datetime) -> str:
    """Date and time on the page's wall clock and in UTC."""
    return stamp_in_both_zones(value, _zone(context, ""))


FILTERS = {
    "day": day_filter,
    "short_day": short_day,
    "weekday": weekday,
    "clock": clock_filter,
    "stamp": stamp_filter,
    "stamp_with_offset": stamp_with_offset_filter,
    "stamp_in_both_zones": stamp_in_both_zones_filter,
    "number": number,
    "count_words": count_words,
    "or_dash": or_dash,
    "sentence": sentence,
}
"""The filters every template may use; times take the page's zone from the frame."""
