"""What any record can hold: texts, numbers and days beyond it are refused before a service sees them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from annotated_types import MaxLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from web.api.problems import BadFields, FieldFault

TEXT_MAX = 4000
NUMBER_MAX = 2_147_483_647
WEIGHT_MAX = Decimal(100_000)
LIST_MAX = 5000
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
BODY_BYTES_MAX = 1_000_000

_BREAKS = "\n\r\t\x1d"
"""Control characters that texts hold: line ends, and the separator that scanners send."""


def refuse_unholdable(ask: BaseModel) -> None:
    """BadFields, naming each, where a value is longer, larger or stranger than any record holds."""
    if faults := list(_faults("", ask)):
        raise BadFields(faults)


def _faults(path: str, value: Any) -> Iterator[FieldFault]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            here, part = f"{path}.{name}" if path else name, getattr(value, name)
            if isinstance(part, str) and (longest := _own_limit(field)) is not None:
                yield from (FieldFault(here, sentence) for sentence in _of_text(part, longest))
            else:
                yield from _faults(here, part)
    elif isinstance(value, Mapping):
        yield from _too_long(path, value, LIST_MAX)
        for key, each in value.items():
            yield from _faults(path, key)
            yield from _faults(path, each)
    elif isinstance(value, list):
        yield from _too_long(path, value, LIST_MAX)
        for index, each in enumerate(value[:LIST_MAX]):
            yield from _faults(f"{path}.{index}", each)
    else:
        yield from (FieldFault(path, sentence) for sentence in _sentences(value))


def _own_limit(field: FieldInfo) -> int | None:
    """The length that a field itself allows, as that of a whole file."""
    return next((each.max_length for each in field.metadata if isinstance(each, MaxLen)), None)


def _too_long(path: str, value: Any, most: int) -> Iterator[FieldFault]:
    if len(value) > most:
        yield FieldFault(path, f"at most {most} entries")


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, str):
        yield from _of_text(value)
    elif isinstance(value, Decimal):
        if not value.is_finite() or abs(value) > WEIGHT_MAX or -int(value.as_tuple().exponent) > 6:
            yield f"a number up to {WEIGHT_MAX} with at most 6 decimals"
    elif isinstance(value, int) and abs(value) > NUMBER_MAX:
        yield f"at most {NUMBER_MAX}"
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield "a time with its zone, as 2026-03-02T08:00:00Z"
    elif isinstance(value, date) and not FIRST_DAY <= _day_of(value) <= LAST_DAY:
        yield f"a day between {FIRST_DAY} and {LAST_DAY}"


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _of_text(text: str, longest: int = TEXT_MAX) -> Iterator[str]:
    if len(text) > longest:
        yield f"at most {longest} characters"
    if any((ord(sign) < 32 and sign not in _BREAKS) or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        yield "no control characters"
