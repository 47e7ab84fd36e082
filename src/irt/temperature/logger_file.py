"""A logger's CSV file, read by its profile; what cannot be read is refused with its line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from irt.errors import BadInput
from irt.study.temperature import LoggerProfile
from irt.temperature.readings import Reading, Record, record_of

READINGS_MAX = 500_000
COLDEST_CELSIUS = -273.15
SHOWN_MAX = 40
_NUMBER = {mark: re.compile(rf"[+-]?\d{{1,6}}({re.escape(mark)}\d{{0,12}})?") for mark in ".,"}
_UNIT = re.compile(r"\s*°?\s*(?P<unit>[CF])$")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)")
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tabulator", "|": "bar"}


class UnreadableLoggerFile(BadInput):
    """Not a file as the profile says it is; the sentence names the line."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row the profile's columns stand."""

    timestamp: int
    time: int | None
    temperature: int
    count: int


def read_logger_file(content: bytes, profile: LoggerProfile) -> Record:
    """The readings of a file, whatever their order; UnreadableLoggerFile or NoReadings where there are none."""
    text = _text(content, profile)
    rows = _rows(text, profile)
    header = next(rows, None)
    if header is None:
        raise UnreadableLoggerFile("The file is empty.")
    columns = _columns(header[1], profile)
    reader = _Reader(profile, columns)
    readings: list[Reading] = []
    silences: list[datetime] = []
    for line, row in rows:
        at, celsius = reader.moment(line, row), reader.celsius(line, row)
        if celsius is None:
            silences.append(at)
        else:
            readings.append(Reading(at, celsius))
        if len(readings) + len(silences) > READINGS_MAX:
            raise UnreadableLoggerFile(f"Line {line}: more than {READINGS_MAX:,} readings. Split the file.")
    return record_of(readings, silences)


def _text(content: bytes, profile: LoggerProfile) -> str:
    encoding = "utf-8-sig" if profile.encoding == "utf-8" else profile.encoding
    if profile.encoding == "utf-8" and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableLoggerFile(
            "The file is written in UTF-16. Name `encoding: utf-16` in the logger's profile."
        )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise UnreadableLoggerFile(f"Line {line}: not a text in {profile.encoding}.") from None


