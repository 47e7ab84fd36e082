"""Dose levels: where a subject may be titrated to from visit to visit, and what kits each level takes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.demand.refusals import UnusableDemand

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Titration:
    """One arm's chain: `start[level]`, `moves[from][to]` between visits, and per level its kits by kit type."""

    start: tuple[float, ...]
    moves: tuple[tuple[float, ...], ...]
    kits: tuple[Mapping[str, int], ...]

    def __post_init__(self) -> None:
        """Refuses rows that are no chances.

        Raises: UnusableDemand.
        """
        levels = len(self.start)
        if len(self.kits) != levels or len(self.moves) != levels:
            raise UnusableDemand("Each dose level has a row of moves and its kits.")
        for row in (self.start, *self.moves):
            if len(row) != levels or min(row) < 0 or abs(sum(row) - 1) > ROUNDING:
                raise UnusableDemand("The chances of a dose level's moves are not below zero and sum to one.")

    def at_visit(self, number: int) -> NDArray[np.float64]:
        """The chances of each level at a subject's visit of that number, from 0."""
        return np.asarray(np.array(self.start) @ np.linalg.matrix_power(np.array(self.moves), number))

    def kits_of(self, kit_type: str) -> list[int]:
        """Kits of one type that each level takes."""
        return [kits.get(kit_type, 0) for kits in self.kits]


def fixed_dose(kits: Mapping[str, int]) -> Titration:
    """The same kits at every visit."""
    return Titration((1.0,), ((1.0,),), (kits,))
