"""What is read off a value that somebody sees: a number, a date, a time of day, a word."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

DAYS_FROM = date(2000, 1, 1).toordinal()
_MONTHS = {
    name: place + 1
    for place, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905 - shorter
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_WRITTEN = re.compile(
    r"(?:[A-Z][a-z]{2} )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})(?:,? (\d\d):(\d\d)(?::(\d\d))?)?(?: [A-Z]\S*)?"
)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_DIGITS = re.compile(r"[\d]+")


class Read(NamedTuple):
    """A value as numbers: `number` (days of a date), `clock` the part of the day; `shape` is what is left of it."""

    number: float | None
    clock: float | None
    shape: str


@lru_cache(maxsize=200_000)
def read(value: str) -> Read:
    """What a value says; a word says nothing but itself."""
    text = value.strip()
    if found := _moment(text):
        day = found.toordinal() - DAYS_FROM
        clock = None
        if isinstance(found, datetime):
            clock = (found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1e6) / 86_400
        return Read(day + (clock or 0), clock, "date")
    if _NUMBER.fullmatch(text):
        number = float(text.replace(",", ""))
        return Read(number if isfinite(number) else None, None, "number")
    digits = "".join(_DIGITS.findall(text))
    if digits and len(digits) <= 15:
        return Read(float(digits), None, _DIGITS.sub("#", text))
    return Read(None, None, "")


def _moment(text: str) -> date | None:
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text) if len(text) == 10 else _in_utc(datetime.fromisoformat(text))
        written = _WRITTEN.fullmatch(text)
        return _written(*written.groups()) if written and written[2] in _MONTHS else None
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _written(day: str, month: str, year: str, *clock: str | None) -> date:
    of = int(year), _MONTHS[month], int(day)
    if clock[0] is None:
        return date(*of)
    hour, minute, second = (int(part or 0) for part in clock)
    return datetime(*of, hour, minute, second)  # noqa: DTZ001 - a wall clock


class Column(NamedTuple):
    """All values of one field: of each unit what it shows, empty where it shows nothing."""

    values: Sequence[Sequence[str]]

    def numbers(self) -> list[list[Read]] | None:
        """The values as numbers of one shape; None where they are words."""
        found = [[read(value) for value in shown] for shown in self.values]
        flat = [one for shown in found for one in shown]
        if not flat or any(one.number is None for one in flat) or len({one.shape for one in flat}) > 1:
            return None
        return found