def _rows(text: str, profile: LoggerProfile) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty with the line each ends on, from the header on."""
    if "\0" in text:
        raise UnreadableLoggerFile("The file holds characters that no text has; it is not a CSV file.")
    lines = io.StringIO(text, newline="")
    for _ in range(profile.lines_before_header):
        lines.readline()
    rows = csv.reader(lines, delimiter=profile.separator, strict=True)
    try:
        for row in rows:
            if any(value.strip() for value in row):
                yield rows.line_num + profile.lines_before_header, [value.strip() for value in row]
    except csv.Error as fault:
        raise UnreadableLoggerFile(f"Line {rows.line_num + profile.lines_before_header}: {fault}.") from None


def _columns(header: Sequence[str], profile: LoggerProfile) -> _Columns:
    """Columns by name, upper and lower case alike."""
    names = [name.casefold() for name in header]

    def place(name: str) -> int:
        found = names.count(name.casefold())
        if found == 1:
            return names.index(name.casefold())
        known = ", ".join(_shown(one) for one in header)
        many = "more than one" if found else "no"
        raise UnreadableLoggerFile(
            f"The file has {many} column `{name}`; its columns are {known}. Other columns, units, separators and "
            "time zones are told by a logger's profile."
        )

    time = None if profile.time is None else place(profile.time)
    return _Columns(place(profile.timestamp), time, place(profile.temperature), len(header))


class _Reader:
    """Reads the values of rows as one profile writes them."""

    def __init__(self, profile: LoggerProfile, columns: _Columns) -> None:
        self._profile, self._columns = profile, columns
        self._zone = _zone(profile.zone)

    def moment(self, line: int, row: Sequence[str]) -> datetime:
        """The row's moment in UTC."""
        self._check_width(line, row)
        parts = [row[self._columns.timestamp]]
        if self._columns.time is not None:
            parts.append(row[self._columns.time])
        written = " ".join(parts).strip()
        if not written:
            raise UnreadableLoggerFile(f"Line {line}: there is no time.")
        try:
            found = self._parsed(line, written)
            return self._in_utc(line, written, found) if found.tzinfo is None else found.astimezone(UTC)
        except OverflowError:
            raise UnreadableLoggerFile(f"Line {line}: {_shown(written)} lies outside the calendar.") from None

    def celsius(self, line: int, row: Sequence[str]) -> float | None:
        """The row's degrees Celsius; None where the logger says that it measured nothing."""
        written = row[self._columns.temperature]
        if written in self._profile.no_data:
            return None
        unit = _UNIT.search(written)
        if unit and unit["unit"] != self._profile.unit:
            raise UnreadableLoggerFile(f"Line {line}: {_shown(written)} is not in °{self._profile.unit}.")
        number = (written[: unit.start()] if unit else written).replace("\N{MINUS SIGN}", "-")
        if not _NUMBER[self._profile.decimal].fullmatch(number):
            raise UnreadableLoggerFile(f"Line {line}: {self._why_no_number(number)}")
        degrees = float(number.replace(",", "."))
        celsius = degrees if self._profile.unit == "C" else (degrees - 32) * 5 / 9
        if celsius < COLDEST_CELSIUS:
            raise UnreadableLoggerFile(f"Line {line}: {_shown(written)} is below absolute zero: a logger's fault.")
        return celsius

    def _check_width(self, line: int, row: Sequence[str]) -> None:
        if len(row) != self._columns.count:
            separator = _SEPARATORS[self._profile.separator]
            raise UnreadableLoggerFile(
                f"Line {line}: {len(row)} values under {self._columns.count} columns (separated by "
                f"{separator}). A decimal comma is told by a logger's profile."
            )

    def _parsed(self, line: int, written: str) -> datetime:
        if not self._profile.date_formats:
            try:
                return datetime.fromisoformat(written)
            except ValueError:
                raise UnreadableLoggerFile(
                    f"Line {line}: {_shown(written)} is not a time such as 2026-11-22T14:30:00Z. Other formats are "
                    "told by a logger's profile."
                ) from None
        for form in self._profile.date_formats:
            try:
                return datetime.strptime(written, form)  # noqa: DTZ007 - the zone is the profile's, see _in_utc
            except ValueError:
                continue
        formats = " or ".join(self._profile.date_formats)
        raise UnreadableLoggerFile(f"Line {line}: {_shown(written)} is not a time as {formats}.")

    def _in_utc(self, line: int, written: str, local: datetime) -> datetime:
        """A time without offset by the profile's zone; an hour that the clocks skip or repeat is refused."""
        early, late = (local.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            raise UnreadableLoggerFile(
                f"Line {line}: {_shown(written)} is not one moment in {self._profile.zone}: clocks change then. "
                "Name the logger's own offset as its zone, such as +01:00."
            )
        return early.astimezone(UTC)

    def _why_no_number(self, written: str) -> str:
        if not written:
            return "there is no temperature. What a logger writes where it measured nothing is told by its profile."
        other = "," if self._profile.decimal == "." else "."
        if _NUMBER[other].fullmatch(written):
            return f"{_shown(written)} has the other decimal sign than its profile says."
        return f"{_shown(written)} is not a temperature."


def _zone(written: str) -> tzinfo:
    offset = _OFFSET.fullmatch(written)
    if offset is None:
        return ZoneInfo(written)
    span = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"]))
    return timezone(-span if offset["sign"] == "-" else span)


def _shown(written: str) -> str:
    """What was written, short enough and on one line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in written)
    return f"`{plain[:SHOWN_MAX]}`"
