"""A change of inputs as it is typed: PATH=VALUE, *=1.2 to scale, +=14 and -=14 to add and take away."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from irt.errors import BadInput

_SPLIT = re.compile(r"(?P<path>[^=]*?)(?P<how>\*=|\+=|-=|=)(?P<value>.*)", re.DOTALL)
_STEP = re.compile(r'"([^"]*)"|([^."]+)')


class UnreadableChange(BadInput):
    """A change that is not written as PATH=VALUE."""


class UnfitValue(BadInput):
    """A value that the input cannot take."""


class How(StrEnum):
    """What happens to an input."""

    SET = "="
    SCALE = "*="
    ADD = "+="
    TAKE = "-="


@dataclass(frozen=True, slots=True)
class Change:
    """One change: steps of the path as in the file (`*` in a step stands for any text), and the value."""

    steps: tuple[str, ...]
    how: How
    value: str
    typed: str


def change_of(typed: str) -> Change:
    """The change that was typed; UnreadableChange where there is none."""
    found = _SPLIT.fullmatch(typed.strip())
    if found is None:
        raise UnreadableChange(f"{typed[:80]} is no change. Write it as lots.L1.expiry_day+=14.")
    path, how = found["path"].strip(), How(found["how"])
    if how is How.SCALE and path.endswith("."):
        path, how = f"{path}*", How.SET  # capacity.*=5: the star belongs to the path
    steps = tuple(quoted or plain for quoted, plain in _STEP.findall(path))
    if not steps or ".".join(steps) != path.replace('"', ""):
        raise UnreadableChange(f"{typed[:80]} names no input. Write it as lots.L1.expiry_day+=14.")
    return Change(steps, how, found["value"].strip(), typed.strip())


def changed_number(change: Change, number: int) -> Decimal:
    """The number that comes of it, not rounded yet."""
    amount = _amount(change)
    match change.how:
        case How.SCALE:
            return number * amount
        case How.ADD:
            return number + amount
        case How.TAKE:
            return number - amount
        case _:
            return amount


def changed_list(change: Change, before: Sequence[Any], *, numbers: bool) -> list[Any]:
    """The list that comes of it: set anew, with more in it, or with some taken out."""
    given = _listed(change, numbers=numbers)
    match change.how:
        case How.SET:
            return given
        case How.ADD:
            return [*before, *(each for each in given if each not in before)]
        case How.TAKE:
            return [each for each in before if each not in given]
        case _:
            raise UnfitValue(f"{change.typed}: a list cannot be scaled. Set it, or use += and -=.")


def changed_word(change: Change) -> str:
    """The word that stands there afterwards."""
    if change.how is not How.SET:
        raise UnfitValue(f"{change.typed}: this input is a word and can only be set, with =.")
    return change.value


def _amount(change: Change) -> Decimal:
    try:
        amount = Decimal(change.value)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > 10**12:
        raise UnfitValue(f"{change.typed}: {change.value[:40] or 'nothing'} is no number.")
    if change.how is not How.SCALE and amount != amount.to_integral_value():
        raise UnfitValue(f"{change.typed}: {change.value[:40]} is no whole number. Only *= takes others.")
    return amount


def _listed(change: Change, *, numbers: bool) -> list[Any]:
    if change.value.startswith("["):
        try:
            return list(json.loads(change.value))
        except (ValueError, RecursionError) as fault:
            raise UnfitValue(f"{change.typed}: this is no list of JSON.") from fault
    words = [word.strip() for word in change.value.split(",") if word.strip()]
    if not numbers:
        return words
    if not all(word.isascii() and word.isdecimal() for word in words):
        raise UnfitValue(f"{change.typed}: write whole numbers with commas between, as 5,12.")
    return [int(word) for word in words]
