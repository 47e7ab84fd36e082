"""The kinds of field that messages are made of, each with its form in an XML schema."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from irt.states.records import Mode

TEXT_MAX = 200
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_FURTHEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class XmlType:
    """A simple type of the XML schema; `pattern` is one of XML Schema, which covers the whole value."""

    name: str
    base: str
    pattern: str = ""
    longest: int | None = None


def _read_as(pattern: str, words: str, make: Callable[[str], object]) -> Callable[[object], object]:
    """Makes a value of text in one form alone: left alone, numbers pass for moments, and '1_000' for a number."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError(f"should be {words}")
        if not isinstance(value, str):
            return value
        if not form.fullmatch(value):
            raise ValueError(f"should be {words}")
        return make(value)

    return check


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(_COUNT, value):
        raise ValueError("should be a whole number from 1 on")
    return value


def _plain(text: str) -> str:
    """One line that prints, and that every spelling keeps as it is."""
    if text != text.strip() or any(unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Zl", "Zp") for sign in text):
        raise ValueError("should be one line without signs that do not print, and without spaces at its ends")
    return text


def _in_reach(at: datetime) -> datetime:
    """Years that people live in, and zones that every spelling can write."""
    offset = at.utcoffset() or timedelta()
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR or offset % timedelta(minutes=1) or abs(offset) > _FURTHEST:
        raise ValueError("should lie in a year from 1970 to 2199, in a zone of whole minutes")
    return at


_CODE = "[A-Za-z0-9][A-Za-z0-9._:/+-]*"
_KIT = "[A-Za-z0-9][A-Za-z0-9-]*"
_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})"
_DAY = r"\d{4}-\d{2}-\d{2}"
_COUNT = "[1-9][0-9]*"

Token = Annotated[
    str,
    StringConstraints(pattern=f"^{_CODE}$", max_length=64),
    XmlType("token", "xs:string", _CODE, 64),
]
"""A short code or number: of a message, a shipment, a site, a waybill."""

KitNumber = Annotated[
    str, StringConstraints(pattern=f"^{_KIT}$", max_length=20), XmlType("kit-number", "xs:string", _KIT, 20)
]

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TEXT_MAX),
    AfterValidator(_plain),
    XmlType("text", "xs:string", r"\S(.*\S)?", TEXT_MAX),
]
"""One line of words."""

Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_read_as(_MOMENT, "a moment with its zone, as 2026-03-02T08:00:00Z", datetime.fromisoformat)),
    AfterValidator(_in_reach),
    XmlType("moment", "xs:dateTime", _MOMENT),
]
"""A moment with its zone."""

Day = Annotated[
    date,
    BeforeValidator(_read_as(_DAY, "a day, as 2026-03-02", date.fromisoformat)),
    Field(ge=date(_FIRST_YEAR, 1, 1), le=date(_LAST_YEAR, 12, 31)),
    XmlType("day", "xs:date", _DAY),
]

Count = Annotated[
    int,
    BeforeValidator(_digits),
    Field(ge=1, le=2**31 - 1),
    XmlType("count", "xs:int", _COUNT),
]
"""A whole number from 1 on."""

Environment = Mode
"""Whether a message is of a test, of training or of patients."""
