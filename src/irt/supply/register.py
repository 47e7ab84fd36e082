"""The register of a controlled drug at one place: every movement in or out, with the balance after it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from irt.states.kit import KitEvent

DISCREPANCIES = (KitEvent.GO_MISSING, KitEvent.RECEIVE_MISSING, KitEvent.RECEIVE_DAMAGED, KitEvent.FIND_AT_SITE)
"""Movements that say that record and shelf differed."""


class KitMove(NamedTuple):
    """One movement of a kit, with where it was before and where it was after."""

    number: str
    event: KitEvent
    at: datetime
    before: tuple[str, int | None] | None
    after: tuple[str, int | None]
    shipment: str
    subject: str
    person: str
    witness: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """Kits that came or left together: one line of the register."""

    at: datetime
    event: KitEvent
    came: tuple[str, ...]
    went: tuple[str, ...]
    balance: int
    shipment: str
    subject: str
    person: str
    witness: str
    reason: str


def register_lines(place: tuple[str, int], moves: Iterable[KitMove]) -> Iterator[RegisterLine]:
    """The lines of one place, oldest first; movements within it change no balance and make none."""
    balance = 0
    together: list[KitMove] = []

    def line() -> RegisterLine:
        nonlocal balance
        came = tuple(sorted(move.number for move in together if move.after == place))
        went = tuple(sorted(move.number for move in together if move.after != place))
        balance += len(came) - len(went)
        first = together[0]
        facts = (first.shipment, first.subject, first.person, first.witness, first.reason)
        return RegisterLine(first.at, first.event, came, went, balance, *facts)

    for move in moves:
        if (move.before == place) == (move.after == place):
            continue
        if together and _key(together[0]) != _key(move):
            yield line()
            together = []
        together.append(move)
    if together:
        yield line()


def _key(move: KitMove) -> tuple[object, ...]:
    return (move.at, move.event, move.shipment, move.subject, move.person, move.witness, move.reason)
