"""What every message carries: who sends what, for which study, which one in the row, made when."""

from itertools import pairwise
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from irt.messages.fields import Count, Day, Environment, KitNumber, Moment, Text, Token

VERSION: Literal["1"] = "1"
KITS_MAX = 20_000
ITEMS_MAX = 1_000


class Line(BaseModel):
    """One kit of a message, by its number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: KitNumber


class ItemLine(BaseModel):
    """So many of one lot of what has no number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Text
    lot: Text
    expiry: Day
    quantity: Count


class _Numbered(Protocol):
    @property
    def number(self) -> str: ...


_L = TypeVar("_L", bound=_Numbered)


def _each_once_in_order(lines: tuple[_L, ...]) -> tuple[_L, ...]:
    # In the order of numbers, always: the order of loading or picking would tell kits of a kind apart.
    ordered = tuple(sorted(lines, key=lambda line: line.number))
    if twice := [one.number for one, other in pairwise(ordered) if one.number == other.number]:
        raise ValueError(f"should name each kit once; twice: {', '.join(twice[:5])}")
    return ordered


Kits = Annotated[tuple[_L, ...], Field(max_length=KITS_MAX), AfterValidator(_each_once_in_order)]
"""The kits of a message: each once, by number."""


def _in_order(lines: tuple[ItemLine, ...]) -> tuple[ItemLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.code, line.lot, line.expiry, line.quantity)))


Items = Annotated[tuple[ItemLine, ...], Field(max_length=ITEMS_MAX), AfterValidator(_in_order)]
"""What a parcel holds without numbers, by item and lot."""


class Message(BaseModel):
    """A message; `sequence` counts a sender's messages of one study, so that a missing one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    schema_version: Literal["1"] = VERSION
    message_id: Token
    sender: Text
    study: Text
    environment: Environment
    sequence: Count
    made_at: Moment
