"""Kits at one place, counted by pile: kits of one type and lot are alike."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from simulation.network import LotRow


class Pile(NamedTuple):
    """Kits that are alike; piles sort as they are used up."""

    expiry_day: int
    lot: str
    kit_type: str


Kits = dict[Pile, int]


def pile_of(lot: LotRow) -> Pile:
    """The pile of a lot's kits."""
    return Pile(lot.expiry_day, lot.lot, lot.kit_type)


class Stock:
    """The piles of a place, and kits times the minutes they lay there."""

    __slots__ = ("_clock", "_kits", "_since", "kit_minutes", "piles")

    def __init__(self, clock: Callable[[], int]) -> None:
        self.piles: Kits = {}
        self.kit_minutes = 0
        self._kits, self._since, self._clock = 0, 0, clock

    def __iter__(self) -> Iterator[tuple[Pile, int]]:
        return iter(sorted(self.piles.items()))

    @property
    def kits(self) -> int:
        """All kits there."""
        return self._kits

    def of_type(self, kit_type: str) -> int:
        """Kits of one type."""
        return sum(kits for pile, kits in self.piles.items() if pile.kit_type == kit_type)

    def add(self, pile: Pile, kits: int) -> None:
        """More of a pile, or fewer; an empty pile is forgotten."""
        self.settle()
        self._kits += kits
        left = self.piles.get(pile, 0) + kits
        if left:
            self.piles[pile] = left
        else:
            del self.piles[pile]

    def take_out(self, which: Callable[[Pile], bool]) -> Kits:
        """Removes whole piles, and says what they held."""
        gone = {pile: kits for pile, kits in self.piles.items() if which(pile)}
        for pile, kits in gone.items():
            self.add(pile, -kits)
        return gone

    def settle(self) -> None:
        """Adds up kit-minutes until now."""
        now = self._clock()
        self.kit_minutes += self._kits * (now - self._since)
        self._since = now


def as_rows(kits: Kits | Iterable[tuple[Pile, int]]) -> tuple[tuple[str, str, int], ...]:
    """Kits as an event tells them: (type, lot, kits)."""
    rows = kits.items() if isinstance(kits, dict) else kits
    return tuple(sorted((pile.kit_type, pile.lot, number) for pile, number in rows))
