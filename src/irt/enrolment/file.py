"""Real enrolment from a CSV file: hospitals, countries and factor values as they were; arms are ignored.

Columns: `month` (YYYY-MM), `weekday` (1 Sunday to 7 Saturday), `hour` and `minute` (local; noon where empty),
`hospital`, `country` (a code, name or alias of the study's countries), and one column for every factor that is
entered, named by the factor's code. A number falls into the level 'low-high' that holds it; an empty value
becomes `unknown` where the factor has that level, and is refused otherwise.

The day of the month is not known. The n people of one month and weekday are spread, in the order of the file, over
that weekday's m dates in the month: the i-th of them (from 0) comes on the date number i*m // n.
"""

import csv
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from irt.enrolment.arrival import Arrival
from irt.errors import BadInput
from irt.study.arms import Factor
from irt.study.definition import StudyDefinition
from irt.study.network import Country, Site

_RANGE = re.compile(r"(\d+)-(\d+)")
_COLUMNS = ("month", "weekday", "hour", "minute", "hospital", "country")

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who came when, and the sites they came to."""

    sites: tuple[Site, ...]
    arrivals: tuple[Arrival, ...]


def read_enrolment(path: Path, definition: StudyDefinition) -> Enrolment:
    """The file as arrivals in order of time; BadInput, with the line, for anything that cannot be read."""
    lines = _read(path, definition)
    countries = _countries(definition)
    days = _days(lines)
    sites: dict[str, Site] = {}
    arrivals = []
    for number, line in enumerate(lines, start=2):
        try:
            country = countries[line["country"]]
            site = _site(line, country)
            if sites.setdefault(site.number, site) != site:
                raise ValueError(f"hospital {line['hospital']} is in another country than before")
            arrivals.append(_arrival(line, site, country, days[number], definition, number))
        except (KeyError, ValueError) as fault:
            raise BadInput(f"{path.name}, line {number}: {_words(fault)}. Nothing was replayed.") from fault
    arrivals.sort(key=lambda arrival: arrival.at)
    return Enrolment(tuple(sorted(sites.values(), key=lambda site: site.number)), tuple(arrivals))


def _words(fault: KeyError | ValueError) -> str:
    return f"{fault} is not a value of the study" if isinstance(fault, KeyError) else str(fault)


def _read(path: Path, definition: StudyDefinition) -> list[Line]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            lines: list[Line] = list(reader)
            columns = set(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadInput(f"{path} cannot be read: {fault}.") from fault
    needed = (*_COLUMNS, *(factor.code for factor in definition.factors if factor.source == "entered"))
    if missing := [column for column in needed if column not in columns]:
        raise BadInput(f"{path.name} has no column '{missing[0]}'. Nothing was replayed.")
    return lines


def _countries(definition: StudyDefinition) -> dict[str, Country]:
    return {
        name: country for country in definition.countries for name in (country.code, country.name, *country.aliases)
    }


def _site(line: Line, country: Country) -> Site:
    hospital = int(line["hospital"])
    return Site(number=f"{hospital:04d}", name=f"Hospital {hospital}", country=country.code)


def _days(lines: Iterable[Line]) -> dict[int, date]:
    """The day of each line, by the rule above."""
    numbered: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, line in enumerate(lines, start=2):
        numbered[(line["month"], line["weekday"])].append(number)
    days = {}
    for (month, weekday), numbers in numbered.items():
        try:
            dates = _dates(month, int(weekday))
        except ValueError:
            raise BadInput(f"line {numbers[0]}: month {month!r}, weekday {weekday!r} cannot be read.") from None
        for i, number in enumerate(numbers):
            days[number] = dates[i * len(dates) // len(numbers)]
    return days


def _dates(month: str, weekday: int) -> list[date]:
    """The dates of a weekday (1 Sunday to 7 Saturday) in a month."""
    if not 1 <= weekday <= 7:
        raise ValueError(weekday)
    year, number = (int(part) for part in month.split("-"))
    days = [date(year, number, day) for day in range(1, monthrange(year, number)[1] + 1)]
    return [day for day in days if day.isoweekday() % 7 + 1 == weekday]


def _arrival(
    line: Line, site: Site, country: Country, day: date, definition: StudyDefinition, number: int
) -> Arrival:
    hour, minute = (int(line["hour"]), int(line["minute"])) if line["hour"] and line["minute"] else (12, 0)
    local = datetime.combine(day, time(hour, minute), ZoneInfo(site.zone or country.zone))
    levels = {
        factor.code: _level(factor, line[factor.code])
        for factor in definition.factors
        if factor.source == "entered"
    }
    return Arrival(key=str(number), at=local.astimezone(UTC), site=site.number, levels=levels)


def _level(factor: Factor, written: str) -> str:
    """The level a value belongs to; an empty one is `unknown` only where the factor says so."""
    codes = factor.level_codes()
    value = written.strip()
    if not value:
        value = "unknown"
    if value in codes:
        return value
    if value.isdigit():
        for code in codes:
            found = _RANGE.fullmatch(code)
            if found and int(found.group(1)) <= int(value) <= int(found.group(2)):
                return code
    raise ValueError(f"'{written}' is not a level of {factor.code}")
