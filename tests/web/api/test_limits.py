"""What no record holds is refused with the place it stands at."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import Field, SQLModel

from web.api.limits import LIST_MAX, NUMBER_MAX, TEXT_MAX, refuse_unholdable
from web.api.problems import BadFields


class Inner(SQLModel):
    """A shape within another."""

    words: str = ""


class Odd(SQLModel):
    """One field of each kind."""

    text: str = ""
    secret: SecretStr = SecretStr("")
    number: int = 0
    weight: Decimal | None = None
    day: date = date(2026, 3, 2)
    moment: datetime | None = None
    file: str = Field(default="", max_length=10 * TEXT_MAX)
    words: list[str] = []
    named: dict[str, str] = {}
    inner: list[Inner] = []


HELD: list[dict[str, Any]] = [
    {},
    {"text": "x" * TEXT_MAX},
    {"text": "two\nlines, a\ttab, and ]d2\x1d from a scanner · Ærø"},
    {"number": NUMBER_MAX},
    {"number": -NUMBER_MAX},
    {"weight": Decimal("71.5")},
    {"moment": datetime.fromisoformat("2026-03-02T08:00:00Z")},
    {"file": "x" * 10 * TEXT_MAX},
    {"words": ["x"] * LIST_MAX},
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": "x" * (TEXT_MAX + 1)}, "text"),
    ({"text": "\x00"}, "text"),
    ({"text": "\ud800"}, "text"),
    ({"file": "x" * (10 * TEXT_MAX + 1)}, "file"),
    ({"file": "\x07"}, "file"),
    ({"secret": SecretStr("x" * (TEXT_MAX + 1))}, "secret"),
    ({"number": NUMBER_MAX + 1}, "number"),
    ({"weight": Decimal("1E+9")}, "weight"),
    ({"weight": Decimal("NaN")}, "weight"),
    ({"weight": Decimal("0.0000001")}, "weight"),
    ({"day": date(1, 1, 1)}, "day"),
    ({"day": date(9999, 12, 31)}, "day"),
    ({"moment": datetime(2026, 3, 2, 8)}, "moment"),  # noqa: DTZ001 - the zone is what is missing
    ({"moment": datetime.fromisoformat("0001-01-01T00:00:00Z")}, "moment"),
    ({"words": ["x"] * (LIST_MAX + 1)}, "words"),
    ({"words": ["fine", "\x07"]}, "words.1"),
    ({"named": {"\x00": "fine"}}, "named"),
    ({"named": {"fine": "\x00"}}, "named"),
    ({"inner": [Inner(), Inner(words="\x00")]}, "inner.1.words"),
]


@pytest.mark.parametrize("values", HELD)
def test_what_a_record_holds_passes(values: dict[str, Any]) -> None:
    """The last value inside each limit."""
    assert refuse_unholdable(Odd.model_construct(**{**Odd().__dict__, **values})) is None


@pytest.mark.parametrize(("values", "named"), REFUSED)
def test_what_no_record_holds_is_named(values: dict[str, Any], named: str) -> None:
    """The first value outside each limit, by its path."""
    with pytest.raises(BadFields) as refused:
        refuse_unholdable(Odd.model_construct(**{**Odd().__dict__, **values}))
    assert [fault.field for fault in refused.value.fields] == [named]
