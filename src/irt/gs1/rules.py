"""What the pieces of a value must keep to: each rule answers what is wrong, or nothing."""

import calendar
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from irt.gs1 import check_characters

Rule = Callable[[str], str | None]

_CENTURY_BASE = 2000
_LATITUDE_MAX, _LONGITUDE_MAX = 1_800_000_000, 3_600_000_000
_IMPORTER = re.compile(r"[-0-9A-Z_a-z]")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_POSITION = re.compile(r"([1-9]\d*)/([1-9]\d*)")
PREFIX_DIGITS_MIN = 4
"""A GS1 company prefix begins with at least so many digits."""


@cache
def code_list(name: str) -> frozenset[str]:
    """The codes of one of the lists beside this file; KeyError where there is no such list."""
    text = (files("irt.gs1") / "code_lists.txt").read_text(encoding="utf-8")
    sections = re.findall(r"^(\w+):\n((?:  .*\n)+)", text, re.MULTILINE)
    return frozenset(dict(sections)[name].split())


def _listed(name: str, words: str) -> Rule:
    return lambda value: None if value in code_list(name) else f"{value} is not a {words}"


def _one_of(signs: str, words: str) -> Rule:
    return lambda value: None if value and value in signs else f"{value} is not {words}"


def _below(limit: int, words: str) -> Rule:
    return lambda value: None if int(value) < limit else f"there is no {words} {value}"


def country_or_999(value: str) -> str | None:
    """A country, or 999 for several."""
    return None if value == "999" else _listed("iso3166", "country")(value)


def day_or_00(value: str) -> str | None:
    """YYMMDD whose day may be 00, the last day of the month."""
    return long_day_or_00(f"{_CENTURY_BASE + int(value[:2])}{value[2:]}")


def day(value: str) -> str | None:
    """YYMMDD."""
    return "a date needs its day" if value[4:] == "00" else day_or_00(value)


def long_day(value: str) -> str | None:
    """YYYYMMDD."""
    return "a date needs its day" if value[6:] == "00" else long_day_or_00(value)


def long_day_or_00(value: str) -> str | None:
    """YYYYMMDD whose day may be 00."""
    year, month, day_of_month = int(value[:4]), int(value[4:6]), int(value[6:])
    if not 1 <= month <= 12:
        return f"there is no month {value[4:6]}"
    _, days = calendar.monthrange(year, month)
    return None if day_of_month <= days else f"there is no day {value[6:]} in month {value[4:6]}"


def hour_and_minute(value: str) -> str | None:
    """HHMM."""
    return _below(24, "hour")(value[:2]) or _below(60, "minute")(value[2:])


def company_prefix(value: str) -> str | None:
    """A GS1 company prefix stands at the beginning."""
    start = value[:PREFIX_DIGITS_MIN]
    sound = len(start) == PREFIX_DIGITS_MIN and start.isdecimal() and start.isascii()
    return None if sound else "it does not begin with a GS1 company prefix"


def company_prefix_second(value: str) -> str | None:
    """A GS1 company prefix stands behind the first digit."""
    return company_prefix(value[1:])


def piece_of_total(value: str) -> str | None:
    """Two halves: a piece, and how many there are."""
    half = len(value) // 2
    piece, total = int(value[:half]), int(value[half:])
    return None if 1 <= piece <= total else f"there is no piece {piece} of {total}"


def position_of_end(value: str) -> str | None:
    """As 1/2."""
    found = _POSITION.fullmatch(value)
    return None if found and int(found[1]) <= int(found[2]) else f"{value} is not a place in a row, as 1/2"


def percent_encoded(value: str) -> str | None:
    """Every % is followed by two hexadecimal digits."""
    return "a % is not followed by two hexadecimal digits" if _PERCENT.search(value) else None


def no_leading_zero(value: str) -> str | None:
    """No 0 in front of other digits."""
    return "it begins with 0" if len(value) > 1 and value.startswith("0") else None


def digits_alone(value: str) -> str | None:
    """A coupon is of digits; its inner pieces, which tell of shops' offers, are not looked into."""
    return None if value.isdecimal() else f"{value} is not of digits alone"


def some_non_digit(value: str) -> str | None:
    """Not of digits alone."""
    return "it is of digits alone" if value.isdecimal() else None


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "csum": check_characters.check_digit_fault,
        "csumalpha": check_characters.check_pair_fault,
        "iban": lambda value: check_characters.iban_fault(value, code_list("iso3166alpha2")),
        "couponcode": digits_alone,
        "couponposoffer": digits_alone,
        "gcppos1": company_prefix,
        "gcppos2": company_prefix_second,
        "hasnondigit": some_non_digit,
        "hh": _below(24, "hour"),
        "mi": _below(60, "minute"),
        "ss": _below(60, "second"),
        "hhmi": hour_and_minute,
        "hyphen": _one_of("-", "a hyphen"),
        "importeridx": lambda value: None if _IMPORTER.fullmatch(value) else f"{value} is not an importer index",
        "iso3166": _listed("iso3166", "country"),
        "iso3166999": country_or_999,
        "iso3166alpha2": _listed("iso3166alpha2", "country"),
        "iso4217": _listed("iso4217", "currency"),
        "iso5218": _one_of("0129", "a code of sex"),
        "latitude": _below(_LATITUDE_MAX + 1, "latitude"),
        "longitude": _below(_LONGITUDE_MAX + 1, "longitude"),
        "mediatype": _listed("mediatype", "media type"),
        "nonzero": lambda value: None if value.strip("0") else "it is zero",
        "nozeroprefix": no_leading_zero,
        "packagetype": _listed("packagetype", "package type"),
        "pcenc": percent_encoded,
        "pieceoftotal": piece_of_total,
        "posinseqslash": position_of_end,
        "winding": _one_of("019", "a winding direction"),
        "yesno": _one_of("01", "0 or 1"),
        "yymmd0": day_or_00,
        "yymmdd": day,
        "yyyymmd0": long_day_or_00,
        "yyyymmdd": long_day,
        "zero": _one_of("0", "0"),
    }
)
